// JSON as the documents show it: `…` stands for whatever is left out (a value, items, members;
// with words in it, `…as in GET /alerts…`), CURSOR for a cursor.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace passaparola::testing {

struct DocJson {
  enum class Kind { whatever, null, boolean, integer, number, text, array, object };
  Kind kind = Kind::whatever;
  std::string text;                // of a text
  std::vector<std::string> names;  // of an object's members, whose values are the items
  std::vector<DocJson> items;
};

// The value that `text` begins with, which is taken off it with the space behind; nullopt: none.
std::optional<DocJson> take_doc_json(std::string_view& text);

// Where `real` is not what `shown` says: a member that is missing or of another type, an item that
// none is like; one a line, empty where there is nothing. A null may be anything. Texts that name
// what something is ("op", "kind", …) must be the same, other values need not.
std::string differences(const DocJson& shown, const simdjson::dom::element& real,
                        const std::string& place = "answer");

}  // namespace passaparola::testing
