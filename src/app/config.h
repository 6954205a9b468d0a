// Configuration of the daemon: one TOML file (config/passaparola.toml shows every key), then flags.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "advocacy/config.h"
#include "connect/connect.h"
#include "core/limits.h"
#include "core/result.h"
#include "deliver/deliver.h"
#include "feed/token.h"
#include "ingest/ingest.h"
#include "store/store.h"
#include "warning/warning.h"

namespace passaparola::app {

// One [[webhook]]: who may push signed posts. Its secrets are read by load_webhooks().
struct WebhookConfig {
  std::string name;
  ingest::Format format = ingest::Format::autodetect;
  std::string secret_file, secret_env;  // one of them: where the secrets are
};

// One [[delivery]]: who is told of mentions and alerts. Its secrets are read by load_deliveries().
struct DeliveryConfig {
  std::string name;
  deliver::Type type = deliver::Type::webhook;
  std::string url, url_file, url_env;   // one of them
  std::string secret_file, secret_env;  // of a webhook; one of them
  std::string template_file;            // of a webhook; empty: none
  std::string brand, where;             // empty: all
  bool sends_mentions = true, sends_alerts = true;
  warning::Level least_level = warning::Level::watch;
  std::optional<std::uint64_t> every_seconds, retry_seconds;  // none: the type's own
  std::string quiet_hours, utc_offset;
  std::string proxy, ca_file;
  bool allow_private = false;
};

struct ServeConfig {
  std::string rules;
  std::string lexicons;  // empty: found
  std::string store;
  std::uint64_t store_memory_mib = 192;
  std::uint64_t store_min_free_mib = 256;
  std::string listen = "127.0.0.1:8737";
  std::string token_file;
  std::vector<std::string> host_names;  // in lower case
  std::vector<std::string> origins;     // in lower case
  std::uint64_t requests_per_minute = kRequestsPerMinute;
  std::uint64_t connections_per_address = kConnectionsPerAddress;
  std::string certificate, key;  // both or none
  std::uint64_t workers = 0;     // 0: one a core
  std::uint64_t http_threads = 1;
  std::uint64_t retention_days = 396;  // 13 months; 0: for ever
  std::map<std::string, std::uint64_t> retention_by_source;
  advocacy::AdvocacyConfig advocacy;  // what is said of people
  std::vector<connect::SourceConfig> sources;
  std::vector<WebhookConfig> webhooks;
  std::vector<feed::Token> tokens;
  std::vector<DeliveryConfig> deliveries;
};

// Reads `path` over the defaults. Errors name file, line and key: what TOML says is wrong, a key
// that does not exist, a value of the wrong type or out of its range.
Result<ServeConfig> load_config(const std::string& path);

// The [advocacy] section of the file, which is checked as a whole; no path: the defaults.
Result<advocacy::AdvocacyConfig> load_advocacy(const std::string& path);

store::Retention retention_of(const ServeConfig& config);

struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};
// "127.0.0.1:8737", "[::1]:8737", "localhost:0". Errors: invalid_argument.
Result<ListenAddress> parse_listen(const std::string& text);

// The token of PASSAPAROLA_TOKEN, else the first line of `token_file`, else empty. Errors: io.
Result<std::string> load_token(const std::string& token_file);

}  // namespace passaparola::app
