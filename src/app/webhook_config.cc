#include "app/webhook_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/limits.h"
#include "core/plain_name.h"
#include "core/webhook_signature.h"

namespace passaparola::app {
namespace {

constexpr std::string_view kNotTheSecret =
    "says where the secret is, never the secret itself: secret_file or secret_env, one of them";

// One [[webhook]].
class WebhookTable {
 public:
  WebhookTable(const toml::table& table, const std::string& file) : table_(table), file_(file) {}

  Result<WebhookConfig> read() {
    const std::string name = table_["name"].value_or(std::string());
    if (!name.starts_with("whsec_")) config_.name = name;  // errors name it
    for (const auto& [key, node] : table_) take(std::string(key.str()), node);
    if (!is_plain_name(config_.name)) wrong(table_, "name:", kPlainNameRule);
    if (config_.secret_file.empty() == config_.secret_env.empty()) {
      wrong(table_, "secret_file", kNotTheSecret);
    }
    if (!error_.empty()) return fail(ErrorCode::invalid_argument, error_);
    return std::move(config_);
  }

 private:
  void take(const std::string& key, const toml::node& node) {
    const auto* const text = node.as_string();
    if (key == "format" && text != nullptr) return take_format(node, text->get());
    for (const auto& [name, value] :
         {std::pair("name", &config_.name), std::pair("secret_file", &config_.secret_file),
          std::pair("secret_env", &config_.secret_env)}) {
      if (key != name || text == nullptr) continue;
      // A secret put in the place of its file's name would end up in an error.
      if (text->get().starts_with("whsec_")) return wrong(node, key, kNotTheSecret);
      *value = text->get();
      return;
    }
    const bool is_known =
        key == "format" || key == "name" || key == "secret_file" || key == "secret_env";
    wrong(node, key, is_known ? "must be a string in quotes" : "is no key of a webhook");
  }

  void take_format(const toml::node& node, const std::string& name) {
    const auto format = ingest::parse_format(name);
    if (!format) {
      return wrong(node, "format", fmt::format("'{}' is none of {}", name, ingest::format_names()));
    }
    config_.format = *format;
  }

  void wrong(const toml::node& node, std::string_view key, std::string_view why) {
    if (!error_.empty()) return;
    error_ = fmt::format("{}:{}: webhook '{}': {} {}", file_, node.source().begin.line,
                         config_.name, key, why);
  }

  const toml::table& table_;
  const std::string& file_;
  WebhookConfig config_;
  std::string error_;
};

// What is in the file or the variable.
Result<std::string> secret_text(const WebhookConfig& config) {
  if (!config.secret_env.empty()) {
    const char* const value = std::getenv(config.secret_env.c_str());
    if (value != nullptr && *value != '\0') return std::string(value);
    return fail(ErrorCode::invalid_argument,
                fmt::format("the variable {} is not set", config.secret_env));
  }
  std::ifstream file(config.secret_file, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return fail(ErrorCode::io, "cannot read " + config.secret_file);
  return std::move(text).str();
}

// A webhook's name is not signed: what one secret signed for one webhook would pass at another.
const feed::Webhook* owner_of(const std::string& key, const std::vector<feed::Webhook>& webhooks) {
  const auto found =
      std::find_if(webhooks.begin(), webhooks.end(), [&key](const feed::Webhook& webhook) {
        return std::find(webhook.keys.begin(), webhook.keys.end(), key) != webhook.keys.end();
      });
  return found == webhooks.end() ? nullptr : &*found;
}

}  // namespace

Result<std::vector<WebhookConfig>> read_webhooks(const toml::table& root, const std::string& file) {
  std::vector<WebhookConfig> webhooks;
  const toml::array* const tables = root["webhook"].as_array();
  if (tables == nullptr) return webhooks;
  for (const toml::node& node : *tables) {
    const auto wrong = [&](const std::string& why) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}:{}: {}", file, node.source().begin.line, why));
    };
    if (!node.is_table()) return wrong("a webhook is a [[webhook]]");
    auto webhook = WebhookTable(*node.as_table(), file).read();
    if (!webhook) return webhook.error();
    const bool is_second =
        std::any_of(webhooks.begin(), webhooks.end(),
                    [&](const WebhookConfig& other) { return other.name == webhook->name; });
    if (is_second) return wrong(fmt::format("webhook '{}': name is taken", webhook->name));
    webhooks.push_back(*std::move(webhook));
    if (webhooks.size() > kMaxWebhooks) {
      return wrong(fmt::format("there are more than {} webhooks", kMaxWebhooks));
    }
  }
  return webhooks;
}

Result<std::vector<feed::Webhook>> load_webhooks(const std::vector<WebhookConfig>& configs) {
  std::vector<feed::Webhook> webhooks;
  for (const WebhookConfig& config : configs) {
    const auto wrong = [&config](const Error& error) {
      const std::string_view key = config.secret_env.empty() ? "secret_file" : "secret_env";
      return fail(error.code, fmt::format("webhook '{}': {}: {}", config.name, key, error.message));
    };
    const auto text = secret_text(config);
    if (!text) return wrong(text.error());
    auto keys = read_webhook_secrets(*text);
    if (!keys) return wrong(keys.error());
    for (const std::string& key : *keys) {
      const feed::Webhook* const owner = owner_of(key, webhooks);
      if (owner == nullptr) continue;
      return wrong(fail(ErrorCode::invalid_argument,
                        fmt::format("webhook '{}' has the same secret", owner->name)));
    }
    webhooks.push_back({config.name, *std::move(keys), {}});
  }
  return webhooks;
}

}  // namespace passaparola::app
