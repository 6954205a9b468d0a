// All settings for a person who wants to change one, and for programs.
#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"

namespace passaparola::advocacy {
namespace {

std::vector<double> values_of(const AdvocacyConfig& config) {
  std::vector<double> values;
  for_each_setting(config, [&](std::string_view, double value) { values.push_back(value); });
  return values;
}

// "acts.recommend": the table that it stands in, and its key there.
std::pair<std::string, std::string_view> place_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {"advocacy", name};
  return {fmt::format("advocacy.{}", name.substr(0, dot)), name.substr(dot + 1)};
}

}  // namespace

std::string settings_toml(const AdvocacyConfig& config) {
  const std::vector<double> defaults = values_of(default_config());
  std::vector<std::pair<std::string, std::string>> tables;  // in the order of their first setting
  std::size_t i = 0;
  for_each_setting(config, [&](std::string_view name, double value) {
    const auto [table, key] = place_of(name);
    auto found = tables.begin();
    while (found != tables.end() && found->first != table) ++found;
    if (found == tables.end()) found = tables.emplace(tables.end(), table, "");
    std::string& lines = found->second;
    const std::string line = fmt::format("{} = {}", key, value);
    fmt::format_to(std::back_inserter(lines), "{:<40} # default {}\n", line, defaults[i++]);
  });
  std::string out = fmt::format("# config_hash {}\n", config_hash(config));
  for (const auto& [table, lines] : tables) {
    fmt::format_to(std::back_inserter(out), "\n[{}]\n{}", table, lines);
  }
  return out;
}

std::string settings_json(const AdvocacyConfig& config) {
  const std::vector<double> defaults = values_of(default_config());
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("config_hash", config_hash(config));
  writer.key("settings");
  writer.StartArray();
  std::size_t i = 0;
  for_each_setting(config, [&](std::string_view name, double value) {
    writer.StartObject();
    writer.field("name", name);
    writer.field("value", value);
    writer.field("default", defaults[i++]);
    writer.EndObject();
  });
  writer.EndArray();
  writer.EndObject();
  return out;
}

}  // namespace passaparola::advocacy
