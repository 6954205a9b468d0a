// The names of levels, relation classes and types as they stand in JSON and on the command line.
#include <fmt/format.h>

#include <array>

#include "advocacy/advocacy.h"

namespace passaparola::advocacy {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array kLevels{"none"sv, "candidate"sv, "advocate"sv, "champion"sv};
constexpr std::array kRelations{"advocate"sv,         "loyal"sv,        "influencer"sv,
                                "referral_partner"sv, "incentivised"sv, "affiliated"sv,
                                "detractor"sv,        "inauthentic"sv,  "neutral"sv};
constexpr std::array kTypes{"educator"sv, "validator"sv, "status_seeker"sv, "collaborator"sv,
                            "undetermined"sv};
constexpr std::array kDoubts{""sv,
                             "too little evidence"sv,
                             "none of the types shows clearly"sv,
                             "the leading type has too small a share"sv,
                             "two types are too near each other"sv,
                             "the leading type lacks its own mark"sv};

}  // namespace

std::string_view name_of(Level level) { return kLevels[static_cast<std::size_t>(level)]; }

std::string_view name_of(RelationClass relation) {
  return kRelations[static_cast<std::size_t>(relation)];
}

std::optional<Level> parse_level(std::string_view name) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels[i] == name) return static_cast<Level>(i);
  }
  return std::nullopt;
}

std::string_view name_of(AuthorType type) { return kTypes[static_cast<std::size_t>(type)]; }

std::optional<AuthorType> parse_type(std::string_view name) {
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i] == name) return static_cast<AuthorType>(i);
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_month(std::string_view text) {
  const auto first_day = parse_rfc3339(std::string(text) + "-01T00:00:00Z");
  if (!first_day) return std::nullopt;
  return month_of(*first_day);
}

std::string format_month(std::int64_t month) {
  return fmt::format("{:04}-{:02}", month / 12, month % 12 + 1);
}

std::string_view explain(TypeDoubt doubt) { return kDoubts[static_cast<std::size_t>(doubt)]; }

std::string explain(const AuthorPenalty& penalty) {
  return fmt::format("{}: {} (penalty {:g})", penalty.signal, penalty.evidence, penalty.penalty);
}

std::optional<RelationClass> parse_relation_class(std::string_view name) {
  for (std::size_t i = 0; i < kRelations.size(); ++i) {
    if (kRelations[i] == name) return static_cast<RelationClass>(i);
  }
  return std::nullopt;
}

std::optional<ReportFormat> parse_report_format(std::string_view name) {
  if (name == "table") return ReportFormat::table;
  if (name == "json") return ReportFormat::json;
  if (name == "ndjson") return ReportFormat::ndjson;
  if (name == "csv") return ReportFormat::csv;
  return std::nullopt;
}

std::string formatted(const IdentifyReport& report, ReportFormat format, bool explain) {
  switch (format) {
    case ReportFormat::table:
      return to_table(report, explain);
    case ReportFormat::json:
      return to_json(report, explain);
    case ReportFormat::ndjson:
      return to_ndjson(report, explain);
    case ReportFormat::csv:
      return to_csv(report);
  }
  return {};
}

}  // namespace passaparola::advocacy
