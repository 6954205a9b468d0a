// Counters of the feed server, printed in the Prometheus text format 0.0.4. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace passaparola::feed {

class Metrics {
 public:
  std::atomic<std::uint64_t> connections_accepted{0};
  std::atomic<std::uint64_t> connections_refused{0};
  std::atomic<std::uint64_t> connections_open{0};
  std::atomic<std::uint64_t> subscriptions_open{0};
  std::atomic<std::uint64_t> mentions_sent{0};
  std::atomic<std::uint64_t> bytes_sent{0};  // bodies and live frames
  std::atomic<std::uint64_t> slow_clients_cut{0};
  std::atomic<std::uint64_t> store_errors{0};  // reads for live readers that failed

  // `route` must live for ever: a literal.
  void count_request(std::string_view route, unsigned status);

  // `webhook` is one of the configuration; `outcome`: "accepted", "repeated", or a problem's name.
  void count_webhook(std::string_view webhook, std::string_view outcome);

  std::string to_text(std::uint64_t last_seq) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string_view, unsigned>, std::uint64_t> requests_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> webhooks_;
};

}  // namespace passaparola::feed
