// Who came and who left, in the four published forms.
#include <fmt/format.h>

#include <iterator>

#include "advocacy/evidence.h"
#include "advocacy/movement.h"
#include "core/csv.h"
#include "core/terminal.h"

namespace passaparola::advocacy {
namespace {

constexpr std::size_t kWhoColumns = 26;

void write_standing(JsonWriter& writer, std::string_view name, const Standing& standing) {
  writer.key(name);
  writer.StartObject();
  writer.field("score_low", standing.score_low);
  writer.field("level", name_of(standing.level));
  writer.field("class", name_of(standing.relation));
  writer.EndObject();
}

void write_moved(JsonWriter& writer, const Moved& moved) {
  writer.field("movement", name_of(moved.movement));
  writer.key("author");
  writer.StartObject();
  writer.field("source", moved.author.source);
  writer.field("id", moved.author.id);
  writer.field("handle", moved.author.handle);
  writer.field("name", moved.author.name);
  writer.EndObject();
  write_standing(writer, "then", moved.before);
  write_standing(writer, "now", moved.after);
}

void write_head(JsonWriter& writer, const MovementReport& report) {
  writer.field("brand", report.brand);
  writer.field("then", format_rfc3339(report.before));
  writer.field("now", format_rfc3339(report.after));
  writer.field("config_hash", report.config_hash);
}

std::string to_json(const MovementReport& report) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  write_head(writer, report);
  writer.key("counts");
  writer.StartObject();
  for (std::size_t i = 0; i < kMovements; ++i) {
    writer.field(name_of(static_cast<Movement>(i)), report.counts[i]);
  }
  writer.EndObject();
  writer.key("people");
  writer.StartArray();
  for (const Moved& moved : report.people) {
    writer.StartObject();
    write_moved(writer, moved);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

std::string to_ndjson(const MovementReport& report) {
  std::string out;
  for (const Moved& moved : report.people) {
    JsonWriter writer(out);
    writer.StartObject();
    write_head(writer, report);
    write_moved(writer, moved);
    writer.EndObject();
    out.push_back('\n');
  }
  return out;
}

std::string to_csv(const MovementReport& report) {
  std::string out(
      "movement,source,author_id,handle,name,score_low_then,score_low_now,level_then,level_now,"
      "class_then,class_now\r\n");
  for (const Moved& moved : report.people) {
    CsvRow row(out);
    row.own(name_of(moved.movement));
    row.text(moved.author.source);
    row.text(moved.author.id);
    row.text(moved.author.handle);
    row.text(moved.author.name);
    row.score(moved.before.score_low);
    row.score(moved.after.score_low);
    row.own(name_of(moved.before.level));
    row.own(name_of(moved.after.level));
    row.own(name_of(moved.before.relation));
    row.own(name_of(moved.after.relation));
    row.end();
  }
  return out;
}

std::string_view standing_of(const Standing& standing) {
  return standing.level == Level::none ? name_of(standing.relation) : name_of(standing.level);
}

std::string to_table(const MovementReport& report) {
  const auto date = [](Timestamp at) { return format_rfc3339(at).substr(0, 10); };
  std::string out = fmt::format("{}, {} to {}:", fit_columns(terminal_safe(report.brand), 20),
                                date(report.before), date(report.after));
  for (std::size_t i = 0; i < kMovements; ++i) {
    fmt::format_to(std::back_inserter(out), "{}{} {}", i == 0 ? "\n" : ", ",
                   name_of(static_cast<Movement>(i)), report.counts[i]);
  }
  out +=
      fmt::format("\n{:<7} {:<26} {:>5} {:>5}  {:<16} {}\n", "", "who", "then", "now", "was", "is");
  for (const Moved& moved : report.people) {
    fmt::format_to(
        std::back_inserter(out), "{:<7} {} {:>5.1f} {:>5.1f}  {:<16} {}\n", name_of(moved.movement),
        fit_columns(terminal_safe(display_name(moved.author)), kWhoColumns), moved.before.score_low,
        moved.after.score_low, standing_of(moved.before), standing_of(moved.after));
  }
  return out;
}

}  // namespace

std::string formatted(const MovementReport& report, ReportFormat format) {
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
