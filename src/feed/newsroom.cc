#include "feed/newsroom.h"

#include <algorithm>

#include "advocacy/revisions.h"
#include "core/json.h"
#include "core/limits.h"

namespace passaparola::feed {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::int64_t kHour = kMillisecondsPerDay / 24;
constexpr std::int64_t kFiveMinutes = kHour / 12;
constexpr std::chrono::seconds kRevisionsEvery{5};
constexpr int kRest = 10;  // times as long as making the figures took, before the next ones

std::int64_t begin_of(std::int64_t at, std::int64_t width) { return at - at % width; }

struct Figures {
  store::Bucket hour, day;
};

void add(store::Bucket& sum, const store::Bucket& more) {
  sum.mentions += more.mentions;
  sum.positive += more.positive;
  sum.negative += more.negative;
  sum.neutral += more.neutral;
  sum.mixed += more.mixed;
  sum.abstain += more.abstain;
  sum.recommendations += more.recommendations;
  sum.anti_recommendations += more.anti_recommendations;
  sum.complaints += more.complaints;
}

Result<Figures> figures_of(const store::Store& store, const std::string& brand, Timestamp at) {
  using Size = store::Store::BucketSize;
  Figures figures;
  const std::int64_t end = at.milliseconds + 1;
  const auto hour =
      store.buckets(brand, Size::five_minutes, {begin_of(end - kHour, kFiveMinutes)}, {end});
  if (!hour) return hour.error();
  for (const store::Bucket& bucket : *hour) add(figures.hour, bucket);
  const auto day = store.buckets(brand, Size::hour, {begin_of(end - 24 * kHour, kHour)}, {end});
  if (!day) return day.error();
  for (const store::Bucket& bucket : *day) add(figures.day, bucket);
  return figures;
}

void write_sum(JsonWriter& writer, std::string_view name, const store::Bucket& sum) {
  writer.key(name);
  writer.StartObject();
  writer.field("mentions", sum.mentions);
  writer.field("positive", sum.positive);
  writer.field("negative", sum.negative);
  writer.field("neutral", sum.neutral);
  writer.field("mixed", sum.mixed);
  writer.field("abstain", sum.abstain);
  writer.field("recommendations", sum.recommendations);
  writer.field("anti_recommendations", sum.anti_recommendations);
  writer.field("complaints", sum.complaints);
  writer.EndObject();
}

// Without the time, so that what has not changed is not told again.
std::string members_of(const std::string& brand, const Figures& figures) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("brand", brand);
  write_sum(writer, "last_hour", figures.hour);
  write_sum(writer, "last_day", figures.day);
  writer.EndObject();
  return bare_members(out);
}

// Among all brands: not for who sees only some.
std::string share_of(const Figures& figures, std::uint64_t all) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.key("share_of_voice");
  if (all == 0) {
    writer.Null();
  } else {
    writer.Double(rounded(static_cast<double>(figures.day.mentions) / static_cast<double>(all)));
  }
  writer.EndObject();
  return "," + bare_members(out);
}

}  // namespace

Newsroom::Newsroom(const Services& services, News& news, Metrics& metrics)
    : services_(services),
      news_(news),
      metrics_(metrics),
      warnings_(*services.store, news, services.warnings) {}

Newsroom::~Newsroom() { stop(); }

void Newsroom::start() {
  thread_ = std::thread([this] { run(); });
}

void Newsroom::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Newsroom::run() {
  auto next_look = Clock::now(), next_figures = next_look, next_revisions = next_look;
  while (!is_stopping_) {
    const auto begun = Clock::now();
    if (begun >= next_look) {
      count_failure(warnings_.look(services_.clock(), is_stopping_));
      next_look = begun + services_.warning_every;
    }
    if (begun >= next_figures) {
      const auto before = Clock::now();
      tell_figures(services_.clock());
      next_figures =
          begun + std::max<Clock::duration>(std::chrono::milliseconds(kStatsMilliseconds),
                                            kRest * (Clock::now() - before));
    }
    if (begun >= next_revisions) {
      tell_revisions();
      next_revisions = begun + kRevisionsEvery;
    }
    std::unique_lock lock(mutex_);
    stopped_.wait_until(lock, std::min({next_look, next_figures, next_revisions}),
                        [this] { return is_stopping_.load(); });
  }
}

void Newsroom::tell_figures(Timestamp at) {
  if (!news_.is_watched(Channel::stats)) {
    figures_.clear();
    news_.clear(Channel::stats);  // who comes later is not shown what was
    return;
  }
  std::map<std::string, Figures> all;
  std::uint64_t mentions = 0;
  for (const std::string& brand : services_.store->brands()) {
    const auto figures = figures_of(*services_.store, brand, at);
    if (!figures) return count_failure(figures.error());
    mentions += figures->day.mentions;
    all[brand] = *figures;
  }
  for (const auto& [brand, figures] : all) {
    const std::string members = members_of(brand, figures), share = share_of(figures, mentions);
    std::string& told = figures_[brand];
    if (told == members + share) continue;
    told = members + share;
    news_.post(Channel::stats, brand, "\"at\":\"" + format_rfc3339(at) + "\"," + members, share);
  }
}

// From when somebody reads of them on: earlier ones are at GET /brands/{brand}/revisions.
void Newsroom::tell_revisions() {
  const bool is_watched = news_.is_watched(Channel::changes);
  const bool is_new = is_watched && !is_followed_;
  is_followed_ = is_watched;
  if (!is_watched) return;
  if (is_new) revised_upto_.clear();
  for (const std::string& brand : services_.store->brands()) {
    const bool is_known = revised_upto_.contains(brand);
    std::uint64_t& upto = revised_upto_[brand];
    bool more = true;
    while (more && !is_stopping_) {
      const auto page = services_.store->revisions(brand, upto, kMaxPageItems);
      if (!page) return count_failure(page.error());
      upto = page->next_after;
      more = page->more;
      if (!is_known) continue;
      for (const store::Revision& revision : page->revisions) {
        store::RevisionPage one;
        one.revisions.push_back(revision);
        std::string json = advocacy::to_ndjson({.brand = brand}, one);
        while (json.ends_with('\n')) json.pop_back();
        news_.post(Channel::changes, brand, "\"kind\":\"score.revised\",\"revision\":" + json);
      }
    }
  }
}

void Newsroom::count_failure(const Result<void>& done) {
  if (!done) ++metrics_.store_errors;
}

}  // namespace passaparola::feed
