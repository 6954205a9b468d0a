// Context: what every connection of one server shares, and the two thread pools where everything
// that may block runs, so that no read of the store stalls a socket.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "feed/access.h"
#include "feed/addresses.h"
#include "feed/audit.h"
#include "feed/feed.h"
#include "feed/leases.h"
#include "feed/metrics.h"
#include "feed/news.h"
#include "feed/newsroom.h"
#include "feed/push_log.h"
#include "feed/rates.h"
#include "feed/tail.h"
#include "feed/tickets.h"
#include "feed/tls.h"
#include "feed/webhooks.h"

namespace boost::asio {
class io_context;
class thread_pool;
}  // namespace boost::asio

namespace passaparola::feed {

class Exports;

// One connection, as the server sees it.
class Session {
 public:
  virtual ~Session() = default;
  // Ends what is under way, then closes. From any thread; returns at once.
  virtual void stop() = 0;
};

// All open connections. Thread-safe.
class Sessions {
 public:
  explicit Sessions(std::size_t most) : most_(most) {}

  // False: so many are open, or the server is stopping.
  bool add(const std::shared_ptr<Session>& session);
  void remove(const Session* session);
  void stop_all();
  void wait_until_none();
  bool is_stopping() const { return stopping_; }

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable none_;
  std::unordered_map<const Session*, std::weak_ptr<Session>> entries_;
  std::atomic<bool> stopping_{false};
};

// The bytes of bodies that all requests of a kind together may hold. Thread-safe.
class Budget {
 public:
  explicit Budget(std::size_t most) : most_(most) {}
  bool take(std::size_t bytes);
  void give_back(std::size_t bytes) { used_ -= bytes; }

 private:
  const std::size_t most_;
  std::atomic<std::size_t> used_{0};
};

enum class Pool : std::uint8_t {
  reads,  // pages of the feed, filters, small answers
  jobs,   // identification, histories, erasures: long, one at a time, bounded
};

struct Context {
  Context(const ServerOptions& server_options, Services given);
  ~Context();

  // Runs `work` on a pool. False: too many jobs wait.
  bool run(Pool pool, std::function<void()> work);

  // Waits for everything on the pools; nothing may be run afterwards.
  void join();

  std::string new_request_id();

  const ServerOptions options;
  const Services services;
  const Access access;
  Tickets tickets;
  Metrics metrics;
  Tail tail;
  News news;
  Newsroom newsroom{services, news, metrics};
  Leases leases;
  PushLog pushes{"idempotency-key"};
  Webhooks webhooks;
  Budget push_budget{kMaxPushBytesInFlight};
  Budget unverified_budget{kMaxUnverifiedBytesInFlight};
  Audit audit;
  Sessions sessions;
  Addresses addresses;
  Rates caller_rates, address_rates;
  Rates failed_tokens{kFailedTokensPerMinute};  // by address
  std::unique_ptr<Tls> tls;                     // null: connections are plain
  std::unique_ptr<Exports> exports;             // null: there are none
  std::shared_ptr<boost::asio::io_context> io;

 private:
  std::string request_prefix_;
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::size_t> waiting_jobs_{0};
  std::unique_ptr<boost::asio::thread_pool> reads_;
  std::unique_ptr<boost::asio::thread_pool> jobs_;
};

}  // namespace passaparola::feed
