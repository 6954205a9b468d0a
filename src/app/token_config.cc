#include "app/token_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/limits.h"
#include "core/plain_name.h"

namespace passaparola::app {
namespace {

// One [[token]].
class TokenTable {
 public:
  TokenTable(const toml::table& table, const std::string& file) : table_(table), file_(file) {}

  Result<feed::Token> read() {
    const std::string name = table_["name"].value_or(std::string());
    if (is_plain_name(name)) token_.caller.name = name;  // errors name it
    if (token_.caller.name.empty()) wrong(table_, "name:", kPlainNameRule);
    if (name == "token" || name == "local") {
      wrong(table_, "name:", "'token' and 'local' are who asks with the one token, or with none");
    }
    for (const auto& [key, node] : table_) take(key.str(), node);
    if (!has_role_) wrong(table_, "role:", kRoleRule);
    if (!has_hash_) wrong(table_, "hash:", kHashRule);
    if (!error_.empty()) return fail(ErrorCode::invalid_argument, error_);
    return std::move(token_);
  }

 private:
  static constexpr std::string_view kRoleRule = "must be \"reader\", \"writer\" or \"admin\"";
  static constexpr std::string_view kHashRule =
      "must be \"sha256:\" and 64 hexadecimal digits, as `passaparola token` prints it";

  void take(std::string_view key, const toml::node& node) {
    if (key == "name") return;
    if (key == "brands") return take_brands(node);
    const std::string text = node.value_or(std::string());
    if (key == "role") {
      const auto role = feed::parse_role(text);
      if (!role) return wrong(node, key, kRoleRule);
      token_.caller.role = *role;
      has_role_ = true;
    } else if (key == "hash") {
      const auto hash = feed::parse_token_hash(text);
      if (!hash) return wrong(node, key, kHashRule);
      token_.hash = *hash;
      has_hash_ = true;
    } else if (key == "expires") {
      token_.expires = parse_rfc3339(text);
      if (!token_.expires) wrong(node, key, "must be a time such as \"2027-06-30T00:00:00Z\"");
    } else {
      wrong(node, key, "is no key of a token");
    }
  }

  void take_brands(const toml::node& node) {
    constexpr std::string_view rule =
        "must name the brands of a workspace, at least one; leave it out for all brands";
    const toml::array* const list = node.as_array();
    if (list == nullptr || list->empty() || list->size() > kMaxTokenBrands) {
      return wrong(node, "brands", rule);
    }
    std::vector<std::string>& brands = token_.caller.brands;
    for (const toml::node& brand : *list) {
      brands.push_back(brand.value_or(std::string()));
      if (brands.back().empty()) return wrong(node, "brands", rule);
    }
    std::sort(brands.begin(), brands.end());
    brands.erase(std::unique(brands.begin(), brands.end()), brands.end());
  }

  void wrong(const toml::node& node, std::string_view key, std::string_view why) {
    if (!error_.empty()) return;
    error_ = fmt::format("{}:{}: token '{}': {} {}", file_, node.source().begin.line,
                         token_.caller.name, key, why);
  }

  const toml::table& table_;
  const std::string& file_;
  feed::Token token_;
  bool has_role_ = false;
  bool has_hash_ = false;
  std::string error_;
};

}  // namespace

Result<std::vector<feed::Token>> read_tokens(const toml::table& root, const std::string& file) {
  std::vector<feed::Token> tokens;
  const toml::array* const tables = root["token"].as_array();
  if (tables == nullptr) return tokens;
  for (const toml::node& node : *tables) {
    const auto wrong = [&](const std::string& why) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}:{}: {}", file, node.source().begin.line, why));
    };
    if (!node.is_table()) return wrong("a token is a [[token]]");
    auto token = TokenTable(*node.as_table(), file).read();
    if (!token) return token.error();
    for (const feed::Token& other : tokens) {
      if (other.caller.name == token->caller.name) {
        return wrong(fmt::format("token '{}': name is taken", other.caller.name));
      }
      if (other.hash == token->hash) {
        return wrong(fmt::format("token '{}' has the hash of token '{}': who would it be?",
                                 token->caller.name, other.caller.name));
      }
    }
    tokens.push_back(*std::move(token));
    if (tokens.size() > kMaxTokens) {
      return wrong(fmt::format("there are more than {} tokens", kMaxTokens));
    }
  }
  return tokens;
}

std::string token_table(const feed::Token& token) {
  std::string brands;
  for (const std::string& brand : token.caller.brands) {
    brands += fmt::format("{}\"{}\"", brands.empty() ? "" : ", ", brand);
  }
  std::string text = fmt::format("[[token]]\nname = \"{}\"\nrole = \"{}\"\n", token.caller.name,
                                 feed::name_of(token.caller.role));
  if (!brands.empty()) text += fmt::format("brands = [{}]\n", brands);
  text += fmt::format("hash = \"{}\"\n", feed::to_text(token.hash));
  if (token.expires) text += fmt::format("expires = \"{}\"\n", format_rfc3339(*token.expires));
  return text;
}

}  // namespace passaparola::app
