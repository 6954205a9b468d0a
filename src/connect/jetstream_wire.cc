#include "connect/jetstream_wire.h"

#include <fmt/format.h>

#include <charconv>

#include "connect/url.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/time.h"

namespace passaparola::connect {
namespace {

using simdjson::dom::element;

std::optional<std::int64_t> positive(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value <= 0) {
    return std::nullopt;
  }
  return value;
}

std::string text_of(simdjson::simdjson_result<element> value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::int64_t positive_of(simdjson::simdjson_result<element> value) {
  std::int64_t number = 0;
  return value.get(number) == simdjson::SUCCESS && number > 0 ? number : 0;
}

void add_parameters(std::string& target, std::string_view name,
                    const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    target += fmt::format("&{}={}", name, query_encoded(value));
  }
}

void add_strings(JsonWriter& writer, std::string_view name,
                 const std::vector<std::string>& values) {
  writer.key(name);
  writer.StartArray();
  for (const std::string& value : values) writer.string(value);
  writer.EndArray();
}

}  // namespace

std::string to_cursor(const JetstreamPlace& place) {
  std::string cursor = fmt::format("{} {}", place.host, place.time);
  if (place.sequence > 0) cursor += fmt::format(" {}", place.sequence);
  return cursor;
}

std::optional<JetstreamPlace> parse_place(std::string_view cursor) {
  const std::size_t first = cursor.find(' ');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = cursor.find(' ', first + 1);
  const auto time = positive(cursor.substr(first + 1, second - first - 1));
  const auto sequence =
      second == std::string_view::npos ? std::optional(0L) : positive(cursor.substr(second + 1));
  if (!time || !sequence) return std::nullopt;
  return JetstreamPlace{std::string(cursor.substr(0, first)), *time, *sequence};
}

std::string subscribe_target(const JetstreamFilter& filter, std::optional<std::int64_t> begin,
                             bool is_packed, bool says_hello) {
  std::string target = fmt::format("/subscribe?maxMessageSizeBytes={}", kMaxRecordBytes);
  if (says_hello) {
    target += "&requireHello=true";
  } else {
    add_parameters(target, "wantedCollections", filter.collections);
    add_parameters(target, "wantedDids", filter.people);
  }
  if (is_packed) target += "&compress=true";
  if (begin) target += fmt::format("&cursor={}", *begin);
  return target;
}

std::string options_update(const JetstreamFilter& filter) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("type", "options_update");
  writer.key("payload");
  writer.StartObject();
  add_strings(writer, "wantedCollections", filter.collections);
  add_strings(writer, "wantedDids", filter.people);
  writer.field("maxMessageSizeBytes", std::uint64_t{kMaxRecordBytes});
  writer.EndObject();
  writer.EndObject();
  return out;
}

std::string subscribe_events_target(const JetstreamFilter& filter,
                                    std::optional<std::int64_t> begin, std::uint32_t dictionary) {
  std::string target = fmt::format(
      "/xrpc/network.bsky.jetstream.subscribeEvents?maxMessageSizeBytes={}", kMaxRecordBytes);
  add_parameters(target, "kinds", {"commit", "account"});
  add_parameters(target, "collections", filter.collections);
  add_parameters(target, "dids", filter.people);
  if (dictionary != 0) target += fmt::format("&zstdDictionary={}", dictionary);
  if (begin) target += fmt::format("&cursor={}", *begin);
  return target;
}

JetstreamMessage read_message(simdjson::dom::parser& parser, const std::string& message) {
  JetstreamMessage read;
  element parsed;
  if (parser.parse(message).get(parsed) != simdjson::SUCCESS) return read;
  read.time = positive_of(parsed["time_us"]);
  const std::string frame = text_of(parsed["$type"]);
  if (frame == "error") {
    read.error = text_of(parsed["error"]);
    if (read.error.empty()) read.error = text_of(parsed["payload"]["error"]);
    if (read.error.empty()) read.error = "an error";
    return read;
  }
  element payload;
  if (frame != "message" || parsed["payload"].get(payload) != simdjson::SUCCESS) return read;
  if (text_of(payload["$type"]).ends_with("#info")) read.notice = text_of(payload["name"]);
  read.sequence = positive_of(payload["seq"]);
  if (const auto time = parse_rfc3339(text_of(payload["time"]))) {
    read.time = time->milliseconds * 1000;
  }
  return read;
}

}  // namespace passaparola::connect
