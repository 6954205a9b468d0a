// One source and whoever looks after it: connects, reads, hands over, waits, and again. Used on the
// thread of the sources but for status().
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>

#include "connect/request_budget.h"
#include "connect/source.h"

namespace passaparola::connect {

class Supervised : public Run {
 public:
  // `services` and `io` outlive it.
  Supervised(const SourceConfig& config, std::unique_ptr<Source> source, Reach reach,
             const Services& services, boost::asio::io_context& io);

  // Reads the source until it is cancelled.
  boost::asio::awaitable<void> supervise();

  SourceStatus status() const;  // any thread

  const Reach& reach() const override { return reach_; }
  const std::string& token() const override { return config_.token; }
  std::string cursor() const override;
  std::vector<Wanted> wanted() const override;
  void reading(std::string place) override;
  void note_trouble(const Failure& failure) override;
  void append(std::string_view record, std::string cursor, std::optional<Timestamp> at) override;
  boost::asio::awaitable<void> room() override;
  boost::asio::awaitable<Delivered> deliver(Delivery delivery) override;
  boost::asio::awaitable<SourceGap> note_gap(SourceGap gap) override;
  boost::asio::awaitable<std::optional<StoredPosts>> stored_posts(std::string source_of_posts,
                                                                  std::uint64_t after,
                                                                  std::size_t limit) override;
  boost::asio::awaitable<void> spend() override;
  boost::asio::awaitable<void> sleep(std::chrono::milliseconds time) override;

 private:
  boost::asio::awaitable<Failure> session();
  boost::asio::awaitable<Failure> read();
  boost::asio::awaitable<Failure> watch() const;
  boost::asio::awaitable<void> hand_over();
  boost::asio::awaitable<void> wait_for(boost::asio::steady_timer& event);
  void enter(SourceState state);
  void note(const Delivered& delivered, const Delivery& delivery);
  void note_store_error(const Error& error);
  void note_records(std::uint64_t count, std::optional<Timestamp> newest);

  const SourceConfig config_;
  const std::unique_ptr<Source> source_;
  const Reach reach_;
  const Services& services_;
  boost::asio::io_context& io_;
  Backoff backoff_;
  RequestBudget budget_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();

  std::string gathered_;         // records, each with its line end
  std::string gathered_cursor_;  // behind the last of them
  bool is_reading_ = false;
  bool is_stream_ = false;                 // its records are told one by one
  boost::asio::steady_timer some_, room_;  // cancelled to wake who waits for records, for room
  std::chrono::steady_clock::time_point last_record_;

  mutable std::mutex mutex_;
  SourceStatus status_;  // protected by mutex_
  std::string cursor_;   // protected by mutex_
  double rate_ = 0;      // protected by mutex_: records a second, at rate_at_
  std::chrono::steady_clock::time_point rate_at_;  // protected by mutex_
};

}  // namespace passaparola::connect
