// Courier: one delivery on its way: looks what comes next, keeps it, sends it until it is taken.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>

#include "deliver/deliver.h"
#include "deliver/plan.h"
#include "deliver/undelivered_list.h"

namespace passaparola::deliver {

class Courier {
 public:
  // Reads how far it has come, or begins at the newest mention. `services` outlive it. Errors:
  // those of Deliveries::start().
  static Result<std::unique_ptr<Courier>> make(Delivery delivery, const Services& services);

  void run();  // until stop(), on a thread of its own

  // Any thread.
  void stop();
  void committed();
  Status status() const;
  const std::string& name() const { return delivery_.name; }
  Result<std::vector<Undelivered>> undelivered(std::uint64_t after, std::size_t limit) const {
    return list_.page(after, limit);
  }
  Result<void> replay(const Replay& replay);

 private:
  using Clock = std::chrono::steady_clock;
  using Change = std::function<void(Progress&)>;

  Courier(Delivery delivery, const Services& services, std::unique_ptr<connect::Poster> poster);
  Result<void> open();
  void step();
  void look(const Progress& at, bool is_quiet);
  bool look_for_repeat(const Progress& at);
  void begin(Message message, bool is_too_large);
  void note_place(const Progress& at, const Plan& plan);
  bool gathers(const Plan& plan);
  void attempt(Message message);
  void judge(Message message, const connect::Reached<connect::Posted>& posted);
  void delivered(const Message& message);
  void failed(Message message, std::chrono::milliseconds wait);
  void bury(const Message& message, const std::string& error);
  void finish(const Message& message);
  Result<std::optional<std::string>> body_of(const Message& message);

  // Changes what is kept; tries until the store takes it. False: stopping.
  bool keep(const Change& change);
  // The same of what needs no keeping at once.
  void remember(const Change& change);
  void note_failure(const std::string& words);
  void enter(State state, std::optional<Clock::duration> wait = std::nullopt);
  // Until `wait` has passed (none: for ever), or stop() or replay() is called; with `for_news`,
  // committed() too.
  void wait(std::optional<Clock::duration> wait, bool for_news);
  void ring();
  void pause_for_store(const Error& error);
  Progress progress() const;

  const Delivery delivery_;
  const Services& services_;
  const std::unique_ptr<connect::Poster> poster_;
  UndeliveredList list_;
  std::mt19937_64 random_;

  // Of the courier's own thread.
  std::optional<Clock::time_point> gather_until_;
  std::uint64_t kept_after_ = 0;  // of the feed, in the store
  std::optional<std::pair<std::uint64_t, Clock::time_point>> retry_at_;  // of a message's number

  std::mutex bell_;  // held for a moment; for changed_ alone
  std::condition_variable changed_;
  std::atomic<bool> is_stopping_{false};
  std::atomic<bool> has_news_{false};
  std::atomic<bool> is_replayed_{false};  // somebody asked for something; changed under mutex_
  std::atomic<std::uint64_t> sent_{0}, failed_{0}, mentions_sent_{0};
  mutable std::mutex mutex_;
  Progress progress_;                                                         // protected by mutex_
  State state_ = State::idle;                                                 // protected by mutex_
  std::optional<Timestamp> last_success_at_, last_failure_at_, next_try_at_;  // protected by mutex_
  std::string last_failure_;                                                  // protected by mutex_
};

}  // namespace passaparola::deliver
