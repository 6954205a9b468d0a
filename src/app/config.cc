#include "app/config.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "app/delivery_config.h"
#include "app/source_config.h"
#include "app/token_config.h"
#include "app/webhook_config.h"
#include "core/limits.h"
#include "feed/access.h"

namespace passaparola::app {
namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return text;
}

// Takes known keys out of one table; what is left over is a mistake.
class Section {
 public:
  Section(toml::table* table, std::string name, const std::string& file)
      : table_(table), name_(std::move(name)), file_(file) {}

  Section& text(std::string_view key, std::string& value) {
    toml::node* node = take(key);
    if (node == nullptr) return *this;
    if (auto* string = node->as_string()) {
      value = string->get();
    } else {
      wrong(*node, key, "must be a string in quotes");
    }
    return *this;
  }

  Section& number(std::string_view key, std::uint64_t& value, std::int64_t most) {
    toml::node* node = take(key);
    if (node == nullptr) return *this;
    const auto* integer = node->as_integer();
    if (integer != nullptr && integer->get() >= 0 && integer->get() <= most) {
      value = static_cast<std::uint64_t>(integer->get());
    } else {
      wrong(*node, key, fmt::format("must be a whole number from 0 to {}", most));
    }
    return *this;
  }

  Section& real(std::string_view key, double& value, double most) {
    toml::node* node = take(key);
    if (node == nullptr) return *this;
    const double given = node->is_number() ? *node->value<double>() : std::nan("");
    if (given > 0 && given <= most) {
      value = given;
    } else {
      wrong(*node, key, fmt::format("must be a number above 0, at most {}", most));
    }
    return *this;
  }

  Section& minutes(std::string_view key, std::chrono::milliseconds& value, std::int64_t most) {
    auto whole =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::minutes>(value).count());
    number(key, whole, most);
    value = std::chrono::minutes(static_cast<std::int64_t>(whole));
    return *this;
  }

  // A list of texts, in lower case, of which each must be `good`.
  Section& texts(std::string_view key, std::vector<std::string>& values, std::size_t most,
                 bool (*good)(std::string_view), std::string_view example) {
    toml::node* node = take(key);
    if (node == nullptr) return *this;
    const toml::array* const list = node->as_array();
    bool is_good = list != nullptr && list->size() <= most;
    for (std::size_t i = 0; is_good && i < list->size(); ++i) {
      values.push_back(lower((*list)[i].value_or(std::string())));
      is_good = good(values.back());
    }
    if (!is_good) wrong(*node, key, fmt::format("must be a list such as [\"{}\"]", example));
    return *this;
  }

  // Every other key of the section, which names what its number is for.
  Section& numbers(std::map<std::string, std::uint64_t>& values, std::int64_t most) {
    if (table_ == nullptr) return *this;
    for (const auto& [key, node] : *table_) {
      const std::string name(key.str());
      if (known_.find(" " + name + " ") == std::string::npos) number(name, values[name], most);
    }
    return *this;
  }

  // The first thing that was wrong, or a key that nobody asked for.
  Result<void> done() {
    if (!error_.empty()) return fail(ErrorCode::invalid_argument, error_);
    if (table_ == nullptr) return {};
    for (const auto& [key, node] : *table_) {
      if (known_.find(fmt::format(" {} ", key.str())) != std::string::npos) continue;
      wrong(node, key.str(), "is no key of this section");
      return fail(ErrorCode::invalid_argument, error_);
    }
    return {};
  }

 private:
  toml::node* take(std::string_view key) {
    known_ += fmt::format("{} ", key);
    return table_ == nullptr ? nullptr : table_->get(key);
  }

  void wrong(const toml::node& node, std::string_view key, std::string_view why) {
    if (!error_.empty()) return;
    error_ = fmt::format("{}:{}: [{}] {} {}", file_, node.source().begin.line, name_, key, why);
  }

  toml::table* table_;
  std::string name_;
  const std::string& file_;
  std::string known_ = " ";
  std::string error_;
};

// [advocacy] and the tables below it: each key is a setting by the name that its tables make.
class Settings {
 public:
  Settings(advocacy::AdvocacyConfig& config, const std::string& file)
      : config_(config), file_(file) {}

  Result<void> take(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      const auto taken = node.is_table() ? take(*node.as_table(), name + ".") : set(name, node);
      if (!taken) return taken.error();
    }
    return {};
  }

 private:
  Result<void> set(const std::string& name, const toml::node& node) {
    // Of a value that is no number the name is still looked for: it may be what is wrong.
    const double value = node.is_number() ? *node.value<double>() : std::nan("");
    const auto done = advocacy::set_setting(config_, name, value);
    if (done) return {};
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}:{}: [advocacy] {} {}", file_, node.source().begin.line, name,
                            done.error().message));
  }

  advocacy::AdvocacyConfig& config_;
  const std::string& file_;
};

Result<void> read_server(Section section, ServeConfig& config) {
  return section.text("listen", config.listen)
      .text("token_file", config.token_file)
      .texts("host_names", config.host_names, kMaxHostNames, feed::is_host_name, "monitor.example")
      .texts("origins", config.origins, kMaxOrigins, feed::is_origin, "https://board.example")
      .text("certificate", config.certificate)
      .text("key", config.key)
      .number("requests_per_minute", config.requests_per_minute, kMaxRequestsPerMinute)
      .number("connections_per_address", config.connections_per_address, kMaxConnections)
      .number("threads", config.http_threads, 64)
      .done();
}

Result<void> read_warnings(Section section, warning::Settings& settings) {
  constexpr double kMostZ = 100;
  constexpr std::int64_t kMostMinutes = 7 * 24 * 60;
  std::uint64_t critics = settings.least_critics, sources = settings.spread_sources;
  auto done = section.real("watch_z", settings.watch_z, kMostZ)
                  .real("warn_z", settings.warn_z, kMostZ)
                  .real("calm_z", settings.calm_z, kMostZ)
                  .real("advocate_weight", settings.advocate_weight, kMostZ)
                  .number("least_critics", critics, 1'000'000)
                  .number("spread_sources", sources, 1'000)
                  .minutes("watch_minutes", settings.watch_after, kMostMinutes)
                  .minutes("calm_minutes", settings.calm_after, kMostMinutes)
                  .minutes("crisis_minutes", settings.crisis_after, kMostMinutes)
                  .done();
  settings.least_critics = critics;
  settings.spread_sources = sources;
  return done;
}

}  // namespace

Result<ServeConfig> load_config(const std::string& path) {
  toml::table root;
  try {
    root = toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}:{}: {}", path, error.source().begin.line, error.description()));
  }
  ServeConfig config;
  const auto section = [&](const std::string& name) {
    return Section(root[name].as_table(), name, path);
  };
  auto rules = section("rules").text("path", config.rules).text("lexicons", config.lexicons).done();
  if (!rules) return rules.error();
  auto store = section("store")
                   .text("path", config.store)
                   .number("memory_mib", config.store_memory_mib, 1 << 20)
                   .number("min_free_mib", config.store_min_free_mib, 1 << 30)
                   .done();
  if (!store) return store.error();
  auto server = read_server(section("server"), config);
  if (!server) return server.error();
  if (config.certificate.empty() != config.key.empty()) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: [server] certificate and key go together", path));
  }
  auto pipeline = section("pipeline").number("workers", config.workers, 256).done();
  if (!pipeline) return pipeline.error();
  constexpr std::int64_t kMostDays = 36'500;
  auto retention = section("retention")
                       .number("days", config.retention_days, kMostDays)
                       .numbers(config.retention_by_source, kMostDays)
                       .done();
  if (!retention) return retention.error();
  const auto warnings = read_warnings(section("warnings"), config.warnings);
  if (!warnings) return warnings.error();
  if (const toml::table* table = root["advocacy"].as_table()) {
    const auto taken = Settings(config.advocacy, path).take(*table, "");
    if (!taken) return taken.error();
  }
  auto sources = read_sources(root, path);
  if (!sources) return sources.error();
  config.sources = *std::move(sources);
  auto webhooks = read_webhooks(root, path);
  if (!webhooks) return webhooks.error();
  config.webhooks = *std::move(webhooks);
  auto tokens = read_tokens(root, path);
  if (!tokens) return tokens.error();
  config.tokens = *std::move(tokens);
  auto deliveries = read_deliveries(root, path);
  if (!deliveries) return deliveries.error();
  config.deliveries = *std::move(deliveries);
  for (const auto& [key, node] : root) {
    const std::string_view name = key.str();
    const bool is_list =
        name == "source" || name == "webhook" || name == "token" || name == "delivery";
    if (is_list && node.is_array()) continue;
    const bool known = name == "rules" || name == "store" || name == "server" ||
                       name == "pipeline" || name == "retention" || name == "advocacy" ||
                       name == "warnings";
    if (known && node.is_table()) continue;
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}:{}: {} is not a section of this version", path,
                            node.source().begin.line, name));
  }
  return config;
}

Result<advocacy::AdvocacyConfig> load_advocacy(const std::string& path) {
  if (path.empty()) return advocacy::AdvocacyConfig{};
  auto config = load_config(path);
  if (!config) return config.error();
  return config->advocacy;
}

store::Retention retention_of(const ServeConfig& config) {
  store::Retention retention;
  retention.days = static_cast<std::int64_t>(config.retention_days);
  for (const auto& [source, days] : config.retention_by_source) {
    retention.days_by_source[source] = static_cast<std::int64_t>(days);
  }
  return retention;
}

Result<ListenAddress> parse_listen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  ListenAddress listen;
  const char* end = text.data() + text.size();
  bool good = colon != std::string::npos && colon + 1 < text.size() && colon > 0;
  if (good) {
    const auto parsed = std::from_chars(text.data() + colon + 1, end, listen.port);
    good = parsed.ec == std::errc() && parsed.ptr == end;
  }
  if (!good) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("listen {}: write ADDRESS:PORT, such as 127.0.0.1:8737", text));
  }
  listen.address = text.substr(0, colon);
  if (listen.address.front() == '[' && listen.address.back() == ']') {
    listen.address = listen.address.substr(1, listen.address.size() - 2);
  }
  return listen;
}

Result<std::string> load_token(const std::string& token_file) {
  if (const char* token = std::getenv("PASSAPAROLA_TOKEN")) return std::string(token);
  if (token_file.empty()) return std::string();
  std::ifstream file(token_file);
  std::string token;
  if (!file || !std::getline(file, token) || token.empty()) {
    return fail(ErrorCode::io, "cannot read a token from " + token_file);
  }
  return token;
}

}  // namespace passaparola::app
