#include "feed/answers.h"

#include <algorithm>
#include <optional>

#include "advocacy/balance.h"
#include "advocacy/kpi.h"
#include "core/json.h"
#include "core/limits.h"
#include "feed/accuracy.h"
#include "feed/net_scores.h"

namespace passaparola::feed {
namespace {

constexpr std::size_t kReadAtOnce = 100;
constexpr std::size_t kMaxScan = 200'000;  // mentions looked at for one answer

void write_ratio(JsonWriter& writer, std::string_view name, double above, double below) {
  writer.key(name);
  if (below == 0) {
    writer.Null();
  } else {
    writer.Double(rounded(above / below));
  }
}

// Adds the counters of `bucket` to `sum`.
void add(store::Bucket& sum, const store::Bucket& bucket) {
  sum.mentions += bucket.mentions;
  sum.positive += bucket.positive;
  sum.negative += bucket.negative;
  sum.neutral += bucket.neutral;
  sum.mixed += bucket.mixed;
  sum.abstain += bucket.abstain;
  sum.recommendations += bucket.recommendations;
  sum.anti_recommendations += bucket.anti_recommendations;
  sum.complaints += bucket.complaints;
  sum.praise += bucket.praise;
  sum.promoters += bucket.promoters;
  sum.passives += bucket.passives;
  sum.detractors += bucket.detractors;
}

void write_counters(JsonWriter& writer, const store::Bucket& bucket) {
  writer.field("mentions", bucket.mentions);
  writer.field("positive", bucket.positive);
  writer.field("negative", bucket.negative);
  writer.field("neutral", bucket.neutral);
  writer.field("mixed", bucket.mixed);
  writer.field("abstain", bucket.abstain);
  writer.field("recommendations", bucket.recommendations);
  writer.field("anti_recommendations", bucket.anti_recommendations);
  writer.field("complaints", bucket.complaints);
  writer.field("praise", bucket.praise);
  writer.field("promoters", bucket.promoters);
  writer.field("passives", bucket.passives);
  writer.field("detractors", bucket.detractors);
}

// Counters as fractions need them: differences may be negative.
double number(std::uint64_t count) { return static_cast<double>(count); }

struct Window {
  Timestamp begin, end;

  bool has(Timestamp instant) const { return begin <= instant && instant < end; }
};

// The instants whose bucket is one of those that `query` asks for: whose begin is in [from, to).
Window window_of(const StatsQuery& query) {
  using Size = store::Store::BucketSize;
  const std::int64_t width = query.size == Size::day    ? kMillisecondsPerDay
                             : query.size == Size::hour ? kMillisecondsPerDay / 24
                                                        : kMillisecondsPerDay / 288;
  const auto next_begin = [width](Timestamp instant) {
    const std::int64_t into = instant.milliseconds % width;
    const std::int64_t begin = instant.milliseconds - (into < 0 ? into + width : into);
    return Timestamp{into == 0 ? begin : begin + width};
  };
  return {next_begin(query.from), next_begin(query.to)};
}

Result<std::uint64_t> mentions_of_all(const store::Store& store, const StatsQuery& query) {
  std::uint64_t all = 0;
  for (const std::string& brand : store.brands()) {
    const bool is_voice =
        query.voices.empty() ||
        std::find(query.voices.begin(), query.voices.end(), brand) != query.voices.end();
    if (!is_voice) continue;
    const auto buckets = store.buckets(brand, query.size, query.from, query.to);
    if (!buckets) return buckets.error();
    for (const store::Bucket& bucket : *buckets) all += bucket.mentions;
  }
  return all;
}

// How they stand now: the same numbers as on the list of advocates.
void write_standing(JsonWriter& writer, const store::AuthorHistory& history,
                    const advocacy::AdvocacyConfig& config) {
  const Timestamp as_of = now();
  const advocacy::AuthorScore score = advocacy::score_author(history, as_of, config);
  writer.key("standing");
  writer.StartObject();
  writer.field("as_of", format_rfc3339(as_of));
  writer.field("config_hash", advocacy::config_hash(config));
  writer.field("score", score.score);
  writer.field("score_low", score.score_low);
  writer.field("level", advocacy::name_of(score.level));
  writer.field("class", advocacy::name_of(score.relation));
  writer.field("type", advocacy::name_of(score.style.type));
  writer.field("at_risk", score.at_risk);
  writer.field("lapsed", score.lapsed);
  writer.field("next_gate", score.next_gate);
  writer.EndObject();
}

}  // namespace

void write_aggregate(JsonWriter& writer, const store::AuthorAggregate& aggregate) {
  writer.field("mentions", aggregate.mentions);
  writer.field("positive", aggregate.positive);
  writer.field("negative", aggregate.negative);
  writer.field("neutral", aggregate.neutral);
  writer.field("commercial", aggregate.commercial);
  writer.field("first_seen", format_rfc3339(aggregate.first_seen));
  writer.field("last_seen", format_rfc3339(aggregate.last_seen));
  writer.key("acts");
  writer.StartObject();
  for (std::size_t i = 0; i < kActCount; ++i) {
    if (aggregate.acts[i] == 0) continue;
    writer.field(name_of(static_cast<Act>(i)), aggregate.acts[i]);
  }
  writer.EndObject();
}

void write_author_record(JsonWriter& writer, const store::AuthorRecord& author) {
  writer.field("source", author.source);
  writer.field("id", author.id);
  writer.field_if("handle", author.handle);
  writer.field_if("name", author.name);
  if (author.followers) writer.field("followers", *author.followers);
}

Result<std::string> page_json(const store::Store& store, store::FeedQuery query) {
  const std::size_t wanted = query.limit;
  std::size_t items = 0;
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.key("items");
  writer.StartArray();
  bool is_full = false;
  const std::uint64_t first = query.after;
  while (!is_full && items < wanted && query.after < store.last_seq() &&
         query.after - first < kMaxScan) {
    query.limit = std::min(kReadAtOnce, wanted - items);
    auto page = store.read_feed(query);
    if (!page) return page.error();
    for (const store::StoredMention& mention : page->mentions) {
      write_mention(writer, *mention, store.id());
      ++items;
      is_full = out.size() >= kMaxPageBytes;
      if (is_full) {
        page->next_after = mention->seq;
        break;
      }
    }
    if (page->next_after <= query.after) break;
    query.after = page->next_after;
    if (query.is_enough && query.is_enough()) break;
  }
  writer.EndArray();
  writer.field("cursor", encode_cursor({store.id(), query.after}));
  writer.field("more", query.after < store.last_seq());
  writer.EndObject();
  return out;
}

Result<std::string> stats_json(const store::Store& store, const StatsQuery& query,
                               const advocacy::AdvocacyConfig& config) {
  const auto buckets = store.buckets(query.brand, query.size, query.from, query.to);
  if (!buckets) return buckets.error();
  const auto all = mentions_of_all(store, query);
  if (!all) return all.error();
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("brand", query.brand);
  writer.field("bucket", query.bucket);
  writer.field("from", format_rfc3339(query.from));
  writer.field("to", format_rfc3339(query.to));
  store::Bucket sum;
  writer.key("buckets");
  writer.StartArray();
  for (const store::Bucket& bucket : *buckets) {
    add(sum, bucket);
    writer.StartObject();
    writer.field("begin", format_rfc3339(bucket.begin));
    write_counters(writer, bucket);
    writer.EndObject();
  }
  writer.EndArray();
  writer.key("total");
  writer.StartObject();
  write_counters(writer, sum);
  writer.EndObject();
  write_ratio(writer, "share_of_voice", number(sum.mentions), number(*all));
  write_ratio(writer, "mention_recommendation_balance",
              number(sum.recommendations) - number(sum.anti_recommendations),
              number(sum.recommendations) + number(sum.anti_recommendations));
  write_ratio(writer, "nps", 100 * (number(sum.promoters) - number(sum.detractors)),
              number(sum.promoters) + number(sum.passives) + number(sum.detractors));
  const Window window = window_of(query);
  std::optional<advocacy::RecommendationBalance> balance;
  if (query.with_balance) {
    const auto counted =
        advocacy::recommendation_balance(store, query.brand, window.begin, window.end, config);
    if (!counted) return counted.error();
    balance = *counted;
  }
  std::optional<advocacy::Kpis> kpis;
  if (query.with_kpis) {
    auto counted =
        advocacy::kpis(store, query.brand, window.begin, window.end, config, query.voices);
    if (!counted) return counted.error();
    kpis = *std::move(counted);
  }
  write_net_scores(writer, sum, balance,
                   kpis ? std::optional(kpis->stars) : std::optional<advocacy::StarCounts>());
  if (kpis) advocacy::write_kpis(writer, *kpis);
  const auto measured = write_measured_accuracy(
      writer, store, query.brand, [&](Timestamp instant) { return window.has(instant); });
  if (!measured) return measured.error();
  writer.EndObject();
  return out;
}

Result<std::string> author_json(const store::Store& store, std::string_view source,
                                std::string_view id, std::string_view brand_asked,
                                const advocacy::AdvocacyConfig& config, const Caller& caller) {
  auto history = store.history(source, id, brand_asked);
  if (!history) return history.error();
  std::erase_if(*history, [&caller](const auto& one) { return !caller.sees(one.first); });
  if (history->empty()) return unknown_author();
  if (history->front().second.author.hidden) {
    return fail(ErrorCode::not_found, "the store has no history of such an author");
  }
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.key("author");
  writer.StartObject();
  write_author_record(writer, history->front().second.author);
  writer.EndObject();
  writer.key("brands");
  writer.StartArray();
  for (const auto& [brand, one] : *history) {
    writer.StartObject();
    writer.field("brand", brand);
    writer.key("aggregate");
    writer.StartObject();
    write_aggregate(writer, one.aggregate);
    writer.EndObject();
    write_standing(writer, one, config);
    const std::size_t skipped = one.mentions.size() - std::min(one.mentions.size(), kMaxPageItems);
    std::vector<std::uint64_t> seqs;
    for (std::size_t i = skipped; i < one.mentions.size(); ++i) seqs.push_back(one.mentions[i].seq);
    const auto mentions = store.mentions(seqs);
    if (!mentions) return mentions.error();
    writer.key("mentions");
    writer.StartArray();
    for (const store::StoredMention& mention : *mentions) {
      write_mention(writer, *mention, store.id());
    }
    writer.EndArray();
    writer.field("older_mentions", static_cast<std::uint64_t>(skipped));
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

Error unknown_mention() {
  return fail(ErrorCode::not_found, "there is no such mention in the store");
}

Error unknown_author() {
  return fail(ErrorCode::not_found, "the store knows no mention of this author");
}

std::string to_json(const PushOutcome& outcome) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("accepted", outcome.accepted);
  writer.field("duplicates", outcome.duplicates);
  writer.key("rejected");
  writer.StartArray();
  for (const RejectedLine& line : outcome.rejected) {
    writer.StartObject();
    writer.field("line", line.line);
    writer.field("reason", line.reason);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

std::variant<std::uint64_t, Problem> resolve_start(const store::Store& store,
                                                   const StartAt& start) {
  switch (start.place) {
    case StartAt::Place::now:
      return store.last_seq();
    case StartAt::Place::start:
      return std::uint64_t{0};
    case StartAt::Place::cursor:
      break;
  }
  if (start.cursor.store != store.id()) {
    return Problem{400, "cursor-unknown", "the cursor is of another store: begin at start or now"};
  }
  if (start.cursor.seq > store.last_seq()) {
    return Problem{400, "cursor-ahead", "the cursor is ahead of the feed: begin at start or now"};
  }
  return start.cursor.seq;
}

}  // namespace passaparola::feed
