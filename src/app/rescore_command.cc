// passaparola rescore: what a store has, judged again by other rules or lexicons.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "app/cli.h"
#include "core/json.h"
#include "pipeline/rescore.h"

namespace passaparola::app {
namespace {

struct RescoreArguments {
  JudgeFlags judges;
  std::string store;
  bool dry_run = false;
  bool quiet = false;
};

std::string summary_json(const pipeline::RescoreSummary& summary, const pipeline::Judges& judges,
                         bool dry_run) {
  std::string json;
  JsonWriter writer(json);
  writer.StartObject();
  writer.field("looked_at", summary.counts.looked_at);
  writer.field("changed", summary.counts.changed);
  writer.field("removed", summary.counts.removed);
  writer.field("added", summary.counts.added);
  writer.field("dry_run", dry_run);
  writer.field("resumed", summary.resumed);
  writer.field("finished", summary.finished);
  writer.field("ruleset", judges.rules->hash());
  writer.field("lexicon", judges.scorer->hash());
  writer.EndObject();
  return json;
}

// Redraws one line on stderr at most ten times a second.
class ProgressLine {
 public:
  void show(const pipeline::RescoreProgress& progress) {
    const auto instant = std::chrono::steady_clock::now();
    if (instant - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = instant;
    drawn_ = true;
    const double share = static_cast<double>(progress.seq) / static_cast<double>(progress.last);
    fmt::print(stderr, "\r{:>3.0f} %  {:>12} posts  {:>10} changed  {:>8} removed  {:>8} added ",
               share * 100, progress.counts.looked_at, progress.counts.changed,
               progress.counts.removed, progress.counts.added);
  }
  void end() const {
    if (drawn_) fmt::print(stderr, "\n");
  }

 private:
  std::chrono::steady_clock::time_point shown_;
  bool drawn_ = false;
};

Result<void> run(const RescoreArguments& arguments) {
  const auto judges = load_judges(arguments.judges);
  if (!judges) return judges.error();
  const auto store = open_existing_store(arguments.store);
  if (!store) return store.error();
  const bool show = !arguments.quiet && isatty(STDERR_FILENO) == 1;
  ProgressLine line;
  pipeline::RescoreOptions options;
  options.dry_run = arguments.dry_run;
  options.stop = &stop_requested();
  options.progress = [&](const pipeline::RescoreProgress& progress) {
    if (show) line.show(progress);
  };
  watch_signals();
  const auto summary = pipeline::rescore(*judges, **store, options);
  line.end();
  if (!summary) return summary.error();
  fmt::print("{}\n", summary_json(*summary, *judges, arguments.dry_run));
  if (summary->finished) return {};
  return fail(ErrorCode::cancelled, arguments.dry_run
                                        ? "stopped; nothing was written"
                                        : "stopped; the same command goes on from here");
}

}  // namespace

void add_rescore(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<RescoreArguments>();
  CLI::App* command = app.add_subcommand(
      "rescore",
      "Judge the stored posts again by other rules or lexicons, and print counts as JSON");
  add_judge_flags(*command, arguments->judges);
  command->add_option("--store", arguments->store, "folder of the store")->required();
  command->add_flag("--dry-run", arguments->dry_run, "count what would change and write nothing");
  command->add_flag("--quiet", arguments->quiet, "no progress");
  command->final_callback([arguments, &exit_code] {
    const auto done = run(*arguments);
    exit_code = done ? kSuccess : report(done.error());
  });
}

}  // namespace passaparola::app
