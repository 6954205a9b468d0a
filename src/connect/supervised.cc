#include "connect/supervised.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>

#include "core/hash.h"
#include "core/limits.h"
#include "core/terminal.h"

namespace passaparola::connect {
namespace {

namespace net = boost::asio;
using net::awaitable;
using Clock = std::chrono::steady_clock;

constexpr auto kToken = net::as_tuple(net::use_awaitable);
constexpr double kRateSeconds = 60;
// A connection that held so long was no failure.
constexpr std::chrono::seconds kHeldLong{30};
constexpr std::chrono::milliseconds kLinger{kDeliveryMilliseconds};
constexpr std::size_t kEnoughBytes = kChunkBytes / 4;
constexpr std::chrono::milliseconds kStorePause{100}, kMostStorePause{10'000};

// An answer that comes from another thread.
template <typename T>
struct Awaited {
  explicit Awaited(net::io_context& io) : called(io) {
    called.expires_at(net::steady_timer::time_point::max());
  }
  net::steady_timer called;
  std::optional<Result<T>> value;
};

// Calls `start` with what to call, once, from any thread; waits for that. The io_context does not
// end before it is called, though nobody may be waiting any more.
template <typename T, typename Start>
awaitable<Result<T>> answer_of(net::io_context& io, Start start) {
  auto awaited = std::make_shared<Awaited<T>>(io);
  start([awaited, &io, work = net::make_work_guard(io)](Result<T> value) {
    auto tell = [awaited, value = std::move(value)]() mutable {
      awaited->value.emplace(std::move(value));
      awaited->called.cancel();
    };
    net::post(io, std::move(tell));
  });
  while (!awaited->value) co_await awaited->called.async_wait(kToken);
  co_return *std::move(awaited->value);
}

}  // namespace

Supervised::Supervised(const SourceConfig& config, std::unique_ptr<Source> source, Reach reach,
                       const Services& services, net::io_context& io)
    : config_(config),
      source_(std::move(source)),
      reach_(std::move(reach)),
      services_(services),
      io_(io),
      backoff_(source_->paces(),
               content_hash64(config.name) ^ static_cast<std::uint64_t>(now().milliseconds)),
      budget_(
          config.requests_per_hour > 0 ? config.requests_per_hour : source_->requests_per_hour(),
          {}),
      some_(io),
      room_(io),
      cursor_(services.cursor(config.name).value_or("")),
      rate_at_(Clock::now()) {
  status_.name = config.name;
  status_.type = config.type;
  status_.since = now();
}

awaitable<void> Supervised::supervise() {
  while (true) {
    enter(SourceState::connecting);
    const auto begun = Clock::now();
    const Failure failure = co_await session();
    if (Clock::now() - begun >= reach_.scaled(kHeldLong)) backoff_.reset();
    const std::chrono::milliseconds wait = backoff_.next(failure);
    note_trouble(failure);
    {
      const std::lock_guard lock(mutex_);
      status_.next_try_at = Timestamp{now().milliseconds + reach_.scaled(wait).count()};
    }
    enter(SourceState::waiting);
    co_await sleep(wait);
  }
}

// Until reading ends; what was read by then is handed over.
awaitable<Failure> Supervised::session() {
  using namespace net::experimental::awaitable_operators;
  gathered_.clear();
  gathered_cursor_.clear();
  is_reading_ = true;
  last_record_ = Clock::now();
  co_return co_await (read() && hand_over());
}

awaitable<Failure> Supervised::read() {
  using namespace net::experimental::awaitable_operators;
  std::exception_ptr cancelled;
  Failure failure;
  try {
    auto ended = co_await (source_->run(*this) || watch());
    failure = ended.index() == 0 ? std::get<0>(std::move(ended)) : std::get<1>(std::move(ended));
  } catch (...) {
    cancelled = std::current_exception();
  }
  is_reading_ = false;
  some_.cancel();
  if (cancelled) std::rethrow_exception(cancelled);
  co_return failure;
}

// Ends when nothing has come for too long: sockets stay open and silent.
awaitable<Failure> Supervised::watch() const {
  const std::chrono::seconds limit = config_.silence_seconds > 0
                                         ? std::chrono::seconds(config_.silence_seconds)
                                         : source_->silence();
  net::steady_timer timer(io_);
  while (true) {
    timer.expires_after(limit.count() > 0 ? reach_.scaled(limit) / 4 : std::chrono::hours(1));
    co_await timer.async_wait(kToken);
    if (limit.count() > 0 && Clock::now() - last_record_ >= reach_.scaled(limit)) {
      co_return Failure{Trouble::silent, fmt::format("no record for {} s", limit.count()), {}};
    }
  }
}

awaitable<void> Supervised::hand_over() {
  net::steady_timer linger(io_);
  while (true) {
    while (gathered_.empty() && is_reading_) co_await wait_for(some_);
    if (gathered_.empty()) co_return;
    if (is_reading_ && gathered_.size() < kEnoughBytes) {
      linger.expires_after(kLinger);
      co_await linger.async_wait(kToken);
    }
    Delivery delivery{source_->format(), std::move(gathered_), gathered_cursor_};
    gathered_.clear();
    room_.cancel();
    co_await deliver(std::move(delivery));
  }
}

awaitable<void> Supervised::wait_for(net::steady_timer& event) {
  event.expires_at(net::steady_timer::time_point::max());
  co_await event.async_wait(kToken);
}

awaitable<void> Supervised::sleep(std::chrono::milliseconds time) {
  net::steady_timer timer(io_);
  timer.expires_after(reach_.scaled(time));
  co_await timer.async_wait(kToken);
}

// In the time that waits are measured in.
awaitable<void> Supervised::spend() {
  const auto passed = (Clock::now() - begun_) / reach_.time_scale;
  co_await sleep(
      budget_.spend(Clock::time_point(std::chrono::duration_cast<Clock::duration>(passed))));
}

std::string Supervised::cursor() const {
  const std::lock_guard lock(mutex_);
  return cursor_;
}

std::vector<Wanted> Supervised::wanted() const {
  return services_.wanted ? services_.wanted() : std::vector<Wanted>();
}

void Supervised::reading(std::string place) {
  last_record_ = Clock::now();
  enter(SourceState::reading);
  const std::lock_guard lock(mutex_);
  ++status_.connections;
  status_.place = std::move(place);
}

void Supervised::append(std::string_view record, std::string cursor, std::optional<Timestamp> at) {
  is_stream_ = true;
  last_record_ = Clock::now();
  gathered_.append(record).push_back('\n');
  if (!cursor.empty()) gathered_cursor_ = std::move(cursor);
  some_.cancel();
  const std::lock_guard lock(mutex_);
  note_records(1, at);
}

// With the lock held.
void Supervised::note_records(std::uint64_t count, std::optional<Timestamp> newest) {
  status_.last_record_at = now();
  if (newest) status_.last_event_at = newest;
  const Clock::time_point at = Clock::now();
  const double passed = std::chrono::duration<double>(at - rate_at_).count();
  rate_ = rate_ * std::exp(-passed / kRateSeconds) + static_cast<double>(count) / kRateSeconds;
  rate_at_ = at;
}

awaitable<void> Supervised::room() {
  while (gathered_.size() >= kChunkBytes) co_await wait_for(room_);
}

awaitable<Delivered> Supervised::deliver(Delivery delivery) {
  for (std::chrono::milliseconds pause = kStorePause;;
       pause = std::min(2 * pause, kMostStorePause)) {
    auto start = [this, &delivery](std::function<void(Result<Delivered>)> done) {
      services_.deliver(config_.name, delivery, std::move(done));
    };
    const auto delivered = co_await answer_of<Delivered>(io_, std::move(start));
    if (delivered) {
      note(*delivered, delivery);
      co_return *delivered;
    }
    note_store_error(delivered.error());
    co_await sleep(pause);
  }
}

awaitable<SourceGap> Supervised::note_gap(SourceGap gap) {
  gap.source = config_.name;
  gap.noted_at = now();
  for (std::chrono::milliseconds pause = kStorePause;;
       pause = std::min(2 * pause, kMostStorePause)) {
    auto start = [this, &gap](std::function<void(Result<SourceGap>)> done) {
      services_.note_gap(gap, std::move(done));
    };
    const auto noted = co_await answer_of<SourceGap>(io_, std::move(start));
    if (noted) {
      const std::lock_guard lock(mutex_);
      if (gap.number == 0) ++status_.gaps;
      co_return *noted;
    }
    note_store_error(noted.error());
    co_await sleep(pause);
  }
}

awaitable<std::optional<StoredPosts>> Supervised::stored_posts(std::string source_of_posts,
                                                               std::uint64_t after,
                                                               std::size_t limit) {
  if (!services_.stored_posts) co_return std::nullopt;
  auto start = [&](std::function<void(Result<StoredPosts>)> done) {
    services_.stored_posts(source_of_posts, after, limit, std::move(done));
  };
  auto posts = co_await answer_of<StoredPosts>(io_, std::move(start));
  if (posts) co_return *std::move(posts);
  note_store_error(posts.error());
  co_return std::nullopt;
}

void Supervised::enter(SourceState state) {
  const std::lock_guard lock(mutex_);
  if (state != SourceState::waiting) status_.next_try_at.reset();
  if (status_.state == state) return;
  status_.state = state;
  status_.since = now();
}

void Supervised::note_trouble(const Failure& failure) {
  const std::string words = terminal_safe(failure.message).substr(0, kMaxSourceErrorBytes);
  if (services_.say) services_.say(config_.name, words);
  const std::lock_guard lock(mutex_);
  status_.last_error = words;
  status_.last_trouble = failure.trouble;
  status_.last_error_at = now();
  ++status_.troubles[static_cast<std::size_t>(failure.trouble)];
}

void Supervised::note_store_error(const Error& error) {
  const std::lock_guard lock(mutex_);
  status_.last_error = terminal_safe("the store: " + error.message).substr(0, kMaxSourceErrorBytes);
  status_.last_error_at = now();
}

void Supervised::note(const Delivered& delivered, const Delivery& delivery) {
  const std::lock_guard lock(mutex_);
  status_.records += delivered.records;
  status_.posts += delivered.posts;
  status_.duplicates += delivered.duplicates;
  status_.mentions += delivered.mentions;
  status_.rejected += delivered.rejected;
  status_.bytes += delivery.bytes.size();
  if (!is_stream_ && delivered.records > 0) note_records(delivered.records, delivered.newest);
  if (delivery.cursor.empty()) return;
  cursor_ = delivery.cursor;
  status_.cursor = delivery.cursor;
  status_.cursor_at = now();
}

SourceStatus Supervised::status() const {
  const std::lock_guard lock(mutex_);
  SourceStatus status = status_;
  const double passed = std::chrono::duration<double>(Clock::now() - rate_at_).count();
  status.records_per_second = rate_ * std::exp(-passed / kRateSeconds);
  return status;
}

}  // namespace passaparola::connect
