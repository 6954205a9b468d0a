#include "connect/pushed.h"

#include <algorithm>

namespace passaparola::connect {
namespace {

using boost::asio::awaitable;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kStream = "stream";  // in the cursor, beside listings
constexpr std::chrono::milliseconds kTendEvery{15'000}, kTendAgain{60'000};

class PushedSource : public Source {
 public:
  PushedSource(std::unique_ptr<PushPlan> plan, std::unique_ptr<PollPlan> listings, PollPace pace)
      : plan_(std::move(plan)), pace_(pace) {
    if (listings) listings_ = std::make_unique<Listings>(std::move(listings), pace);
  }

  ingest::Format format() const override { return plan_->format(); }
  Paces paces() const override { return plan_->paces(); }
  std::chrono::seconds silence() const override { return plan_->silence(); }

  awaitable<Failure> run(Run& run) override {
    auto opened = co_await plan_->open(run);
    if (!opened) co_return opened.error();
    const Timestamp opened_at = now();
    const auto failed = co_await make_up(run, opened_at);
    if (failed) co_return *failed;
    alive_ = opened_at;
    known_ = parse_known(run.cursor());
    keep_only_listings();
    co_return co_await read(run, **opened);
  }

 private:
  // Sees to what passed before the stream was open. From here on nothing is missing: what comes
  // meanwhile waits in the stream.
  awaitable<std::optional<Failure>> make_up(Run& run, Timestamp opened_at) {
    const std::int64_t newest = parse_known(run.cursor())[std::string(kStream)].newest;
    SourceGap gap;
    gap.from = {std::max(newest, alive_.milliseconds) - milliseconds_of(pace_.overlap)};
    gap.to = opened_at;
    const std::uint64_t before = listings_ ? listings_->found() : 0;
    if (listings_) {
      const auto failed = co_await listings_->look(run);
      if (failed) co_return failed;
    }
    if (newest == 0) co_return std::nullopt;  // there was no connection before
    if (listings_) {
      gap.recovered = listings_->found() - before;
      if (gap.recovered == 0) co_return std::nullopt;
      gap.state = GapState::recovered;
      gap.reason = "between two connections; the listings had it";
      co_await run.note_gap(std::move(gap));
      co_return std::nullopt;
    }
    const std::int64_t backfill = milliseconds_of(plan_->backfill());
    const bool is_whole = gap.from.milliseconds >= opened_at.milliseconds - backfill;
    gap.state = is_whole ? GapState::recovered : GapState::lost;
    gap.reason = is_whole ? "between two connections; the stream began earlier"
                          : "between two connections, of which this stream says nothing";
    co_await run.note_gap(std::move(gap));
    co_return std::nullopt;
  }

  awaitable<Failure> read(Run& run, PushStream& stream) {
    auto tend_at = Clock::now() + run.reach().scaled(kTendEvery);
    while (true) {
      const auto record = co_await stream.next();
      if (!record) co_return record.error();
      note_life(*record);
      if (!record->bytes.empty()) {
        if (record->at) note_time(*record->at);
        run.append(record->bytes, record->at ? to_cursor(known_) : std::string(), record->at);
        co_await run.room();
      }
      if (Clock::now() < tend_at) continue;
      // What the stream gives is of more use than none, and the next try comes.
      const auto failed = co_await plan_->tend(run);
      if (failed) run.note_trouble(*failed);
      const auto pause = failed ? failed->retry_after.value_or(kTendAgain) : kTendEvery;
      tend_at = Clock::now() + run.reach().scaled(std::max(pause, kTendEvery));
    }
  }

  // Of the cursor the stream and all listings, and nothing else.
  void keep_only_listings() {
    std::vector<std::string> names{std::string(kStream)};
    if (listings_) {
      const auto more = listings_->plan().listings();
      names.insert(names.end(), more.begin(), more.end());
    }
    KnownListings kept;
    for (const std::string& name : names) kept[name] = known_[name];
    known_ = std::move(kept);
  }

  // A record may have been under way for a while, so that it tells of its own time alone.
  void note_life(const PushStream::Record& record) {
    const Timestamp at = record.bytes.empty() ? now() : record.at.value_or(alive_);
    alive_ = std::max(alive_, std::min(at, now()));
  }

  // All listings are as far as the stream. A time to come would hide all that is written before it.
  void note_time(Timestamp at) {
    const std::int64_t newest = std::min(at.milliseconds, now().milliseconds);
    for (auto& [name, known] : known_) known.newest = std::max(known.newest, newest);
  }

  static std::int64_t milliseconds_of(std::chrono::seconds time) {
    return std::chrono::milliseconds(time).count();
  }

  const std::unique_ptr<PushPlan> plan_;
  const PollPace pace_;
  std::unique_ptr<Listings> listings_;
  KnownListings known_;
  Timestamp alive_;  // the last sign of life of a connection
};

}  // namespace

awaitable<std::optional<Failure>> PushPlan::tend(Run&) { co_return std::nullopt; }

std::unique_ptr<Source> make_pushed(std::unique_ptr<PushPlan> plan,
                                    std::unique_ptr<PollPlan> listings, PollPace pace) {
  return std::make_unique<PushedSource>(std::move(plan), std::move(listings), pace);
}

}  // namespace passaparola::connect
