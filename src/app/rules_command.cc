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

namespace passaparola::app {
namespace {

using match::Diagnostic;

void print_json(const std::vector<Diagnostic>& diagnostics) {
  std::string json;
  JsonWriter writer(json);
  write_diagnostics(writer, diagnostics);
  fmt::print("{}\n", json);
}

int check(const std::string& path, bool json) {
  auto files = match::Ruleset::read(path);
  if (!files) return report(files.error());
  std::vector<Diagnostic> diagnostics = match::Ruleset::check(*files);
  const auto errors =
      std::count_if(diagnostics.begin(), diagnostics.end(),
                    [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::error; });
  std::shared_ptr<const match::Ruleset> ruleset;
  if (errors == 0) {
    auto compiled = match::Ruleset::compile(*files, pattern_compiler());
    if (!compiled) return report(compiled.error());
    ruleset = std::move(*compiled);
    const auto warnings = ruleset->warnings();
    diagnostics.insert(diagnostics.end(), warnings.begin(), warnings.end());
  }
  if (json) {
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
  fmt::print("{} brands, {} rules: good\n", ruleset->brands().size(), ruleset->rule_count());
  return kSuccess;
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
  CLI::App* command =
      rules->add_subcommand("check", "Errors, warnings and hints, with their place");
  auto path = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  command->add_option("DIR", *path, "folder of *.rules files, or one file")->required();
  command->add_flag("--json", *json, "diagnostics as a JSON array");
  command->final_callback([path, json, &exit_code] { exit_code = check(*path, *json); });
  add_explain(*rules, exit_code);
  add_rules_diff(*rules, exit_code);
}

}  // namespace passaparola::app
