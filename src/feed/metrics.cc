#include "feed/metrics.h"

#include <fmt/format.h>

#include <iterator>

namespace passaparola::feed {
namespace {

void add(std::string& out, std::string_view name, std::string_view kind, std::string_view help,
         std::uint64_t value) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {2}\n# TYPE {0} {1}\n{0} {3}\n", name, kind,
                 help, value);
}

}  // namespace

void Metrics::count_request(std::string_view route, unsigned status) {
  const std::lock_guard lock(mutex_);
  ++requests_[{route, status}];
}

void Metrics::count_webhook(std::string_view webhook, std::string_view outcome) {
  const std::lock_guard lock(mutex_);
  ++webhooks_[{std::string(webhook), std::string(outcome)}];
}

std::string Metrics::to_text(std::uint64_t last_seq) const {
  std::string out =
      "# HELP passaparola_http_requests_total Requests answered, by route and status.\n"
      "# TYPE passaparola_http_requests_total counter\n";
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, count] : requests_) {
      fmt::format_to(std::back_inserter(out),
                     "passaparola_http_requests_total{{route=\"{}\",status=\"{}\"}} {}\n",
                     key.first, key.second, count);
    }
    out +=
        "# HELP passaparola_webhook_requests_total Requests to webhooks, by name and outcome.\n"
        "# TYPE passaparola_webhook_requests_total counter\n";
    for (const auto& [key, count] : webhooks_) {
      fmt::format_to(std::back_inserter(out),
                     "passaparola_webhook_requests_total{{webhook=\"{}\",outcome=\"{}\"}} {}\n",
                     key.first, key.second, count);
    }
  }
  add(out, "passaparola_connections_accepted_total", "counter", "Connections accepted.",
      connections_accepted);
  add(out, "passaparola_connections_refused_total", "counter",
      "Connections closed at once because too many were open.", connections_refused);
  add(out, "passaparola_connections_open", "gauge", "Connections open now.", connections_open);
  add(out, "passaparola_live_subscriptions", "gauge", "Live subscriptions open now.",
      subscriptions_open);
  add(out, "passaparola_live_mentions_sent_total", "counter", "Mentions sent to live readers.",
      mentions_sent);
  add(out, "passaparola_sent_bytes_total", "counter", "Bytes of bodies and live frames sent.",
      bytes_sent);
  add(out, "passaparola_slow_clients_cut_total", "counter",
      "Live readers cut off because they did not read.", slow_clients_cut);
  add(out, "passaparola_feed_store_errors_total", "counter",
      "Reads of the store for live readers that failed.", store_errors);
  add(out, "passaparola_feed_last_seq", "gauge", "Sequence number of the newest mention.",
      last_seq);
  return out;
}

}  // namespace passaparola::feed
