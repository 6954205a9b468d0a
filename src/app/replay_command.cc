// passaparola replay: files in, mentions committed (or sent on to a server that commits them).
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "app/cli.h"
#include "app/push_replay.h"
#include "core/json.h"
#include "pipeline/replay.h"

namespace passaparola::app {
namespace {

struct ReplayArguments {
  JudgeFlags judges;
  StoreFlags store;
  FormatFlag format;
  std::string out;
  std::string summary;
  std::size_t workers = 0;
  double rate = 0;
  bool quiet = false;
  std::vector<std::string> inputs;
};

std::uint64_t peak_rss_bytes() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::string summary_json(const pipeline::ReplaySummary& summary) {
  std::string json;
  JsonWriter writer(json);
  const pipeline::Counts& counts = summary.counts;
  const double rate = summary.seconds > 0 ? static_cast<double>(counts.posts) / summary.seconds : 0;
  writer.StartObject();
  writer.field("posts", counts.posts);
  writer.field("bytes", counts.bytes);
  writer.field("records", counts.records);
  writer.field("ignored", counts.ignored);
  writer.key("rejected");
  writer.StartObject();
  for (std::size_t i = 0; i < counts.rejected.size(); ++i) {
    if (counts.rejected[i] == 0) continue;
    writer.field(ingest::name_of(static_cast<ingest::RejectReason>(i)), counts.rejected[i]);
  }
  writer.EndObject();
  writer.field("matched_posts", counts.matched_posts);
  writer.field("mentions", summary.stored.mentions);
  writer.field("duplicates", summary.stored.duplicates);
  writer.field("updated", summary.stored.updated);
  writer.field("deleted", summary.stored.deleted);
  writer.field("resumed", summary.resumed);
  writer.field("seconds", rounded(summary.seconds));
  writer.field("posts_per_second", std::round(rate));
  writer.field("peak_rss_bytes", peak_rss_bytes());
  writer.EndObject();
  return json;
}

// Redraws one line on stderr at most ten times a second.
class ProgressBar {
 public:
  void show(const pipeline::ReplayProgress& progress) {
    const auto instant = std::chrono::steady_clock::now();
    if (instant - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = instant;
    drawn_ = true;
    if (progress.total_bytes == 0) {
      fmt::print(stderr, "\r{:>12} posts  {:>10} mentions ", progress.posts, progress.mentions);
      return;
    }
    constexpr std::size_t kWidth = 30;
    const double share = static_cast<double>(progress.bytes) /
                         static_cast<double>(std::max(progress.total_bytes, progress.bytes));
    const auto full = static_cast<std::size_t>(share * kWidth);
    fmt::print(stderr, "\r[{:<{}}] {:>3.0f} %  {:>12} posts  {:>10} mentions ",
               std::string(full, '#'), kWidth, share * 100, progress.posts, progress.mentions);
  }
  void end() const {
    if (drawn_) fmt::print(stderr, "\n");
  }

 private:
  std::chrono::steady_clock::time_point shown_;
  bool drawn_ = false;
};

void print_summary(const pipeline::ReplaySummary& summary) {
  std::uint64_t rejected = 0;
  for (const std::uint64_t count : summary.counts.rejected) rejected += count;
  fmt::print(stderr,
             "{} posts ({} rejected), {} mentions stored, {} duplicates, {} deleted in {:.1f} s\n",
             summary.counts.posts, rejected, summary.stored.mentions, summary.stored.duplicates,
             summary.stored.deleted, summary.seconds);
}

Result<void> write_file(const std::string& path, std::string_view text) {
  auto output = OutputFile::open(path);
  if (!output) return output.error();
  if (auto written = output->write(text); !written) return written.error();
  return output->close();
}

Result<void> run_with_store(const ReplayArguments& arguments) {
  auto judges = load_judges(arguments.judges);
  if (!judges) return judges.error();
  store::StoreOptions store_options;
  store_options.say = [](std::string_view words) { fmt::print(stderr, "{}\n", words); };
  auto store = store::Store::open(arguments.store.store, store_options);
  if (!store) return store.error();

  std::optional<OutputFile> out;
  std::optional<Error> out_error;
  if (!arguments.out.empty()) {
    auto opened = OutputFile::open(arguments.out);
    if (!opened) return opened.error();
    out = std::move(*opened);
  }
  std::atomic<bool> stop{false};
  std::string line;
  ProgressBar bar;
  pipeline::ReplayOptions options;
  options.inputs = arguments.inputs;
  options.format = arguments.format.format();
  options.workers = arguments.workers;
  options.stop = &stop;
  if (out) {
    options.visit = [&](const Mention& mention) {
      line.clear();
      JsonWriter writer(line);
      write_mention(writer, mention, (*store)->id());
      line.push_back('\n');
      if (out_error) return;
      if (auto written = out->write_json(line); !written) {
        out_error = written.error();
        stop.store(true);
      }
    };
  }
  const bool show_bar = !arguments.quiet && isatty(STDERR_FILENO) == 1;
  options.progress = [&](const pipeline::ReplayProgress& progress) {
    if (stop_requested().load()) stop.store(true);
    if (show_bar) bar.show(progress);
  };
  watch_signals();
  auto summary = pipeline::replay(*judges, **store, options);
  bar.end();
  if (!summary) return summary.error();
  if (out_error) return *out_error;
  if (out) {
    if (auto closed = out->close(); !closed) return closed.error();
  }
  if (!arguments.summary.empty()) {
    if (auto written = write_file(arguments.summary, summary_json(*summary) + "\n"); !written) {
      return written.error();
    }
  }
  if (!arguments.quiet) print_summary(*summary);
  if (stop_requested().load()) {
    return fail(ErrorCode::cancelled, "stopped; the same command goes on from here");
  }
  return {};
}

Result<void> run_with_server(const ReplayArguments& arguments) {
  PushReplayOptions options;
  options.inputs = arguments.inputs;
  options.format = arguments.format.format();
  options.server = arguments.store.server;
  options.posts_per_second = arguments.rate;
  watch_signals();
  auto sent = push_replay(options, stop_requested());
  if (!sent) return sent.error();
  if (!arguments.quiet) {
    fmt::print(stderr, "{} posts sent, {} duplicates, {} rejected\n", sent->accepted,
               sent->duplicates, sent->rejected);
  }
  return {};
}

Result<void> run(const ReplayArguments& arguments) {
  if (!arguments.store.server.empty()) return run_with_server(arguments);
  if (arguments.judges.rules.empty()) {
    return fail(ErrorCode::invalid_argument, "--rules is required with --store");
  }
  return run_with_store(arguments);
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ReplayArguments>();
  CLI::App* command = app.add_subcommand(
      "replay", "Read posts from files, commit the mentions to a store, print them in order");
  add_judge_flags(*command, arguments->judges);
  command->get_option("--rules")->required(false);
  add_store_flags(*command, arguments->store);
  add_format_flag(*command, arguments->format);
  command->add_option("--out", arguments->out,
                      "write the stored mentions here as NDJSON (- is stdout)");
  command->add_option("--summary", arguments->summary, "write counts and speed here as JSON");
  command->add_option("--workers", arguments->workers, "worker threads (default: one a core)");
  command
      ->add_option("--rate", arguments->rate, "with --server: posts a second (default: no limit)")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--quiet", arguments->quiet, "no progress and no closing line");
  command->add_option("INPUT", arguments->inputs, "files, folders, or - for standard input")
      ->required();
  command->final_callback([arguments, &exit_code] {
    auto done = run(*arguments);
    exit_code = done ? kSuccess : report(done.error());
  });
}

}  // namespace passaparola::app
