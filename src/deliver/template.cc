#include "deliver/template.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "core/json.h"

namespace passaparola::deliver {
namespace {

constexpr std::array<std::string_view, 10> kNames{
    "text", "url", "brand", "author", "label", "acts", "source", "mention_id", "reasons", "level"};

std::size_t line_of(std::string_view text, std::size_t at) {
  return 1 + static_cast<std::size_t>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

Error wrong(std::size_t line, const std::string& why) {
  return fail(ErrorCode::invalid_argument, fmt::format("line {}: {}", line, why));
}

// As it stands between the quotes of a JSON string.
std::string inside_quotes(std::string_view text) {
  std::string out;
  JsonWriter writer(out);
  writer.string(text);
  return out.substr(1, out.size() - 2);
}

std::string_view trimmed(std::string_view name) {
  while (name.starts_with(' ')) name.remove_prefix(1);
  while (name.ends_with(' ')) name.remove_suffix(1);
  return name;
}

std::string names() {
  std::string all;
  for (const std::string_view name : kNames) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

bool is_json(std::string_view text) {
  const simdjson::padded_string padded(text);
  simdjson::dom::parser parser;
  return parser.parse(padded).error() == simdjson::SUCCESS;
}

}  // namespace

struct Template::Values {
  std::array<std::string, kValueCount> of;
  std::string& operator[](Value value) { return of[static_cast<std::size_t>(value)]; }
};

Result<Template::Value> Template::value_of(std::string_view name, std::size_t line) {
  static_assert(kNames.size() == kValueCount);
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<Value>(found - kNames.begin());
  return wrong(line, fmt::format("{{{{{}}}}} is none of {}", name, names()));
}

Result<Template> Template::parse(std::string_view text) {
  if (text.size() > kMaxTemplateBytes) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("it has more than {} bytes", kMaxTemplateBytes));
  }
  Template parsed;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = text.find("{{", at);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find("}}", open);
    const std::size_t line = line_of(text, open);
    if (close == std::string_view::npos) return wrong(line, "{{ has no }} behind it");
    const auto value = value_of(trimmed(text.substr(open + 2, close - open - 2)), line);
    if (!value) return value.error();
    parsed.pieces_.push_back({std::string(text.substr(at, open - at)), *value});
    at = close + 2;
  }
  parsed.rest_ = text.substr(at);
  // Words that are JSON nowhere but in a string, and go on with no escape that was begun.
  Values sample;
  for (std::string& value : sample.of) value = "words, a \"sample\"\n";
  if (!is_json(parsed.filled(sample))) {
    return fail(ErrorCode::invalid_argument,
                "filled in it is no JSON: a placeholder stands inside the quotes of a string, "
                "such as {\"text\":\"{{text}}\"}");
  }
  return parsed;
}

std::string Template::filled(const Values& values) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    out += piece.before;
    out += inside_quotes(values.of[static_cast<std::size_t>(piece.value)]);
  }
  return out + rest_;
}

std::string Template::filled(const Mention& mention) const {
  const PostView& post = mention.post;
  Values values;
  values[Value::text] = post.text.empty() ? post.title : post.text;
  values[Value::url] = post.url;
  values[Value::brand] = mention.brand;
  values[Value::author] = post.author.name;
  if (post.author.name.empty()) {
    values[Value::author] = post.author.handle.empty() ? post.author.id : post.author.handle;
  }
  values[Value::label] = name_of(mention.sentiment.label);
  for (const ActHit& hit : mention.acts) {
    values[Value::acts] +=
        (values[Value::acts].empty() ? "" : ", ") + std::string(name_of(hit.act));
  }
  values[Value::source] = post.source;
  values[Value::mention_id] = mention_id(post.source, post.id, mention.brand);
  return filled(values);
}

std::string Template::filled(std::string_view alert_json) const {
  const simdjson::padded_string padded(alert_json);
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view brand, level;
  simdjson::dom::array reasons;
  Values values;
  if (!parser.parse(padded).get(root) && !root["brand"].get(brand) && !root["level"].get(level) &&
      !root["reasons"].get(reasons)) {
    values[Value::brand] = brand;
    values[Value::level] = level;
    for (const simdjson::dom::element reason : reasons) {
      std::string_view words;
      if (reason.get(words)) continue;
      values[Value::reasons] += (values[Value::reasons].empty() ? "" : "; ") + std::string(words);
    }
  }
  values[Value::text] = fmt::format("{}: {}. {}", brand, level, values[Value::reasons]);
  return filled(values);
}

}  // namespace passaparola::deliver
