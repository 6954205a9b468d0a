// A receiver's own JSON, filled in: "{{text}}" stands for a mention's text, and so on. What is put
// in is escaped as JSON's strings want it, so that no post can end the string that it stands in.
// Immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/mention.h"
#include "core/result.h"

namespace passaparola::deliver {

inline constexpr std::size_t kMaxTemplateBytes = 64 << 10;

class Template {
 public:
  // Placeholders: text, url, brand, author, label, acts, source, mention_id, reasons, level.
  // Errors, which name the line: invalid_argument: an unknown placeholder, one that is not closed,
  // or what is no JSON once it is filled in.
  static Result<Template> parse(std::string_view text);

  // Of a mention; reasons and level are empty.
  std::string filled(const Mention& mention) const;
  // Of an alert, as in Alert::json: brand, reasons and level; text says the three together.
  std::string filled(std::string_view alert_json) const;

 private:
  enum class Value : std::uint8_t {
    text,
    url,
    brand,
    author,
    label,
    acts,
    source,
    mention_id,
    reasons,
    level
  };
  static constexpr std::size_t kValueCount = 10;
  struct Values;
  struct Piece {
    std::string before;  // as it stands in the template
    Value value = Value::text;
  };

  static Result<Value> value_of(std::string_view name, std::size_t line);
  std::string filled(const Values& values) const;

  std::vector<Piece> pieces_;
  std::string rest_;
};

}  // namespace passaparola::deliver
