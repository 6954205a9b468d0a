// The JSON documents of the HTTP interface, from what the store holds. Any thread; may block.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "advocacy/config.h"
#include "core/json.h"
#include "core/result.h"
#include "core/time.h"
#include "feed/caller.h"
#include "feed/client_message.h"
#include "feed/feed.h"
#include "feed/http.h"
#include "store/store.h"

namespace passaparola::feed {

inline constexpr std::int64_t kDefaultBuckets = 168;  // a week of hours
inline constexpr std::int64_t kMaxBuckets = 10'000;

// {"items":[mention…],"cursor":"…","more":bool}. At most query.limit mentions and about
// kMaxPageBytes bytes; `more` says that the feed goes on behind the cursor.
Result<std::string> page_json(const store::Store& store, store::FeedQuery query);

struct StatsQuery {
  std::string brand;
  std::string bucket;  // as asked: "5m", "1h", "1d"
  store::Store::BucketSize size = store::Store::BucketSize::hour;
  Timestamp from, to;
  bool with_balance = false;             // the Recommendation Balance, for which histories are read
  bool with_kpis = false;                // the figures of advocacy/kpi.h; the same
  std::vector<std::string> voices = {};  // whose share of voice it is; empty: of all brands
};
// Buckets, their sums, the brand's share of voice among all brands, the balance of recommendations
// (r - a) / (r + a) and the net promoter score 100 (p - d) / (p + n + d), null where it divides by
// 0; the three series of net_scores.h; and the measured accuracy over what people corrected among
// these mentions.
Result<std::string> stats_json(const store::Store& store, const StatsQuery& query,
                               const advocacy::AdvocacyConfig& config);

// The members of an aggregate, and of an author: source, id and what is known of them.
void write_aggregate(JsonWriter& writer, const store::AuthorAggregate& aggregate);
void write_author_record(JsonWriter& writer, const store::AuthorRecord& author);

// An author's history: of one brand, or of all that `caller` sees when `brand` is empty;
// aggregates, how they stand now by `config`, and the newest kMaxPageItems mentions of each.
// Errors: not_found, also for an author who is hidden.
Result<std::string> author_json(const store::Store& store, std::string_view source,
                                std::string_view id, std::string_view brand,
                                const advocacy::AdvocacyConfig& config, const Caller& caller);

// What the store says of a mention, or an author, that it does not have: it is said as well of
// those that are not for whoever asks.
Error unknown_mention();
Error unknown_author();

// The seq behind which a reader begins. Problems: cursor-unknown, cursor-ahead.
std::variant<std::uint64_t, Problem> resolve_start(const store::Store& store, const StartAt& start);

// {"accepted":…,"duplicates":…,"rejected":[…]}
std::string to_json(const PushOutcome& outcome);

}  // namespace passaparola::feed
