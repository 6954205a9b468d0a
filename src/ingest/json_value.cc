#include "ingest/json_value.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/limits.h"

namespace passaparola::ingest {
namespace {

static_assert(kInputPaddingBytes >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t kSmallestCapacity = 64 << 10;

RejectReason reason_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return RejectReason::invalid_utf8;
    case simdjson::DEPTH_ERROR:
      return RejectReason::too_deep;
    case simdjson::CAPACITY:
      return RejectReason::record_too_long;
    default:
      return RejectReason::invalid_json;
  }
}

}  // namespace

JsonParser::JsonParser() : parser_(kMaxDocumentBytes) {}

// simdjson would grow to each length a little longer than the last; powers of two are few.
bool JsonParser::reserve(std::size_t bytes) {
  if (bytes <= parser_.capacity()) return true;
  const std::size_t capacity =
      std::min(std::bit_ceil(std::max(bytes, kSmallestCapacity)), kMaxDocumentBytes);
  return parser_.doc.allocate(capacity) == simdjson::SUCCESS &&
         parser_.allocate(capacity, kMaxJsonDepth) == simdjson::SUCCESS;
}

std::optional<RejectReason> JsonParser::parse(std::string_view text, Json& root) {
  if (text.size() > kMaxDocumentBytes || !reserve(text.size())) {
    return RejectReason::record_too_long;
  }
  const auto error = parser_.parse(text.data(), text.size(), false).get(root);
  if (error != simdjson::SUCCESS) return reason_of(error);
  return std::nullopt;
}

void JsonParser::shrink() {
  if (parser_.capacity() > kMaxRecordBytes) parser_ = simdjson::dom::parser(kMaxDocumentBytes);
}

std::optional<Json> find(JsonObject object, std::string_view key) {
  Json value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

std::string_view string_in(JsonObject object, std::string_view key) {
  std::string_view text;
  if (object.at_key(key).get(text) != simdjson::SUCCESS) return {};
  return text;
}

std::optional<JsonObject> object_in(JsonObject object, std::string_view key) {
  JsonObject value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<JsonArray> array_in(JsonObject object, std::string_view key) {
  JsonArray value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<std::int64_t> integer_in(JsonObject object, std::string_view key) {
  const auto value = find(object, key);
  return value ? as_integer(*value) : std::nullopt;
}

std::optional<JsonObject> first_object_in(JsonObject object, std::string_view key) {
  const auto array = array_in(object, key);
  JsonObject first;
  if (!array || array->at(0).get(first) != simdjson::SUCCESS) return std::nullopt;
  return first;
}

bool true_in(JsonObject object, std::string_view key) {
  bool value = false;
  return object.at_key(key).get(value) == simdjson::SUCCESS && value;
}

std::optional<std::int64_t> as_integer(Json value) {
  std::int64_t integer = 0;
  if (value.get(integer) == simdjson::SUCCESS) return integer;
  if (!value.is_double()) return std::nullopt;
  const double number = value.get_double().value_unsafe();
  constexpr double kLimit = 9.0e18;  // below 2^63, so that the conversion is defined
  if (std::abs(number) > kLimit || number != std::floor(number)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace passaparola::ingest
