#include "app/delivery_config.h"

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
constexpr std::uint64_t kMostEverySeconds = 24 * 60 * 60;
constexpr std::uint64_t kMostRetrySeconds = 60 * 60;

// One [[delivery]].
class DeliveryTable {
 public:
  DeliveryTable(const toml::table& table, const std::string& file) : table_(table), file_(file) {}

  Result<DeliveryConfig> read() {
    const std::string name = table_["name"].value_or(std::string());
    if (!name.starts_with(kWebhookSecretPrefix)) config_.name = name;  // errors name it
    for (const auto& [key, node] : table_) take(std::string(key.str()), node);
    check();
    if (!error_.empty()) return fail(ErrorCode::invalid_argument, error_);
    return std::move(config_);
  }

 private:
  void take(const std::string& key, const toml::node& node) {
    if (key == "type") return type(node);
    if (key == "what") return what(node);
    if (key == "to") return to(node);
    if (key == "least_level") return level(node);
    if (key == "every_seconds")
      return number(key, node, config_.every_seconds, 0, kMostEverySeconds);
    if (key == "retry_seconds")
      return number(key, node, config_.retry_seconds, 1, kMostRetrySeconds);
    if (key == "allow_private") {
      const auto* const truth = node.as_boolean();
      if (truth == nullptr) return wrong(node, key, "must be true or false");
      config_.allow_private = truth->get();
      return;
    }
    for (const auto& [name, value] :
         {std::pair("name", &config_.name), std::pair("url", &config_.url),
          std::pair("url_file", &config_.url_file), std::pair("url_env", &config_.url_env),
          std::pair("secret_file", &config_.secret_file),
          std::pair("secret_env", &config_.secret_env),
          std::pair("template_file", &config_.template_file), std::pair("user", &config_.user),
          std::pair("from", &config_.from), std::pair("brand", &config_.brand),
          std::pair("where", &config_.where), std::pair("quiet_hours", &config_.quiet_hours),
          std::pair("utc_offset", &config_.utc_offset), std::pair("proxy", &config_.proxy),
          std::pair("ca_file", &config_.ca_file)}) {
      if (key == name) return text(key, node, *value);
    }
    wrong(node, key, "is no key of a delivery");
  }

  void text(const std::string& key, const toml::node& node, std::string& value) {
    const auto* const given = node.as_string();
    if (given == nullptr) return wrong(node, key, "must be a string in quotes");
    // A secret put in the place of its file's name would end up in an error.
    if (given->get().starts_with(kWebhookSecretPrefix)) return wrong(node, key, kNotTheSecret);
    value = given->get();
  }

  void number(const std::string& key, const toml::node& node, std::optional<std::uint64_t>& value,
              std::uint64_t least, std::uint64_t most) {
    const auto* const given = node.as_integer();
    if (given == nullptr || given->get() < static_cast<std::int64_t>(least) ||
        given->get() > static_cast<std::int64_t>(most)) {
      return wrong(node, key, fmt::format("must be a whole number from {} to {}", least, most));
    }
    value = static_cast<std::uint64_t>(given->get());
  }

  void type(const toml::node& node) {
    const auto type = deliver::parse_type(node.value_or(std::string()));
    if (!type) return wrong(node, "type", "must be \"webhook\", \"slack\" or \"email\"");
    config_.type = *type;
  }

  void what(const toml::node& node) {
    const auto* const list = node.as_array();
    config_.sends_mentions = config_.sends_alerts = false;
    bool is_good = list != nullptr && !list->empty();
    for (std::size_t i = 0; is_good && i < list->size(); ++i) {
      const std::string one = (*list)[i].value_or(std::string());
      config_.sends_mentions |= one == "mentions";
      config_.sends_alerts |= one == "alerts";
      is_good = one == "mentions" || one == "alerts";
    }
    if (!is_good) wrong(node, "what", "must be a list of \"mentions\", \"alerts\" or both");
  }

  void to(const toml::node& node) {
    const auto* const list = node.as_array();
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      config_.to.push_back((*list)[i].value_or(std::string()));
    }
    if (config_.to.empty()) wrong(node, "to", "must be a list of addresses");
  }

  void level(const toml::node& node) {
    const std::string name = node.value_or(std::string());
    for (std::size_t i = 1; i < warning::kLevelCount; ++i) {
      const auto level = static_cast<warning::Level>(i);
      if (warning::name_of(level) != name) continue;
      config_.least_level = level;
      return;
    }
    wrong(node, "least_level", "must be \"watch\", \"warn\" or \"crisis\"");
  }

  static int count(std::initializer_list<const std::string*> texts) {
    return static_cast<int>(
        std::count_if(texts.begin(), texts.end(), [](const auto* text) { return !text->empty(); }));
  }

  void check() {
    if (!is_plain_name(config_.name)) wrong(table_, "name:", kPlainNameRule);
    if (!table_.contains("type"))
      wrong(table_, "type", "must be \"webhook\", \"slack\" or \"email\"");
    if (count({&config_.url, &config_.url_file, &config_.url_env}) != 1) {
      wrong(table_, "url", "must be given once: url, or url_file or url_env where it is a secret");
    }
    check_type();
    if (config_.quiet_hours.empty()) {
      if (!config_.utc_offset.empty()) wrong(table_, "utc_offset", "is for quiet_hours");
      return;
    }
    const auto quiet = deliver::QuietHours::parse(config_.quiet_hours, config_.utc_offset);
    if (!quiet) wrong(table_, "", quiet.error().message);
  }

  // What only some types have.
  void check_type() {
    const int secrets = count({&config_.secret_file, &config_.secret_env});
    const bool is_webhook = config_.type == deliver::Type::webhook;
    const bool is_email = config_.type == deliver::Type::email;
    if (is_webhook && secrets != 1) wrong(table_, "secret_file", kNotTheSecret);
    if (is_email && secrets != (config_.user.empty() ? 0 : 1)) {
      wrong(table_, "secret_file", "or secret_env says where the password of user is");
    }
    if (!is_webhook && !is_email && secrets != 0) {
      wrong(table_, "secret_file", "is for webhooks and email alone");
    }
    if (!is_email && (!config_.user.empty() || !config_.from.empty() || !config_.to.empty())) {
      wrong(table_, "user, from and to", "are for email alone");
    }
    if (is_email && !config_.proxy.empty()) wrong(table_, "proxy", "is for webhooks and slack");
    if (!is_webhook && !config_.template_file.empty()) {
      wrong(table_, "template_file", "is for webhooks alone");
    }
  }

  void wrong(const toml::node& node, std::string_view key, std::string_view why) {
    if (!error_.empty()) return;
    error_ = fmt::format("{}:{}: delivery '{}': {}{}{}", file_, node.source().begin.line,
                         config_.name, key, key.empty() ? "" : " ", why);
  }

  const toml::table& table_;
  const std::string& file_;
  DeliveryConfig config_;
  std::string error_;
};

// What is in the variable or the file: its first line.
Result<std::string> secret_line(const std::string& variable, const std::string& file) {
  std::string text;
  if (!variable.empty()) {
    const char* const value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0') {
      return fail(ErrorCode::invalid_argument, fmt::format("the variable {} is not set", variable));
    }
    text = value;
  } else {
    std::ifstream from(file, std::ios::binary);
    if (!std::getline(from, text)) return fail(ErrorCode::io, "cannot read " + file);
  }
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

// Fills in what is not in the configuration itself. Errors name the key.
Result<void> read_secrets(const DeliveryConfig& config, deliver::Delivery& delivery) {
  if (!config.url_file.empty() || !config.url_env.empty()) {
    auto url = secret_line(config.url_env, config.url_file);
    if (!url) {
      return fail(url.error().code,
                  (config.url_env.empty() ? "url_file: " : "url_env: ") + url.error().message);
    }
    delivery.to.url = *std::move(url);
  }
  if (config.secret_env.empty() && config.secret_file.empty()) return {};
  const auto secret = secret_line(config.secret_env, config.secret_file);
  const bool is_webhook = config.type == deliver::Type::webhook;
  const auto key = secret && is_webhook ? read_webhook_secret(*secret) : secret;
  if (!key) {
    return fail(key.error().code, (config.secret_env.empty() ? "secret_file: " : "secret_env: ") +
                                      key.error().message);
  }
  (is_webhook ? delivery.key : delivery.mail.password) = *key;
  return {};
}

Result<std::shared_ptr<const deliver::Template>> read_template(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return fail(ErrorCode::io, "template_file: cannot read " + path);
  auto parsed = deliver::Template::parse(std::move(text).str());
  if (!parsed) {
    return fail(parsed.error().code,
                fmt::format("template_file: {}: {}", path, parsed.error().message));
  }
  return std::make_shared<const deliver::Template>(*std::move(parsed));
}

std::uint64_t gathers(deliver::Type type) {
  if (type == deliver::Type::slack) return deliver::kSlackGathersSeconds;
  return type == deliver::Type::email ? deliver::kEmailGathersSeconds : 0;
}

Result<deliver::Delivery> load(const DeliveryConfig& config, const feed::CompileFilter& compile) {
  deliver::Delivery delivery;
  delivery.name = config.name;
  delivery.type = config.type;
  delivery.to = {config.url, config.proxy, config.ca_file, config.allow_private};
  if (auto read = read_secrets(config, delivery); !read) return read.error();
  delivery.mail.url = delivery.to.url;
  delivery.mail.user = config.user;
  delivery.mail.from = config.from;
  delivery.mail.to = config.to;
  delivery.mail.ca_file = config.ca_file;
  delivery.mail.allow_private = config.allow_private;
  delivery.sends_mentions = config.sends_mentions;
  delivery.sends_alerts = config.sends_alerts;
  delivery.brand = config.brand;
  delivery.least_level = config.least_level;
  delivery.every = std::chrono::seconds(config.every_seconds.value_or(gathers(config.type)));
  if (config.retry_seconds) delivery.first_wait = std::chrono::seconds(*config.retry_seconds);
  if (!config.where.empty()) {
    auto where = compile(config.where);
    if (!where) return fail(where.error().code, "where: " + where.error().message);
    delivery.where = std::move(where->holds);
  }
  if (!config.template_file.empty()) {
    auto shape = read_template(config.template_file);
    if (!shape) return shape.error();
    delivery.shape = *std::move(shape);
  }
  if (!config.quiet_hours.empty()) {
    auto quiet = deliver::QuietHours::parse(config.quiet_hours, config.utc_offset);
    if (!quiet) return quiet.error();
    delivery.quiet = *quiet;
  }
  return delivery;
}

}  // namespace

Result<std::vector<DeliveryConfig>> read_deliveries(const toml::table& root,
                                                    const std::string& file) {
  std::vector<DeliveryConfig> deliveries;
  const toml::array* const tables = root["delivery"].as_array();
  if (tables == nullptr) return deliveries;
  for (const toml::node& node : *tables) {
    const auto wrong = [&](const std::string& why) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}:{}: {}", file, node.source().begin.line, why));
    };
    if (!node.is_table()) return wrong("a delivery is a [[delivery]]");
    auto delivery = DeliveryTable(*node.as_table(), file).read();
    if (!delivery) return delivery.error();
    const bool is_second =
        std::any_of(deliveries.begin(), deliveries.end(),
                    [&](const DeliveryConfig& other) { return other.name == delivery->name; });
    if (is_second) return wrong(fmt::format("delivery '{}': name is taken", delivery->name));
    deliveries.push_back(*std::move(delivery));
    if (deliveries.size() > kMaxDeliveries) {
      return wrong(fmt::format("there are more than {} deliveries", kMaxDeliveries));
    }
  }
  return deliveries;
}

Result<std::vector<deliver::Delivery>> load_deliveries(const std::vector<DeliveryConfig>& configs,
                                                       const feed::CompileFilter& compile) {
  std::vector<deliver::Delivery> deliveries;
  for (const DeliveryConfig& config : configs) {
    auto delivery = load(config, compile);
    if (!delivery) {
      return fail(delivery.error().code,
                  fmt::format("delivery '{}': {}", config.name, delivery.error().message));
    }
    deliveries.push_back(*std::move(delivery));
  }
  return deliveries;
}

}  // namespace passaparola::app
