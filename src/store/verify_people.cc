// Profiles and buckets against the rows. One walk over the mentions family: the rows of an author
// stand behind their profile, and the authors of a brand side by side, so that memory holds one
// author's sums and one brand's buckets.
#include <fmt/format.h>
#include <rocksdb/iterator.h>

#include <algorithm>
#include <array>
#include <limits>

#include "store/verify_state.h"

namespace passaparola::store {
namespace {

struct BucketKind {
  std::int64_t milliseconds;
  std::string_view name;
};
constexpr std::array<BucketKind, 3> kKinds{
    {{300'000, "5 minutes"}, {3'600'000, "the hour"}, {86'400'000, "the day"}}};

constexpr std::array<std::string_view, 5> kAuthorNames{"mentions", "positive", "negative",
                                                       "neutral", "commercial"};
constexpr std::array<std::string_view, 13> kBucketNames{
    "mentions",   "positive", "negative",        "neutral",
    "mixed",      "abstain",  "recommendations", "anti-recommendations",
    "complaints", "praise",   "promoters",       "passives",
    "detractors"};

std::string_view author_counter_name(std::size_t i) {
  return i < kAuthorNames.size() ? kAuthorNames[i]
                                 : name_of(static_cast<Act>(i - kAuthorNames.size()));
}
std::string_view bucket_counter_name(std::size_t i) { return kBucketNames[i]; }

std::int64_t begin_of(std::int64_t milliseconds, std::int64_t size) {
  const std::int64_t into = milliseconds % size;
  return milliseconds - (into < 0 ? into + size : into);
}

void say(std::string& words, std::string_view name, std::string_view value) {
  words += fmt::format("{}{} {}", words.empty() ? "" : ", ", name, value);
}

// The counters that differ, in words.
template <std::size_t N>
void compare(const Counters<N>& stored, const Counters<N>& recounted,
             std::string_view (*name)(std::size_t), std::string& said, std::string& is) {
  for (std::size_t i = 0; i < N; ++i) {
    if (stored[i] == recounted[i]) continue;
    say(said, name(i), fmt::format("{}", stored[i]));
    say(is, name(i), fmt::format("{}", recounted[i]));
  }
}

class PeopleWalk {
 public:
  explicit PeopleWalk(VerifyState& state)
      : state_(state), stored_buckets_(state.scan(Family::buckets)) {
    stored_buckets_->SeekToFirst();
  }

  Result<void> run() {
    const auto scan = state_.scan(Family::mentions);
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
      const std::string_view key = to_view(scan->key());
      if (key.size() != sizeof(AuthorKey) && key.size() != sizeof(RowKey)) {
        state_.differs("mentions", "key " + to_hex(key), std::string(kDamaged), "no such key");
        continue;
      }
      if (key.substr(0, sizeof(AuthorKey)) != author_) {
        const auto begun = begin_author(key);
        if (!begun) return begun.error();
      }
      if (key.size() == sizeof(AuthorKey)) {
        take_profile(to_view(scan->value()));
      } else {
        take_row(*parse_row_key(key), to_view(scan->value()));
      }
    }
    if (!scan->status().ok()) return to_error(scan->status(), "reading the authors of the store");
    end_author();
    const auto ended = end_brand();
    if (!ended) return ended.error();
    return stored_buckets_before(std::nullopt);
  }

 private:
  Result<void> begin_author(std::string_view key) {
    end_author();
    const BrandNumber brand = brand_of(key);
    if (!author_.empty() && brand != brand_) {
      const auto ended = end_brand();
      if (!ended) return ended.error();
    }
    author_.assign(key.substr(0, sizeof(AuthorKey)));
    brand_ = brand;
    stored_.clear();
    has_profile_ = false;
    rows_ = 0;
    sums_ = {};
    first_ = {std::numeric_limits<std::int64_t>::max()};
    last_ = {std::numeric_limits<std::int64_t>::min()};
    return {};
  }

  static BrandNumber brand_of(std::string_view key) {
    BrandNumber brand = 0;
    for (std::size_t i = 0; i < sizeof brand; ++i) {
      brand = brand << 8 | static_cast<unsigned char>(key[i]);
    }
    return brand;
  }

  void take_profile(std::string_view value) {
    stored_.assign(value);
    has_profile_ = true;
  }

  void take_row(const Row& row, std::string_view value) {
    ++rows_;
    ++state_.rows;
    const auto stored = decode_row(value);
    if (!stored) {
      state_.differs("mentions", fmt::format("the row of mention {}", row.seq),
                     std::string(kDamaged), "a row");
      return;
    }
    add(sums_, author_counters(stored->facts));
    first_ = std::min(first_, row.created_at);
    last_ = std::max(last_, row.created_at);
    add(buckets_[begin_of(row.created_at.milliseconds, kKinds[0].milliseconds)],
        bucket_counters(stored->facts, stored->nps));
  }

  std::string author_words(const std::optional<AuthorRecord>& record) const {
    const std::string key = to_hex(author_.substr(sizeof(BrandNumber)));
    const std::string name = record ? fmt::format(" ({} {})", record->source, record->id) : "";
    return fmt::format("author {}{} of {}", key, name, state_.brand_name(brand_));
  }

  // The profile against what the rows came to.
  void end_author() {
    if (author_.empty()) return;
    const bool known = is_known(keyed_hash_at(author_, sizeof(BrandNumber)));
    if (known) ++state_.found.authors;
    if (has_profile_ != (known && rows_ > 0)) {
      state_.differs("mentions", author_words({}), has_profile_ ? "a profile" : "no profile",
                     fmt::format("{} mentions", rows_));
      return;
    }
    if (!has_profile_) return;
    const auto profile = decode_profile(stored_);
    const auto record = profile ? decode_record(profile->record) : std::nullopt;
    if (!profile || !record) {
      state_.differs("mentions", author_words({}), std::string(kDamaged), "a profile with a name");
      return;
    }
    std::string said, is;
    compare(profile->counters, sums_, author_counter_name, said, is);
    const auto compare_time = [&](std::string_view name, Timestamp stored, Timestamp recounted) {
      if (stored == recounted) return;
      say(said, name, format_rfc3339(stored));
      say(is, name, format_rfc3339(recounted));
    };
    compare_time("first seen", profile->first_seen, first_);
    compare_time("last seen", profile->last_seen, last_);
    if (!said.empty()) {
      state_.differs("mentions", author_words(record), std::move(said), std::move(is));
    }
  }

  // The stored buckets of the brand against its rows.
  Result<void> end_brand() {
    if (author_.empty()) return {};
    const auto before = stored_buckets_before(brand_);
    if (!before) return before.error();
    for (std::uint8_t kind = 0; kind < kKinds.size(); ++kind) {
      const auto compared = compare_buckets(kind);
      if (!compared) return compared.error();
    }
    buckets_.clear();
    return {};
  }

  Result<void> compare_buckets(std::uint8_t kind) {
    for (auto at = buckets_.begin(); at != buckets_.end();) {
      const std::int64_t begin = begin_of(at->first, kKinds[kind].milliseconds);
      BucketCounters sums{};
      for (; at != buckets_.end() && begin_of(at->first, kKinds[kind].milliseconds) == begin;
           ++at) {
        add(sums, at->second);
      }
      const BucketKey key = bucket_key(brand_, kind, {begin});
      take_stored_until(view(key));
      BucketCounters stored{};
      if (stored_buckets_->Valid() && to_view(stored_buckets_->key()) == view(key)) {
        stored = next_stored();
      }
      compare_bucket(view(key), stored, sums);
    }
    return check_scan();
  }

  // Stored buckets with smaller keys, for which there is no row.
  void take_stored_until(std::string_view end) {
    while (stored_buckets_->Valid() && (end.empty() || to_view(stored_buckets_->key()) < end)) {
      const std::string key = stored_buckets_->key().ToString();
      compare_bucket(key, next_stored(), BucketCounters{});
    }
  }

  // Those of brands before `brand`, or all that are left.
  Result<void> stored_buckets_before(std::optional<BrandNumber> brand) {
    const AuthorKey first = author_key(brand.value_or(0), KeyedHash{});
    take_stored_until(brand ? view(first).substr(0, sizeof(BrandNumber)) : std::string_view());
    return check_scan();
  }

  BucketCounters next_stored() {
    ++state_.found.buckets;
    const auto counters = decode_bucket(to_view(stored_buckets_->value()));
    if (!counters) {
      state_.differs("buckets", bucket_words(to_view(stored_buckets_->key())),
                     std::string(kDamaged), "a bucket");
    }
    stored_buckets_->Next();
    return counters.value_or(BucketCounters{});
  }

  std::string bucket_words(std::string_view key) const {
    const auto begin = bucket_begin(key);
    const auto kind = key.size() > 4 ? static_cast<std::uint8_t>(key[4]) : kKinds.size();
    if (!begin || kind >= kKinds.size()) return "key " + to_hex(key);
    return fmt::format("{}, {} from {}", state_.brand_name(brand_of(key)), kKinds[kind].name,
                       format_rfc3339(*begin));
  }

  void compare_bucket(std::string_view key, const BucketCounters& stored,
                      const BucketCounters& sums) {
    if (stored == sums) return;
    std::string said, is;
    compare(stored, sums, bucket_counter_name, said, is);
    state_.differs("buckets", bucket_words(key), std::move(said), std::move(is));
  }

  Result<void> check_scan() const {
    if (stored_buckets_->status().ok()) return {};
    return to_error(stored_buckets_->status(), "reading the buckets of the store");
  }

  VerifyState& state_;
  std::unique_ptr<rocksdb::Iterator> stored_buckets_;  // the next to be compared
  std::map<std::int64_t, BucketCounters> buckets_;     // of the brand, by five minutes
  std::string author_, stored_;                        // key and profile at work
  BrandNumber brand_ = 0;
  bool has_profile_ = false;
  std::uint64_t rows_ = 0;
  AuthorCounters sums_{};
  Timestamp first_, last_;
};

}  // namespace

Result<void> verify_people(VerifyState& state) { return PeopleWalk(state).run(); }

}  // namespace passaparola::store
