// passaparola rules check and explain: what is wrong with a set of rules before anything runs with
// it, and what it compiled to.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "app/cli.h"
#include "app/rules_json.h"
#include "core/json.h"
#include "core/terminal.h"
#include "match/match.h"
#include "match/sample.h"
#include "pipeline/input.h"
#include "pipeline/processor.h"

namespace passaparola::app {
namespace {

using match::Diagnostic;

void print_json(const std::vector<Diagnostic>& diagnostics) {
  std::string json;
  JsonWriter writer(json);
  write_diagnostics(writer, diagnostics);
  fmt::print("{}\n", json);
}

struct CheckArguments {
  std::string path;
  bool json = false;
  std::vector<std::string> sample;
  FormatFlag format;
  std::string lexicons;
};

// What the rules would do to the posts of the sample.
Result<void> judge_sample(const CheckArguments& arguments, match::Sample& sample) {
  auto inputs = pipeline::open_inputs(arguments.sample);
  if (!inputs) return inputs.error();
  pipeline::ChunkPool pool;
  pipeline::ChunkReader reader(std::move(*inputs), arguments.format.format(), pool);
  ingest::Decoder decoder;
  ingest::PostBatch batch;
  while (true) {
    auto chunk = reader.next();
    if (!chunk) return chunk.error();
    if (!*chunk) return {};
    batch.clear();
    decoder.decode((*chunk)->format, (*chunk)->bytes(), batch);
    sample.add(batch.posts);
    pool.give_back(std::move(*chunk));
  }
}

void append(std::span<const Diagnostic> more, std::vector<Diagnostic>& diagnostics) {
  diagnostics.insert(diagnostics.end(), more.begin(), more.end());
}

void print_rates(const match::Sample& sample) {
  fmt::print("{} posts of the sample\n", sample.posts());
  for (const match::RuleRate& rate : sample.rates()) {
    const double share = sample.posts() == 0 ? 0
                                             : 100.0 * static_cast<double>(rate.posts) /
                                                   static_cast<double>(sample.posts());
    fmt::print("{:>9} {:>7.3f} %  {}\n", rate.posts, share, rate.rule);
  }
}

Result<int> check(const CheckArguments& arguments) {
  auto files = match::Ruleset::read(arguments.path);
  if (!files) return files.error();
  std::vector<Diagnostic> diagnostics;
  auto ruleset = match::Ruleset::compile(*files, pattern_compiler(), &diagnostics);
  const auto errors =
      std::count_if(diagnostics.begin(), diagnostics.end(),
                    [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::error; });
  if (!ruleset && errors == 0) return ruleset.error();
  std::unique_ptr<match::Sample> sample;
  if (ruleset && !arguments.sample.empty()) {
    auto lexicons = find_lexicons(arguments.lexicons, arguments.path);
    if (!lexicons) return lexicons.error();
    auto scorer = sentiment::Scorer::load(*lexicons);
    if (!scorer) return scorer.error();
    sample = std::make_unique<match::Sample>(*files, **ruleset,
                                             pipeline::knowledge_of({*ruleset, *scorer}));
    if (auto judged = judge_sample(arguments, *sample); !judged) return judged.error();
    append(sample->diagnostics(), diagnostics);
  }
  if (arguments.json) {
    print_json(diagnostics);
    return errors == 0 ? kSuccess : kFailedRun;
  }
  for (const Diagnostic& diagnostic : diagnostics) {
    fmt::print("{}\n", match::to_text(diagnostic));
  }
  if (errors > 0) {
    fmt::print(stderr, "passaparola: {} error{}; these rules will not be used\n", errors,
               errors == 1 ? "" : "s");
    return kFailedRun;
  }
  if (sample) print_rates(*sample);
  fmt::print("{} brands, {} rules: good\n", (*ruleset)->brands().size(), (*ruleset)->rule_count());
  return kSuccess;
}

void add_check(CLI::App& rules, int& exit_code) {
  CLI::App* command = rules.add_subcommand("check", "Errors, warnings and hints, with their place");
  auto arguments = std::make_shared<CheckArguments>();
  command->add_option("DIR", arguments->path, "folder of *.rules files, or one file")->required();
  command->add_flag("--json", arguments->json, "diagnostics as a JSON array");
  command->add_option("--sample", arguments->sample,
                      "posts in files or folders: say how often each rule holds, what is too "
                      "broad, and which exclusions exclude nothing");
  add_format_flag(*command, arguments->format);
  command->add_option("--lexicons", arguments->lexicons, "folder of the lexicons (default: found)");
  command->final_callback([arguments, &exit_code] {
    auto done = check(*arguments);
    exit_code = done ? *done : report(done.error());
  });
}

int explain(const std::string& path, const std::string& rule) {
  auto rules = match::Ruleset::load(path, pattern_compiler());
  if (!rules && rules.error().code == ErrorCode::invalid_argument) {
    return report(fail(ErrorCode::invalid_file, rules.error().message));
  }
  if (!rules) return report(rules.error());
  auto text = match::explain_rules(**rules, rule);
  if (!text) return report(text.error());
  for (std::string_view rest = *text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    fmt::print("{}\n", terminal_safe(rest.substr(0, end)));
    rest.remove_prefix(std::min(end, rest.size() - 1) + 1);
  }
  return kSuccess;
}

void add_explain(CLI::App& rules, int& exit_code) {
  CLI::App* command =
      rules.add_subcommand("explain", "What each rule compiled to: words, anchors, cost");
  auto path = std::make_shared<std::string>();
  auto rule = std::make_shared<std::string>();
  command->add_option("DIR", *path, "folder of *.rules files, or one file")->required();
  command->add_option("RULE", *rule, "only this rule (moka_nera.crisis) or brand (moka_nera)");
  command->final_callback([path, rule, &exit_code] { exit_code = explain(*path, *rule); });
}

}  // namespace

void add_rules(CLI::App& app, int& exit_code) {
  CLI::App* rules = app.add_subcommand("rules", "Look at rules before they run");
  rules->require_subcommand(1);
  add_check(*rules, exit_code);
  add_explain(*rules, exit_code);
  add_rules_diff(*rules, exit_code);
}

}  // namespace passaparola::app
