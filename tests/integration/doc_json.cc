#include "integration/doc_json.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace passaparola::testing {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr std::array<std::string_view, 6> kNames{"op", "kind", "event", "type", "code", "title"};

void skip_space(std::string_view& text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
}

bool take(std::string_view& text, std::string_view what) {
  skip_space(text);
  if (!text.starts_with(what)) return false;
  text.remove_prefix(what.size());
  return true;
}

// An ellipsis alone, or two with words between them.
bool take_ellipsis(std::string_view& text) {
  if (!take(text, kEllipsis)) return false;
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return true;
  text.remove_prefix(std::min(text.size(), text.find(kEllipsis)));
  return take(text, kEllipsis);
}

std::optional<std::string> take_string(std::string_view& text) {
  if (!take(text, "\"")) return std::nullopt;
  std::string out;
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\') text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    out.push_back(text.front());
    text.remove_prefix(1);
  }
  return take(text, "\"") ? std::optional(out) : std::nullopt;
}

std::optional<DocJson> take_number(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("+-.0123456789eE"), text.size());
  if (end == 0) return std::nullopt;
  DocJson out;
  const bool is_whole = text.substr(0, end).find_first_of(".eE") == std::string_view::npos;
  out.kind = is_whole ? DocJson::Kind::integer : DocJson::Kind::number;
  text.remove_prefix(end);
  return out;
}

std::optional<DocJson> take_object(std::string_view& text) {
  DocJson out;
  out.kind = DocJson::Kind::object;
  while (!take(text, "}")) {
    if (!take_ellipsis(text)) {
      auto name = take_string(text);
      if (!name || !take(text, ":")) return std::nullopt;
      auto value = take_doc_json(text);
      if (!value) return std::nullopt;
      out.names.push_back(*std::move(name));
      out.items.push_back(*std::move(value));
    }
    if (!take(text, ",") && !text.starts_with('}')) return std::nullopt;
  }
  return out;
}

std::optional<DocJson> take_array(std::string_view& text) {
  DocJson out;
  out.kind = DocJson::Kind::array;
  while (!take(text, "]")) {
    if (!take_ellipsis(text)) {
      auto item = take_doc_json(text);
      if (!item) return std::nullopt;
      out.items.push_back(*std::move(item));
    }
    if (!take(text, ",") && !text.starts_with(']')) return std::nullopt;
  }
  return out;
}

std::optional<DocJson> take_word(std::string_view& text) {
  using Kind = DocJson::Kind;
  for (const auto& [word, kind] :
       {std::pair("CURSOR", Kind::text), std::pair("true", Kind::boolean),
        std::pair("false", Kind::boolean), std::pair("null", Kind::null)}) {
    if (!take(text, word)) continue;
    DocJson out;
    out.kind = kind;
    return out;
  }
  if (!take_ellipsis(text)) return std::nullopt;
  return DocJson{};
}

bool has_kind(DocJson::Kind kind, const simdjson::dom::element& real) {
  switch (kind) {
    case DocJson::Kind::whatever:
    case DocJson::Kind::null:
      return true;
    case DocJson::Kind::boolean:
      return real.is_bool();
    case DocJson::Kind::integer:
      return real.is_int64() || real.is_uint64();
    case DocJson::Kind::number:
      return real.is_number();
    case DocJson::Kind::text:
      return real.is_string();
    case DocJson::Kind::array:
      return real.is_array();
    case DocJson::Kind::object:
      return real.is_object();
  }
  return false;
}

std::string without_a_like(const DocJson& shown, const simdjson::dom::array& real,
                           const std::string& place) {
  std::string out;
  for (std::size_t i = 0; i < shown.items.size(); ++i) {
    const std::string where = place + "[" + std::to_string(i) + "]";
    std::string least = where + ": nothing is there\n";
    bool is_first = true;
    for (const simdjson::dom::element item : real) {
      std::string some = differences(shown.items[i], item, where);
      if (is_first || some.size() < least.size()) least = std::move(some);
      is_first = false;
    }
    out += least;
  }
  return out;
}

}  // namespace

std::optional<DocJson> take_doc_json(std::string_view& text) {
  skip_space(text);
  std::optional<DocJson> out;
  if (take(text, "{")) {
    out = take_object(text);
  } else if (take(text, "[")) {
    out = take_array(text);
  } else if (text.starts_with('"')) {
    if (auto string = take_string(text)) {
      out.emplace();
      out->kind = DocJson::Kind::text;
      out->text = *std::move(string);
    }
  } else if (!(out = take_word(text))) {
    out = take_number(text);
  }
  skip_space(text);
  return out;
}

std::string differences(const DocJson& shown, const simdjson::dom::element& real,
                        const std::string& place) {
  if (!has_kind(shown.kind, real)) {
    return place + ": of another type: " + simdjson::minify(real) + "\n";
  }
  if (shown.kind == DocJson::Kind::array) return without_a_like(shown, real, place);
  if (shown.kind != DocJson::Kind::object) return {};
  std::string out;
  for (std::size_t i = 0; i < shown.names.size(); ++i) {
    const std::string& name = shown.names[i];
    const DocJson& value = shown.items[i];
    const std::string where = place + "." + name;
    simdjson::dom::element member;
    if (real[name].get(member) != simdjson::SUCCESS) {
      out += where + ": is not there\n";
      continue;
    }
    const bool names = std::find(kNames.begin(), kNames.end(), name) != kNames.end();
    const bool says_other = names && value.kind == DocJson::Kind::text && member.is_string() &&
                            std::string_view(member) != value.text;
    out += says_other ? where + ": is " + simdjson::minify(member) + "\n"
                      : differences(value, member, where);
  }
  return out;
}

}  // namespace passaparola::testing
