#include "app/rules_json.h"

#include <fmt/format.h>

#include <algorithm>

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

bool is_error(const Diagnostic& diagnostic) {
  return diagnostic.severity == Diagnostic::Severity::error;
}

void write_counts(JsonWriter& writer, const match::Ruleset& rules) {
  writer.field("rules", static_cast<std::uint64_t>(rules.rule_count()));
  writer.field("brands", static_cast<std::uint64_t>(rules.brands().size()));
}

void write_files(JsonWriter& writer, std::span<const match::RuleFile> files) {
  writer.key("files");
  writer.StartArray();
  for (const match::RuleFile& file : files) {
    writer.StartObject();
    writer.field("name", file.name);
    writer.field("text", file.text);
    writer.EndObject();
  }
  writer.EndArray();
}

void write_rule_list(JsonWriter& writer, const match::Ruleset& rules) {
  writer.key("rule_list");
  writer.StartArray();
  for (const match::RuleInfo& rule : match::rules_of(rules)) {
    writer.StartObject();
    writer.field("id", rule.id);
    writer.field("version", static_cast<std::uint64_t>(rule.version));
    writer.field("brand", rules.brands()[rule.brand].id);
    writer.EndObject();
  }
  writer.EndArray();
}

}  // namespace

void write_diagnostics(JsonWriter& writer, std::span<const Diagnostic> diagnostics) {
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
}

std::string rules_json(const pipeline::RuleSet& set) {
  std::string json;
  JsonWriter writer(json);
  writer.StartObject();
  writer.field("hash", set.rules->hash());
  writer.field("rules", static_cast<std::uint64_t>(set.rules->rule_count()));
  writer.key("brands");
  writer.StartArray();
  for (const match::Brand& brand : set.rules->brands()) {
    writer.StartObject();
    writer.field("id", brand.id);
    writer.field("name", brand.name);
    writer.field("competitor", brand.competitor);
    writer.EndObject();
  }
  writer.EndArray();
  write_rule_list(writer, *set.rules);
  write_files(writer, set.files);
  writer.EndObject();
  return json;
}

std::string activation_json(const pipeline::RuleVerdict& verdict, std::uint32_t store) {
  std::string json;
  JsonWriter writer(json);
  writer.StartObject();
  writer.field("ruleset", verdict.set.rules->hash());
  writer.field("effective_from", encode_cursor({store, verdict.after}));
  write_counts(writer, *verdict.set.rules);
  writer.key("warnings");
  write_diagnostics(writer, verdict.diagnostics);
  writer.EndObject();
  return json;
}

std::string check_json(const pipeline::RuleVerdict& verdict) {
  std::string json;
  JsonWriter writer(json);
  writer.StartObject();
  writer.field("ruleset", verdict.set.rules->hash());
  write_counts(writer, *verdict.set.rules);
  writer.key("diagnostics");
  write_diagnostics(writer, verdict.diagnostics);
  writer.key("mentions");
  const std::string_view none = "[]";
  const std::string_view mentions = verdict.mentions.empty() ? none : verdict.mentions;
  writer.RawValue(mentions.data(), mentions.size(), rapidjson::kArrayType);
  writer.key("rejected");
  writer.StartArray();
  for (const ingest::Reject& reject : verdict.rejected) {
    writer.StartObject();
    writer.field("post", static_cast<std::uint64_t>(reject.line));
    writer.field("reason", ingest::name_of(reject.reason));
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return json;
}

std::string refusal(std::span<const Diagnostic> diagnostics) {
  const auto count = std::count_if(diagnostics.begin(), diagnostics.end(), is_error);
  if (count == 0) return {};
  const Diagnostic& first = *std::find_if(diagnostics.begin(), diagnostics.end(), is_error);
  return fmt::format("{} error{}; the first: {}:{}:{}: {}: {}", count, count == 1 ? "" : "s",
                     first.file, first.line, first.column, first.code, first.message);
}

}  // namespace passaparola::app
