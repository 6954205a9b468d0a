// passaparola rules check: what is wrong with a set of rules, before anything runs with it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "app/cli.h"
#include "core/json.h"
#include "core/terminal.h"
#include "match/match.h"

namespace passaparola::app {
namespace {

using match::Diagnostic;

std::string_view severity_name(Diagnostic::Severity severity) {
  switch (severity) {
    case Diagnostic::Severity::error:
      return "error";
    case Diagnostic::Severity::warning:
      return "warning";
    case Diagnostic::Severity::info:
      return "info";
  }
  return {};
}

void print_json(const std::vector<Diagnostic>& diagnostics) {
  std::string json;
  JsonWriter writer(json);
  writer.StartArray();
  for (const Diagnostic& diagnostic : diagnostics) {
    writer.StartObject();
    writer.field("severity", severity_name(diagnostic.severity));
    writer.field("code", diagnostic.code);
    writer.field("file", diagnostic.file);
    writer.field("line", static_cast<std::uint64_t>(diagnostic.line));
    writer.field("column", static_cast<std::uint64_t>(diagnostic.column));
    writer.field("message", diagnostic.message);
    writer.EndObject();
  }
  writer.EndArray();
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
}

}  // namespace passaparola::app
