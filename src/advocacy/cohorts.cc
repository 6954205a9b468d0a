#include "advocacy/cohorts.h"

#include <fmt/format.h>

#include <iterator>
#include <map>

#include "advocacy/config.h"
#include "advocacy/score.h"
#include "core/csv.h"
#include "core/figures.h"
#include "core/terminal.h"

namespace passaparola::advocacy {
namespace {

// The last moments of days on which somebody did something towards others, oldest first.
std::vector<Timestamp> outward_days(const store::AuthorHistory& history, Timestamp as_of) {
  std::vector<Timestamp> moments;
  for (const MentionFacts& facts : history.mentions) {
    if (facts.created_at > as_of) break;
    bool outward = false;
    for (std::size_t i = 0; i < facts.act_count; ++i) outward |= is_outward(facts.acts[i].act);
    if (!outward) continue;
    const bool same_day = !moments.empty() && day_of(moments.back()) == day_of(facts.created_at);
    if (same_day) {
      moments.back() = facts.created_at;
    } else {
      moments.push_back(facts.created_at);
    }
  }
  return moments;
}

std::optional<Timestamp> first_seen(const store::AuthorHistory& history, Timestamp as_of) {
  if (history.mentions.empty() || history.mentions.front().created_at > as_of) return std::nullopt;
  return history.mentions.front().created_at;
}

void write_cohort(JsonWriter& writer, const Cohort& cohort) {
  writer.field("month", format_month(cohort.month));
  writer.field("people", cohort.people);
  writer.field("became_advocates", cohort.became);
  writer.field("still_advocates", cohort.still);
  write_share(writer, "retention", cohort.still, cohort.became);
}

void write_head(JsonWriter& writer, const CohortReport& report) {
  writer.field("brand", report.brand);
  writer.field("as_of", format_rfc3339(report.as_of));
  writer.field("config_hash", report.config_hash);
}

std::string to_json(const CohortReport& report) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  write_head(writer, report);
  writer.key("cohorts");
  writer.StartArray();
  for (const Cohort& cohort : report.cohorts) {
    writer.StartObject();
    write_cohort(writer, cohort);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

std::string to_ndjson(const CohortReport& report) {
  std::string out;
  for (const Cohort& cohort : report.cohorts) {
    JsonWriter writer(out);
    writer.StartObject();
    write_head(writer, report);
    write_cohort(writer, cohort);
    writer.EndObject();
    out.push_back('\n');
  }
  return out;
}

std::string to_csv(const CohortReport& report) {
  std::string out("month,people,became_advocates,still_advocates\r\n");
  for (const Cohort& cohort : report.cohorts) {
    CsvRow row(out);
    row.own(format_month(cohort.month));
    for (const std::uint64_t count : {cohort.people, cohort.became, cohort.still}) {
      row.number(count);
    }
    row.end();
  }
  return out;
}

std::string to_table(const CohortReport& report) {
  std::string out = fmt::format("{} on {}, by the month in which people were first seen\n",
                                fit_columns(terminal_safe(report.brand), 20),
                                format_rfc3339(report.as_of).substr(0, 10));
  out += fmt::format("{:<8} {:>9} {:>16} {:>15} {:>10}\n", "month", "people", "became advocates",
                     "still advocates", "retention");
  for (const Cohort& cohort : report.cohorts) {
    const std::string share =
        cohort.became == 0 ? std::string()
                           : fmt::format("{:.1f} %", 100.0 * static_cast<double>(cohort.still) /
                                                         static_cast<double>(cohort.became));
    fmt::format_to(std::back_inserter(out), "{:<8} {:>9} {:>16} {:>15} {:>10}\n",
                   format_month(cohort.month), cohort.people, cohort.became, cohort.still, share);
  }
  return out;
}

}  // namespace

std::optional<Timestamp> became_advocate(const store::AuthorHistory& history, Timestamp as_of,
                                         const AdvocacyConfig& config) {
  const std::vector<Timestamp> moments = outward_days(history, as_of);
  for (std::size_t i = 0; i < moments.size(); ++i) {
    // Nobody is one with fewer days than the gate asks for.
    if (i + 1 < config.levels.advocate_days) continue;
    if (was_advocate(history, moments[i], config)) return moments[i];
  }
  if (was_advocate(history, as_of, config)) return as_of;
  return std::nullopt;
}

Result<CohortReport> cohorts(const store::Store& store, const std::string& brand, Timestamp as_of,
                             const AdvocacyConfig& config) {
  if (const auto known = check_brand(store, brand); !known) return known.error();
  std::map<std::int64_t, Cohort> by_month;
  const auto visited = store.visit_authors(brand, nullptr, [&](store::AuthorHistory&& history) {
    const auto first = first_seen(history, as_of);
    if (!first) return true;
    Cohort& cohort = by_month[month_of(*first)];
    cohort.month = month_of(*first);
    ++cohort.people;
    if (!became_advocate(history, as_of, config)) return true;
    ++cohort.became;
    cohort.still += was_advocate(history, as_of, config) ? 1 : 0;
    return true;
  });
  if (!visited) return visited.error();
  CohortReport report{brand, as_of, config_hash(config), {}};
  for (const auto& [month, cohort] : by_month) report.cohorts.push_back(cohort);
  return report;
}

std::string formatted(const CohortReport& report, ReportFormat format) {
  switch (format) {
    case ReportFormat::table:
      return to_table(report);
    case ReportFormat::json:
      return to_json(report);
    case ReportFormat::ndjson:
      return to_ndjson(report);
    case ReportFormat::csv:
      return to_csv(report);
  }
  return {};
}

}  // namespace passaparola::advocacy
