// deliver: mentions and alerts -> other people's endpoints. Each delivery of the configuration has
// a place in the feed of its own, kept in the store, and goes on from it: messages in the order of
// the feed, one under way at a time, each sent until it is acknowledged or given up, which is kept
// on a list. What this module does not know: rules, scoring, who serves.
//
// Threads: one for each delivery, which waits, reads the store and sends. Failures: an endpoint
// that cannot be reached is tried again and says why; it never stops the process.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connect/poster.h"
#include "core/result.h"
#include "core/time.h"
#include "deliver/progress.h"
#include "deliver/quiet_hours.h"
#include "deliver/retry.h"
#include "deliver/template.h"
#include "store/store.h"
#include "warning/warning.h"

namespace passaparola::deliver {

inline constexpr std::uint64_t kSlackGathersSeconds = 60;  // where a delivery says nothing else

enum class Type : std::uint8_t { webhook, slack };
std::string_view name_of(Type type);
std::optional<Type> parse_type(std::string_view name);

// One [[delivery]] of the configuration.
struct Delivery {
  std::string name;  // is_plain_name() (core/plain_name.h), and nobody else's
  Type type = Type::webhook;
  connect::PosterConfig to;
  std::string key;  // of a webhook: core/webhook_signature.h
  // What a webhook is sent, one mention or alert a message; null: the server's own words.
  std::shared_ptr<const Template> shape;
  bool sends_mentions = true, sends_alerts = true;
  std::string brand;                                   // empty: of all
  store::MentionFilter where;                          // of mentions; empty: all
  warning::Level least_level = warning::Level::watch;  // of alerts
  std::chrono::seconds every{0};                       // mentions are gathered for so long
  std::optional<QuietHours> quiet;
  std::chrono::milliseconds first_wait = kFirstWait;  // after a failure
};

// An alert, as far as this module knows one.
struct Alert {
  std::uint64_t number = 0;  // rising
  std::uint64_t place = 0;   // everything up to this seq was known when it was told
  std::string brand;
  std::string json;  // an object; docs/FEED_PROTOCOL.md
};

// What the rest of the program gives deliveries.
struct Services {
  store::Store* store = nullptr;  // outlives them
  // Those with a larger number than `after`, in order, until `visit` returns false. Any thread.
  std::function<Result<void>(std::uint64_t after, const std::function<bool(Alert&&)>& visit)>
      visit_alerts;
  // Is told in words of every trouble, for a log; may be empty.
  std::function<void(const std::string& delivery, const std::string& trouble)> say;
  std::function<Timestamp()> clock = now;
};

enum class State : std::uint8_t { idle, sending, waiting, quiet, off };
std::string_view name_of(State state);  // published: do not rename

struct Status {
  std::string name;
  Type type = Type::webhook;
  std::string to;  // the server; the rest of the URL may be a secret
  State state = State::idle;
  std::optional<std::uint64_t>
      lag;  // mentions of the feed that it has not been at; null: none sent
  Progress progress;
  std::optional<Timestamp> last_success_at, last_failure_at, next_try_at;
  std::string last_failure;  // in words; empty: none yet
  std::uint64_t sent = 0,
                failed = 0;         // messages acknowledged, attempts that failed; since the start
  std::uint64_t mentions_sent = 0;  // since the start
  std::size_t undelivered = 0;      // kept on the list
};

// What is to be sent again.
struct Replay {
  std::optional<std::uint64_t> after;  // everything behind this seq
  bool undelivered = false;            // everything on the list
  bool on = false;                     // go on, where it was switched off
};

class Deliveries {
 public:
  // One that the store does not know begins at the newest mention. Errors: invalid_argument,
  // invalid_file, corrupt, no_space, io.
  static Result<std::unique_ptr<Deliveries>> start(std::vector<Delivery> deliveries,
                                                   Services services);
  ~Deliveries();  // stop() if not stopped

  // Ends what is under way, which is sent again after the next start.
  void stop();

  // There are new mentions. Any thread; returns at once.
  void committed();

  // In the order of the configuration. Any thread.
  std::vector<Status> status() const;
  // What a delivery owes: at most `limit` messages with a larger number than `after`. Any thread.
  // Errors: not_found (no such delivery), corrupt, io.
  Result<std::vector<Undelivered>> undelivered(std::string_view name, std::uint64_t after,
                                               std::size_t limit) const;
  // Durable on return. Any thread. Errors: not_found, no_space, io.
  Result<void> replay(std::string_view name, const Replay& replay);

 private:
  struct Running;
  explicit Deliveries(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

}  // namespace passaparola::deliver
