#include "connect/x_rules.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "core/json.h"

namespace passaparola::connect {
namespace {

// X's own limit in characters; bytes are never fewer.
constexpr std::size_t kMostBytes = 1024;
constexpr std::string_view kTagged = "passaparola:";

// A phrase as X reads it: quotes would end it, and it has no other escapes.
std::string in_quotes(std::string_view phrase) {
  std::string out = "\"";
  for (const char c : phrase) {
    if (c != '"' && c != '\\') out += c;
  }
  return out + '"';
}

std::string text_in(simdjson::dom::element object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

bool is_same(const XRule& a, const XRule& b) { return a.value == b.value && a.tag == b.tag; }

}  // namespace

std::vector<XRule> x_rules_of(const std::vector<Wanted>& wanted) {
  std::vector<XRule> rules;
  for (const Wanted& one : wanted) {
    std::string value;
    const auto finish = [&] {
      if (!value.empty()) rules.push_back({value, fmt::format("{}{}", kTagged, one.name), ""});
      value.clear();
    };
    std::vector<std::string> phrases = one.phrases;
    std::sort(phrases.begin(), phrases.end());
    phrases.erase(std::unique(phrases.begin(), phrases.end()), phrases.end());
    for (const std::string& phrase : phrases) {
      const std::string next = in_quotes(phrase);
      if (next.size() == 2 || next.size() > kMostBytes) continue;
      if (value.size() + next.size() + 4 > kMostBytes) finish();
      value += (value.empty() ? "" : " OR ") + next;
    }
    finish();
  }
  return rules;
}

std::optional<std::vector<XRule>> parse_x_rules(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::object answer;
  if (parser.parse(body).get(answer) != simdjson::SUCCESS) return std::nullopt;
  std::vector<XRule> rules;
  simdjson::dom::array data;
  if (answer["data"].get(data) != simdjson::SUCCESS) return rules;  // there are none
  for (const simdjson::dom::element rule : data) {
    rules.push_back({text_in(rule, "value"), text_in(rule, "tag"), text_in(rule, "id")});
  }
  return rules;
}

XRuleChange x_rule_change(const std::vector<XRule>& there, const std::vector<XRule>& wanted) {
  const auto is_in = [](const std::vector<XRule>& rules, const XRule& rule) {
    return std::any_of(rules.begin(), rules.end(),
                       [&](const XRule& other) { return is_same(rule, other); });
  };
  XRuleChange change;
  for (const XRule& rule : there) {
    if (rule.tag.starts_with(kTagged) && !is_in(wanted, rule)) change.remove.push_back(rule.id);
  }
  for (const XRule& rule : wanted) {
    if (!is_in(there, rule)) change.add.push_back(rule);
  }
  return change;
}

std::string x_add_body(const std::vector<XRule>& add) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.key("add");
  writer.StartArray();
  for (const XRule& rule : add) {
    writer.StartObject();
    writer.field("value", rule.value);
    writer.field("tag", rule.tag);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

std::string x_remove_body(const std::vector<std::string>& remove) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.key("delete");
  writer.StartObject();
  writer.key("ids");
  writer.StartArray();
  for (const std::string& id : remove) writer.string(id);
  writer.EndArray();
  writer.EndObject();
  writer.EndObject();
  return out;
}

}  // namespace passaparola::connect
