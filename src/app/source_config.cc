#include "app/source_config.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace passaparola::app {
namespace {

// One [[source]]: what every source may have, and the rest for its type.
class SourceTable {
 public:
  SourceTable(const toml::table& table, const std::string& file) : table_(table), file_(file) {}

  Result<connect::SourceConfig> read() {
    for (const auto& [key, node] : table_) take(std::string(key.str()), node);
    if (!error_.empty()) return fail(ErrorCode::invalid_argument, error_);
    auto token = read_token();
    if (!token) return token.error();
    config_.token = *std::move(token);
    const auto checked = connect::check_source(config_);
    if (!checked) {
      return fail(
          ErrorCode::invalid_argument,
          fmt::format("{}:{}: {}", file_, table_.source().begin.line, checked.error().message));
    }
    return std::move(config_);
  }

 private:
  void take(const std::string& key, const toml::node& node) {
    if (key == "allow_private") return flag(key, node, config_.allow_private);
    if (key == "silence_seconds") return number(key, node, config_.silence_seconds);
    if (key == "requests_per_hour") return number(key, node, config_.requests_per_hour);
    for (const auto& [name, value] :
         {std::pair("name", &config_.name), std::pair("type", &config_.type),
          std::pair("proxy", &config_.proxy), std::pair("ca_file", &config_.ca_file),
          std::pair("token_file", &token_file_), std::pair("token_env", &token_env_)}) {
      if (key == name) return text(key, node, *value);
    }
    std::vector<std::string>& values = config_.settings[key];
    if (const auto* array = node.as_array()) {
      for (const toml::node& one : *array) add(key, one, values);
    } else {
      add(key, node, values);
    }
  }

  void add(const std::string& key, const toml::node& node, std::vector<std::string>& values) {
    if (const auto* text = node.as_string()) return values.push_back(text->get());
    if (const auto* number = node.as_integer()) {
      return values.push_back(std::to_string(number->get()));
    }
    if (const auto* truth = node.as_boolean()) {
      return values.push_back(truth->get() ? "true" : "false");
    }
    wrong(key, node, "must be a text, a whole number, true or false, or a list of those");
  }

  void text(const std::string& key, const toml::node& node, std::string& value) {
    const auto* given = node.as_string();
    if (given == nullptr) return wrong(key, node, "must be a string in quotes");
    value = given->get();
  }

  void flag(const std::string& key, const toml::node& node, bool& value) {
    const auto* given = node.as_boolean();
    if (given == nullptr) return wrong(key, node, "must be true or false");
    value = given->get();
  }

  void number(const std::string& key, const toml::node& node, std::uint64_t& value) {
    const auto* given = node.as_integer();
    if (given == nullptr || given->get() < 0) return wrong(key, node, "must be a whole number");
    value = static_cast<std::uint64_t>(given->get());
  }

  void wrong(const std::string& key, const toml::node& node, std::string_view why) {
    if (!error_.empty()) return;
    error_ = fmt::format("{}:{}: [[source]] {} {}", file_, node.source().begin.line, key, why);
  }

  // From a file, or a variable of the environment.
  Result<std::string> read_token() const {
    if (!token_env_.empty()) {
      const char* const value = std::getenv(token_env_.c_str());
      if (value != nullptr && *value != '\0') return std::string(value);
      return fail(ErrorCode::invalid_argument,
                  fmt::format("source '{}': the variable {} of token_env is not set", config_.name,
                              token_env_));
    }
    if (token_file_.empty()) return std::string();
    std::ifstream file(token_file_);
    std::string token;
    if (!std::getline(file, token) || token.empty()) {
      return fail(ErrorCode::io,
                  fmt::format("source '{}': no token is in {}", config_.name, token_file_));
    }
    if (token.starts_with('{')) {  // a key in JSON, which goes over many lines
      token.push_back('\n');
      token.append(std::istreambuf_iterator<char>(file), {});
    }
    return token;
  }

  const toml::table& table_;
  const std::string& file_;
  connect::SourceConfig config_;
  std::string token_file_, token_env_, error_;
};

}  // namespace

Result<std::vector<connect::SourceConfig>> read_sources(const toml::table& root,
                                                        const std::string& file) {
  std::vector<connect::SourceConfig> sources;
  const toml::array* const tables = root["source"].as_array();
  if (tables == nullptr) return sources;
  for (const toml::node& node : *tables) {
    if (!node.is_table()) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}:{}: a source is a [[source]]", file, node.source().begin.line));
    }
    auto source = SourceTable(*node.as_table(), file).read();
    if (!source) return source.error();
    sources.push_back(*std::move(source));
  }
  return sources;
}

}  // namespace passaparola::app
