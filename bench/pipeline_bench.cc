// The whole path, step by step and at once, beside what its libraries do alone on the same data in
// the same run: the table of the budget with measured columns. Usage: pipeline_bench [MEGABYTES]
#include <fmt/format.h>
#include <hs/hs.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>
#include <simdjson.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "core/check.h"
#include "core/fold.h"
#include "core/limits.h"
#include "pipeline/input.h"
#include "pipeline/processor.h"
#include "pipeline/replay.h"

namespace passaparola {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double cpu_seconds() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Workload {
  fs::path folder;
  std::string feed;
  pipeline::Judges judges;
  std::vector<std::string> literals;  // the rules' names, as they are written in texts
};

Workload make_workload(std::size_t megabytes) {
  Workload work;
  const char* kept = std::getenv("PASSAPAROLA_BENCH_FOLDER");  // made once, used again
  work.folder = kept != nullptr ? fs::path(kept)
                                : fs::temp_directory_path() / fmt::format("bench-{}", getpid());
  work.feed = (work.folder / "feed.jsonl").string();
  if (!fs::exists(work.feed)) {
    fs::create_directories(work.folder / "rules");
    const std::string make = fmt::format(
        "{} bulk --seed 1 --bytes {} --rule-count 10000 --match-share 0.05 --rules-out {} --out {}",
        PASSAPAROLA_MAKE_CORPUS, megabytes * 1'000'000, (work.folder / "rules").string(),
        work.feed);
    CHECK(std::system(make.c_str()) == 0, "the workload could not be made");
  }
  auto judges = pipeline::load_judges(work.folder / "rules",
                                      fs::path(PASSAPAROLA_SOURCE_DIR) / "rules/lexicons");
  CHECK(judges.has_value(), "the workload's rules do not load");
  work.judges = *judges;
  for (const auto& entry : fs::directory_iterator(work.folder / "rules")) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("rule ")) continue;
      std::string atom = line.substr(line.find('{') + 2);
      atom = atom.substr(0, atom.rfind(" }"));
      std::erase(atom, '"');
      work.literals.push_back(atom);
    }
  }
  return work;
}

using Chunks = std::vector<std::unique_ptr<pipeline::Chunk>>;

// Reads the feed as replay does, and keeps its chunks when `chunks` is given.
void read_feed(const std::string& feed, Chunks* chunks) {
  auto inputs = pipeline::open_inputs({feed});
  CHECK(inputs.has_value(), "the feed cannot be opened");
  pipeline::ChunkPool pool;
  pipeline::ChunkReader reader(std::move(*inputs), ingest::Format::autodetect, pool);
  while (true) {
    auto chunk = reader.next();
    CHECK(chunk.has_value(), "the feed cannot be read");
    if (!*chunk) return;
    if (chunks != nullptr) {
      chunks->push_back(std::move(*chunk));
    } else {
      pool.give_back(std::move(*chunk));
    }
  }
}

// Whole-document validation of every line, nothing else.
double simdjson_alone(const Chunks& chunks, std::uint64_t& posts) {
  simdjson::dom::parser parser;
  const auto begin = Clock::now();
  posts = 0;
  for (const auto& chunk : chunks) {
    const char* at = chunk->bytes().data();
    const char* end = at + chunk->size;
    while (at < end) {
      const auto* newline =
          static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      if (newline == nullptr) newline = end;
      const auto length = static_cast<std::size_t>(newline - at);
      posts += parser.parse(at, length, false).error() == simdjson::SUCCESS ? 1 : 0;
      at = newline + 1;
    }
  }
  return seconds_since(begin);
}

struct Folded {
  std::string text;                  // folded texts of many posts end to end
  std::vector<std::uint32_t> first;  // where each begins
};

std::vector<Folded> fold_texts(const Chunks& chunks) {
  std::vector<Folded> folded;
  ingest::Decoder decoder;
  ingest::PostBatch batch;
  for (const auto& chunk : chunks) {
    batch.clear();
    decoder.decode(chunk->format, chunk->bytes(), batch);
    Folded& out = folded.emplace_back();
    for (const PostView& post : batch.posts) {
      out.first.push_back(static_cast<std::uint32_t>(out.text.size()));
      fold_append(post.text, out.text);
      out.text.push_back('\x1e');
    }
  }
  return folded;
}

struct ScanCount {
  const std::vector<std::uint32_t>* first;
  std::size_t post = 0;
  std::uint64_t posts_hit = 0;
  std::size_t last_hit = SIZE_MAX;
};

int on_hit(unsigned, unsigned long long, unsigned long long to, unsigned, void* context) {
  auto& count = *static_cast<ScanCount*>(context);
  while (count.post + 1 < count.first->size() && (*count.first)[count.post + 1] < to) ++count.post;
  if (count.post != count.last_hit) ++count.posts_hit;
  count.last_hit = count.post;
  return 0;
}

// The literals over the folded texts, hits mapped to posts, nothing else.
double hyperscan_alone(const std::vector<Folded>& folded, const std::vector<std::string>& literals,
                       std::uint64_t& posts_hit) {
  std::vector<const char*> expressions;
  std::vector<std::size_t> lengths;
  std::vector<unsigned> flags(literals.size(), 0);
  std::vector<unsigned> ids(literals.size());
  std::iota(ids.begin(), ids.end(), 0U);
  for (const std::string& literal : literals) {
    expressions.push_back(literal.data());
    lengths.push_back(literal.size());
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  CHECK(hs_compile_lit_multi(expressions.data(), flags.data(), ids.data(), lengths.data(),
                             static_cast<unsigned>(literals.size()), HS_MODE_BLOCK, nullptr,
                             &database, &error) == HS_SUCCESS,
        "the literals do not compile");
  hs_scratch_t* scratch = nullptr;
  CHECK(hs_alloc_scratch(database, &scratch) == HS_SUCCESS, "no scratch");
  const auto begin = Clock::now();
  posts_hit = 0;
  for (const Folded& texts : folded) {
    ScanCount count{&texts.first};
    hs_scan(database, texts.text.data(), static_cast<unsigned>(texts.text.size()), 0, scratch,
            on_hit, &count);
    posts_hit += count.posts_hit;
  }
  const double seconds = seconds_since(begin);
  hs_free_scratch(scratch);
  hs_free_database(database);
  return seconds;
}

// The mentions' values under growing keys, a thousand a synced batch, nothing else.
double rocksdb_alone(const fs::path& folder,
                     const std::vector<std::unique_ptr<store::PreparedBatch>>& batches) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kLZ4Compression;
  rocksdb::DB* opened = nullptr;
  CHECK(rocksdb::DB::Open(options, (folder / "rocksdb-alone").string(), &opened).ok(),
        "no database");
  const std::unique_ptr<rocksdb::DB> database(opened);
  rocksdb::WriteOptions write;
  write.sync = true;
  const auto begin = Clock::now();
  rocksdb::WriteBatch group;
  std::uint64_t seq = 0;
  for (const auto& batch : batches) {
    for (const store::PreparedMention& mention : batch->mentions) {
      const std::string key = fmt::format("{:016x}", ++seq);
      group.Put(key, {mention.value.data(), mention.value.size()});
      if (group.Count() < 1000) continue;
      CHECK(database->Write(write, &group).ok(), "a write failed");
      group.Clear();
    }
  }
  CHECK(database->Write(write, &group).ok(), "a write failed");
  return seconds_since(begin);
}

struct Steps {
  double decode = 0, match = 0, enrich = 0, encode = 0, commit = 0;
};

// The product's own steps, one after the other on one thread.
Steps time_steps(const Workload& work, const Chunks& chunks, store::Store& store,
                 std::vector<std::unique_ptr<store::PreparedBatch>>& batches) {
  Steps steps;
  const auto& scorer = *work.judges.scorer;
  const auto language = [&](const PostView& post) { return scorer.language(post); };
  ingest::Decoder decoder;
  match::Matcher matcher(work.judges.rules, {language, {}, {}});
  const store::Preparer preparer(store.hash_key());
  ingest::PostBatch batch;
  std::vector<match::PostMatch> matches;
  std::vector<Mention> mentions;
  for (const auto& chunk : chunks) {
    batch.clear();
    matches.clear();
    mentions.clear();
    auto begin = Clock::now();
    decoder.decode(chunk->format, chunk->bytes(), batch);
    steps.decode += seconds_since(begin);
    begin = Clock::now();
    matcher.find(batch.posts, batch.arena, matches);
    steps.match += seconds_since(begin);
    begin = Clock::now();
    for (const match::PostMatch& match : matches) {
      mentions.push_back(
          pipeline::make_mention(work.judges, batch.posts[match.post], match, batch.arena));
    }
    steps.enrich += seconds_since(begin);
    begin = Clock::now();
    auto& prepared = batches.emplace_back(std::make_unique<store::PreparedBatch>());
    for (const Mention& mention : mentions)
      preparer.prepare(mention.post, {&mention, 1}, *prepared);
    steps.encode += seconds_since(begin);
  }
  const auto begin = Clock::now();
  std::vector<const store::PreparedBatch*> group;
  for (const auto& prepared : batches) {
    group.push_back(prepared.get());
    if (group.size() < 16) continue;
    CHECK(store.commit(group).has_value(), "a commit failed");
    group.clear();
  }
  CHECK(store.commit(group).has_value(), "a commit failed");
  steps.commit = seconds_since(begin);
  return steps;
}

struct ReplayTimes {
  double seconds, cpu;
  std::uint64_t matched;
};

ReplayTimes time_replay(const Workload& work, std::size_t workers) {
  const fs::path folder = work.folder / "replay-store";
  fs::remove_all(folder);
  auto store = store::Store::open(folder, store::StoreOptions{});
  CHECK(store.has_value(), "no store");
  pipeline::ReplayOptions options;
  options.inputs = {work.feed};
  options.workers = workers;
  const double cpu = cpu_seconds();
  auto summary = pipeline::replay(work.judges, **store, options);
  CHECK(summary.has_value(), "the replay failed");
  return {summary->seconds, cpu_seconds() - cpu, summary->counts.matched_posts};
}

// Replays on one worker and on two, beside the bound: the rate at which one core could do nothing
// but the libraries' part.
void time_replays(const Workload& work, std::uint64_t posts, std::uint64_t posts_hit,
                  double alone) {
  const double bound = static_cast<double>(posts) / alone;
  for (const std::size_t workers : {1U, 2U}) {
    std::vector<double> wall, cpu;
    for (int round = 0; round < 3; ++round) {
      const ReplayTimes times = time_replay(work, workers);
      CHECK(times.matched == posts_hit, "the replay and Hyperscan alone disagree on what matches");
      wall.push_back(times.seconds);
      cpu.push_back(times.cpu);
    }
    const double rate = static_cast<double>(posts) / median(wall);
    fmt::print(
        "{} worker{} {:>12.0f} posts/s  {:.2f} of {} x bound   CPU {:.0f} ns/post ({:.2f} of "
        "bound)\n",
        workers, workers == 1 ? " " : "s", rate, rate / (bound * static_cast<double>(workers)),
        workers, median(cpu) * 1e9 / static_cast<double>(posts), alone / median(cpu));
  }
}

void run(std::size_t megabytes) {
  Workload work = make_workload(megabytes);
  Chunks chunks;
  read_feed(work.feed, &chunks);  // also brings it into the page cache
  const auto begin = Clock::now();
  read_feed(work.feed, nullptr);
  const double read = seconds_since(begin);
  const auto folded = fold_texts(chunks);

  std::uint64_t posts = 0;
  std::uint64_t posts_hit = 0;
  std::vector<std::unique_ptr<store::PreparedBatch>> batches;
  const fs::path steps_store = work.folder / "steps-store";
  fs::remove_all(steps_store);
  auto store = store::Store::open(steps_store, store::StoreOptions{});
  CHECK(store.has_value(), "no store");
  const Steps steps = time_steps(work, chunks, **store, batches);
  std::vector<double> json, scan, rocks;
  for (int round = 0; round < 3; ++round) {
    json.push_back(simdjson_alone(chunks, posts));
    scan.push_back(hyperscan_alone(folded, work.literals, posts_hit));
    fs::remove_all(work.folder / "rocksdb-alone");
    rocks.push_back(rocksdb_alone(work.folder, batches));
  }
  const auto nanoseconds = [&](double seconds) {
    return seconds * 1e9 / static_cast<double>(posts);
  };
  fmt::print("{} posts, {:.1f} bytes each, {:.2f} % name one of {} rules\n\n", posts,
             static_cast<double>(fs::file_size(work.feed)) / static_cast<double>(posts),
             100.0 * static_cast<double>(posts_hit) / static_cast<double>(posts),
             work.literals.size());
  fmt::print("step                     ns/post   budget\n");
  const auto row = [&](const char* name, double seconds, int budget) {
    fmt::print("{:<22} {:>9.0f} {:>8}\n", name, nanoseconds(seconds), budget);
  };
  row("read and cut", read, 150);
  row("decode", steps.decode, 220);
  row("fold, scan, evaluate", steps.match, 275);
  row("enrich", steps.enrich, 130);
  row("encode", steps.encode, 40);
  row("commit", steps.commit, 110);
  const double ours =
      read + steps.decode + steps.match + steps.enrich + steps.encode + steps.commit;
  row("sum", ours, 925);
  fmt::print("\nalone on the same data (median of 3)\n");
  fmt::print("{:<22} {:>9.0f}\n{:<22} {:>9.0f}\n{:<22} {:>9.0f}\n", "simdjson DOM",
             nanoseconds(median(json)), "Hyperscan literals", nanoseconds(median(scan)),
             "RocksDB, synced", nanoseconds(median(rocks)));
  const double alone = median(json) + median(scan) + median(rocks);
  const double bound = static_cast<double>(posts) / alone;
  fmt::print("bound, one core        {:>9.0f} posts/s\n\nreplay (median of 3)\n", bound);
  time_replays(work, posts, posts_hit, alone);
  if (std::getenv("PASSAPAROLA_BENCH_FOLDER") == nullptr) fs::remove_all(work.folder);
}

}  // namespace
}  // namespace passaparola

int main(int argc, char** argv) {
  passaparola::run(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 500);
  return 0;
}
