#include "connect/file_place.h"

#include <simdjson.h>

#include "core/json.h"

namespace passaparola::connect {

std::string to_cursor(const FilePlaces& places) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  for (const auto& [name, place] : places) {
    writer.key(name);
    writer.StartArray();
    writer.Uint64(place.read);
    writer.Int64(place.modified);
    writer.string(place.head);
    writer.EndArray();
  }
  writer.EndObject();
  return out;
}

FilePlaces parse_file_places(const std::string& cursor) {
  FilePlaces places;
  simdjson::dom::parser parser;
  simdjson::dom::object parsed;
  if (parser.parse(cursor).get(parsed) != simdjson::SUCCESS) return places;
  for (const auto [name, value] : parsed) {
    FilePlace place;
    std::string_view head;
    simdjson::dom::array fields;
    if (value.get(fields) != simdjson::SUCCESS ||
        fields.at(0).get(place.read) != simdjson::SUCCESS ||
        fields.at(1).get(place.modified) != simdjson::SUCCESS ||
        fields.at(2).get(head) != simdjson::SUCCESS) {
      continue;
    }
    place.head = head;
    places.emplace(name, std::move(place));
  }
  return places;
}

}  // namespace passaparola::connect
