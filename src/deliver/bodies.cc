#include "deliver/bodies.h"

#include "core/json.h"

namespace passaparola::deliver {

std::string mention_json(const Mention& mention, std::uint32_t store) {
  std::string json;
  JsonWriter writer(json);
  write_mention(writer, mention, store);
  return json;
}

std::string mentions_body(std::string_view delivery, std::span<const store::StoredMention> mentions,
                          std::uint32_t store, std::uint64_t to) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("type", "mentions");
  writer.field("delivery", delivery);
  writer.key("items");
  writer.StartArray();
  for (const store::StoredMention& mention : mentions) write_mention(writer, *mention, store);
  writer.EndArray();
  writer.field("cursor", encode_cursor({store, to}));
  writer.EndObject();
  return out;
}

std::string alert_body(std::string_view delivery, std::string_view alert_json) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("type", "alert");
  writer.field("delivery", delivery);
  writer.key("alert");
  writer.RawValue(alert_json.data(), alert_json.size(), rapidjson::kObjectType);
  writer.EndObject();
  return out;
}

}  // namespace passaparola::deliver
