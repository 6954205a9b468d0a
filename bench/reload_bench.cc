// What changing rules costs a feed that runs: the time from a body's arrival to its being durable,
// with and without edits of a 10,000-rule set going on all the time, and how soon an edit is in
// force. Once with every core busy with the feed, once with half of them.
// Usage: reload_bench [MEGABYTES] [ROUNDS]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>

#include "core/check.h"
#include "core/json.h"
#include "core/limits.h"
#include "pipeline/input.h"
#include "pipeline/live_rules.h"
#include "pipeline/writer.h"

namespace passaparola {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBodyBytes = 64 << 10;
constexpr std::size_t kFullLoad = 4;  // bodies under way: two for each worker, none rests
constexpr std::size_t kHalfLoad = 1;  // one worker is busy at a time
constexpr std::size_t kWorkers = 2;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

struct Edits {
  std::vector<double> seconds;   // until each was in force
  double processor_seconds = 0;  // of compiling, all of them
};

struct Workload {
  fs::path folder;
  std::vector<std::string> bodies;  // native posts, one a line
  std::uint64_t posts = 0;
  std::uint64_t mentions = 0;  // by the rules as they are made, on one thread
  std::shared_ptr<const sentiment::Scorer> scorer;
};

// The feed as pushes bring it, and what one processor alone finds in it.
void cut_into_bodies(Workload& work, const std::string& feed, const pipeline::Judges& judges) {
  auto inputs = pipeline::open_inputs({feed});
  CHECK(inputs.has_value(), "the feed cannot be opened");
  pipeline::ChunkPool pool;
  pipeline::ChunkReader reader(std::move(*inputs), ingest::Format::autodetect, pool);
  pipeline::Processor processor(judges);
  pipeline::Counts counts;
  std::string body;
  while (true) {
    auto chunk = reader.next();
    CHECK(chunk.has_value(), "the feed cannot be read");
    if (!*chunk) break;
    const auto judged = processor.judge((*chunk)->format, (*chunk)->bytes(), counts);
    for (const PostView& post : judged.posts) {
      JsonWriter writer(body);
      write_post(writer, post);
      body += '\n';
      if (body.size() < kBodyBytes) continue;
      work.bodies.push_back(std::move(body));
      body.clear();
    }
    pool.give_back(std::move(*chunk));
  }
  if (!body.empty()) work.bodies.push_back(std::move(body));
  work.posts = counts.posts;
  work.mentions = counts.mentions_found;
}

Workload make_workload(std::size_t megabytes) {
  Workload work;
  work.folder = fs::temp_directory_path() / fmt::format("reload-bench-{}", getpid());
  fs::create_directories(work.folder / "made");
  const std::string feed = (work.folder / "feed.jsonl").string();
  const std::string make = fmt::format(
      "{} bulk --seed 1 --bytes {} --rule-count 10000 --match-share 0.05 --rules-out {} --out {}",
      PASSAPAROLA_MAKE_CORPUS, megabytes * 1'000'000, (work.folder / "made").string(), feed);
  CHECK(std::system(make.c_str()) == 0, "the workload could not be made");
  auto judges = pipeline::load_judges(work.folder / "made",
                                      fs::path(PASSAPAROLA_SOURCE_DIR) / "rules/lexicons");
  CHECK(judges.has_value(), "the workload's rules do not load");
  work.scorer = judges->scorer;
  cut_into_bodies(work, feed, *judges);
  return work;
}

// Edits one rule after the other until it is stopped: what an edit changes is a comment and so the
// hash, so that every set finds the same and the answer can be checked.
class Editor {
 public:
  explicit Editor(pipeline::LiveRules& rules) : rules_(rules), thread_([this] { run(); }) {}

  Edits stop() {
    stopping_ = true;
    thread_.join();
    edits_.processor_seconds = std::chrono::duration<double>(rules_.processor_time()).count();
    return std::move(edits_);
  }

 private:
  void run() {
    for (std::size_t edit = 1; !stopping_; ++edit) {
      auto files = rules_.current()->files;
      files.front().text += fmt::format("\n# edit {}\n", edit);
      const std::string before(rules_.current()->rules->hash());
      auto verdict = std::make_shared<std::promise<Result<pipeline::RuleVerdict>>>();
      auto answer = verdict->get_future();
      const auto begin = Clock::now();
      rules_.activate(std::move(files), before, [verdict](Result<pipeline::RuleVerdict> result) {
        verdict->set_value(std::move(result));
      });
      const auto result = answer.get();
      edits_.seconds.push_back(seconds_since(begin));
      CHECK(result.has_value() && result->set.rules, "an edit was refused");
      CHECK(result->set.rules->hash() != before, "an edit changed nothing");
    }
  }

  pipeline::LiveRules& rules_;
  std::atomic<bool> stopping_{false};
  Edits edits_;
  std::thread thread_;
};

struct Times {
  std::vector<double> bodies;  // seconds
  Edits edits;
  double seconds = 0;
};

// Pushes every body, `load` at a time.
void push_all(const Workload& work, std::size_t load, pipeline::Intake& intake, Times& times) {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t under_way = 0;
  std::uint64_t accepted = 0;
  for (const std::string& body : work.bodies) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return under_way < load; });
    ++under_way;
    lock.unlock();
    const auto begin = Clock::now();
    intake.push({ingest::Format::native, body, {}},
                [&, begin](const Result<pipeline::IntakeOutcome>& outcome) {
                  const double seconds = seconds_since(begin);
                  const std::lock_guard held(mutex);
                  CHECK(outcome.has_value(), "a push failed");
                  accepted += outcome->accepted + outcome->duplicates;
                  times.bodies.push_back(seconds);
                  --under_way;
                  changed.notify_all();
                });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return under_way == 0; });
  CHECK(accepted == work.posts, "posts were lost");
}

Times run_feed(const Workload& work, std::size_t load, bool with_edits) {
  const fs::path rules = work.folder / "rules";
  fs::remove_all(rules);
  fs::copy(work.folder / "made", rules, fs::copy_options::recursive);
  fs::remove_all(work.folder / "store");
  auto store = store::Store::open(work.folder / "store", {});
  CHECK(store.has_value(), "no store");
  auto set = pipeline::load_rule_set(rules);
  CHECK(set.has_value(), "the rules do not load");
  pipeline::Writer writer(**store, {});
  pipeline::Intake intake({set->rules, work.scorer}, **store, writer, kWorkers);
  pipeline::LiveRules live(rules, std::move(*set), work.scorer, intake);
  Times times;
  const auto begin = Clock::now();
  std::optional<Editor> editor;
  if (with_edits) editor.emplace(live);
  push_all(work, load, intake, times);
  times.seconds = seconds_since(begin);
  if (editor) times.edits = editor->stop();
  CHECK(intake.counts().mentions_found == work.mentions, "another number of mentions was found");
  return times;
}

void print(const char* name, const Workload& work, const Times& times) {
  fmt::print("{:<10} {:>10.0f} posts/s   body p50 {:>7.2f} ms   p99 {:>7.2f} ms   most {:>7.2f} ms",
             name, static_cast<double>(work.posts) / times.seconds,
             quantile(times.bodies, 0.5) * 1e3, quantile(times.bodies, 0.99) * 1e3,
             quantile(times.bodies, 1) * 1e3);
  const std::vector<double>& edits = times.edits.seconds;
  if (!edits.empty()) {
    fmt::print(
        "   {} edits of {:.1f} ms of a processor, in force after p50 {:.0f} ms, most {:.0f} ms",
        edits.size(), times.edits.processor_seconds * 1e3 / static_cast<double>(edits.size()),
        quantile(edits, 0.5) * 1e3, quantile(edits, 1) * 1e3);
  }
  fmt::print("\n");
}

void compare(const Workload& work, std::size_t load, std::size_t rounds) {
  fmt::print("\n{} load\n", load == kFullLoad ? "full" : "half");
  std::vector<double> ratios;
  for (std::size_t round = 0; round < rounds; ++round) {
    const Times quiet = run_feed(work, load, false);
    const Times edited = run_feed(work, load, true);
    print("quiet", work, quiet);
    print("edited", work, edited);
    ratios.push_back(quantile(edited.bodies, 0.99) / quantile(quiet.bodies, 0.99));
  }
  fmt::print("p99 edited / quiet: median {:.2f} ({:.2f} to {:.2f})\n", quantile(ratios, 0.5),
             quantile(ratios, 0), quantile(ratios, 1));
}

void run(std::size_t megabytes, std::size_t rounds) {
  const Workload work = make_workload(megabytes);
  fmt::print("{} posts in {} bodies, {} mentions, 10000 rules, {} workers\n", work.posts,
             work.bodies.size(), work.mentions, kWorkers);
  for (const std::size_t load : {kFullLoad, kHalfLoad}) compare(work, load, rounds);
  fs::remove_all(work.folder);
}

}  // namespace
}  // namespace passaparola

int main(int argc, char** argv) {
  passaparola::run(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 200,
                   argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 3);
  return 0;
}
