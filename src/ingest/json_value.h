// JSON in: one parser for all JSON formats, and tolerant look-ups for the formats that are not
// ours. Values point into the parser that read them and end with its next parse.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "ingest/ingest.h"

namespace passaparola::ingest {

using Json = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

class JsonParser {
 public:
  JsonParser();

  // Validates and reads all of `text`, which at least kInputPaddingBytes readable bytes follow;
  // what they hold does not matter. `root` is set unless a reason is returned.
  std::optional<RejectReason> parse(std::string_view text, Json& root);

  // Gives back the memory that a large document needed.
  void shrink();

 private:
  bool reserve(std::size_t bytes);

  simdjson::dom::parser parser_;
};

// All look-ups: absent, null and a value of another type are the same.
std::optional<Json> find(JsonObject object, std::string_view key);
std::string_view string_in(JsonObject object, std::string_view key);
std::optional<JsonObject> object_in(JsonObject object, std::string_view key);
std::optional<JsonArray> array_in(JsonObject object, std::string_view key);
std::optional<std::int64_t> integer_in(JsonObject object, std::string_view key);
bool true_in(JsonObject object, std::string_view key);
// The first value of the array, when it is an object.
std::optional<JsonObject> first_object_in(JsonObject object, std::string_view key);

// Whether `text` is `literal`: a comparison of a known length, which needs no call.
template <std::size_t N>
bool is(std::string_view text, const char (&literal)[N]) {
  return text.size() == N - 1 && std::memcmp(text.data(), literal, N - 1) == 0;
}

// A key as an argument of a template.
template <std::size_t N>
struct JsonKey {
  consteval JsonKey(const char (&literal)[N]) { std::copy_n(literal, N, text); }

  char text[N];
};

// The values of several keys in one pass over the object, in the order of `keys`. Each is what
// find() gives; of a key that is there twice the first counts.
template <JsonKey... keys>
std::array<std::optional<Json>, sizeof...(keys)> find_all(JsonObject object) {
  static_assert(sizeof...(keys) <= 32);
  std::array<std::optional<Json>, sizeof...(keys)> values;
  std::uint32_t met = 0;
  for (const auto [key, value] : object) {
    std::size_t i = 0;
    const bool wanted = ((is(key, keys.text) || (++i, false)) || ...);
    if (!wanted || (met >> i & 1U) != 0) continue;
    met |= 1U << i;
    if (!value.is_null()) values[i] = value;
  }
  return values;
}

// Empty when it is no string.
inline std::string_view as_string(const std::optional<Json>& value) {
  std::string_view text;
  if (!value || value->get(text) != simdjson::SUCCESS) return {};
  return text;
}

inline std::optional<JsonObject> as_object(const std::optional<Json>& value) {
  JsonObject object;
  if (!value || value->get(object) != simdjson::SUCCESS) return std::nullopt;
  return object;
}

inline std::optional<JsonArray> as_array(const std::optional<Json>& value) {
  JsonArray array;
  if (!value || value->get(array) != simdjson::SUCCESS) return std::nullopt;
  return array;
}

// A whole number that fits; 5.0 is one.
std::optional<std::int64_t> as_integer(Json value);

}  // namespace passaparola::ingest
