// JSON in: one parser for all JSON formats, and tolerant look-ups for the formats that are not
// ours. Values point into the parser that read them and end with its next parse.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
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

std::optional<JsonObject> as_object(Json value);
std::optional<JsonArray> as_array(Json value);
// A whole number that fits; 5.0 is one.
std::optional<std::int64_t> as_integer(Json value);

}  // namespace passaparola::ingest
