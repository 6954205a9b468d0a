// A template of any bytes, up to the first NUL, and a mention and an alert that say what stands
// behind it: refused with a reason, or JSON whatever it is filled with.
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/fold.h"
#include "core/json.h"
#include "deliver/template.h"

using namespace passaparola;

namespace {

void check_json(const std::string& filled) {
  const simdjson::padded_string padded(filled);
  simdjson::dom::parser parser;
  CHECK(parser.parse(padded).error() == simdjson::SUCCESS, "filled in it is no JSON");
}

Mention mention_of(std::string_view words) {
  static const std::array<ActHit, 2> kActs{};
  Mention mention;
  mention.brand = words;
  mention.sentiment.label = Label::mixed;
  mention.acts = kActs;
  mention.post.source = words;
  mention.post.id = words;
  mention.post.author.id = words;
  mention.post.text = words;
  mention.post.url = words;
  return mention;
}

std::string alert_of(std::string_view words) {
  std::string json;
  JsonWriter writer(json);
  writer.StartObject();
  writer.field("brand", words);
  writer.field("level", words);
  writer.key("reasons");
  writer.StartArray();
  writer.string(words);
  writer.Null();
  writer.string(words);
  writer.EndArray();
  writer.EndObject();
  return json;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view text = bytes.substr(0, bytes.find('\0'));
  const std::string_view words = bytes.substr(std::min(text.size() + 1, size));
  const auto shape = deliver::Template::parse(text);
  if (!shape) {
    CHECK(shape.error().code == ErrorCode::invalid_argument, "a template is its writer's mistake");
    CHECK(!shape.error().message.empty(), "refused without a reason");
    return 0;
  }
  check_json(shape->filled(Mention()));
  check_json(shape->filled(words));     // a damaged alert
  if (!is_valid_utf8(words)) return 0;  // decoders let nothing else through
  check_json(shape->filled(mention_of(words)));
  check_json(shape->filled(alert_of(words)));
  return 0;
}
