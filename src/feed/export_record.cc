#include "feed/export_record.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "core/cursor.h"

namespace passaparola::feed {
namespace {

constexpr std::array<std::string_view, 4> kStates{"waiting", "running", "done", "failed"};

void write_texts(JsonWriter& writer, std::string_view name, const std::vector<std::string>& texts) {
  writer.key(name);
  writer.StartArray();
  for (const std::string& text : texts) writer.string(text);
  writer.EndArray();
}

}  // namespace

std::string_view name_of(ExportState state) { return kStates[static_cast<std::size_t>(state)]; }

double ExportJob::progress() const {
  if (state == ExportState::done || request.until <= request.after) return 1;
  return static_cast<double>(place - request.after) /
         static_cast<double>(request.until - request.after);
}

bool ExportJob::is_for(const Caller& caller) const {
  return !caller.is_limited() || (by == caller.name && brands == caller.brands);
}

std::string to_record(const ExportJob& job) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("id", job.id);
  writer.field("brand", job.request.brand);
  writer.field("where", job.request.where);
  writer.field("csv", job.request.is_csv);
  writer.field("after", job.request.after);
  writer.field("until", job.request.until);
  writer.field("by", job.by);
  write_texts(writer, "brands", job.brands);
  writer.field("state", name_of(job.state));
  writer.field("error", job.error);
  writer.field("created_ms", job.created_at.milliseconds);
  writer.field("finished_ms", job.finished_at.value_or(Timestamp{}).milliseconds);
  writer.field("place", job.place);
  writer.field("mentions", job.mentions);
  writer.field("bytes", job.bytes);
  writer.EndObject();
  return out;
}

std::optional<ExportJob> read_export(std::string_view record) {
  const simdjson::padded_string padded(record);
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array brands;
  std::string_view id, brand, where, by, state, error;
  std::int64_t finished = 0;
  ExportJob job;
  if (parser.parse(padded).get(root) || root["id"].get(id) || root["brand"].get(brand) ||
      root["where"].get(where) || root["csv"].get(job.request.is_csv) ||
      root["after"].get(job.request.after) || root["until"].get(job.request.until) ||
      root["by"].get(by) || root["brands"].get(brands) || root["state"].get(state) ||
      root["error"].get(error) || root["created_ms"].get(job.created_at.milliseconds) ||
      root["finished_ms"].get(finished) || root["place"].get(job.place) ||
      root["mentions"].get(job.mentions) || root["bytes"].get(job.bytes)) {
    return std::nullopt;
  }
  const auto known = std::find(kStates.begin(), kStates.end(), state);
  if (known == kStates.end()) return std::nullopt;
  job.state = static_cast<ExportState>(known - kStates.begin());
  for (const simdjson::dom::element each : brands) {
    std::string_view text;
    if (each.get(text)) return std::nullopt;
    job.brands.emplace_back(text);
  }
  job.id = id;
  job.request.brand = brand;
  job.request.where = where;
  job.by = by;
  job.error = error;
  if (finished != 0) job.finished_at = Timestamp{finished};
  return job;
}

void write_export(JsonWriter& writer, const ExportJob& job, std::uint32_t store) {
  writer.StartObject();
  writer.field("id", job.id);
  writer.field("state", name_of(job.state));
  writer.field("progress", job.progress());
  writer.field("format", job.request.is_csv ? "csv" : "ndjson");
  writer.field("brand", job.request.brand);
  writer.field("where", job.request.where);
  writer.field("by", job.by);
  writer.field("created_at", format_rfc3339(job.created_at));
  writer.key("finished_at");
  if (job.finished_at) {
    writer.string(format_rfc3339(*job.finished_at));
  } else {
    writer.Null();
  }
  writer.field("mentions", job.mentions);
  writer.field("bytes", job.bytes);
  writer.field("as_of_cursor", encode_cursor({store, job.request.until}));
  writer.field("cursor", encode_cursor({store, job.place}));
  writer.field("more", job.state == ExportState::done && job.place < job.request.until);
  writer.field("error", job.error);
  writer.field("file", job.state == ExportState::done
                           ? fmt::format("/api/v1/exports/{}/file", job.id)
                           : std::string());
  writer.EndObject();
}

}  // namespace passaparola::feed
