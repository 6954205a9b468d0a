// Reading mentions: the feed by sequence, single ones by id or number.
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>

#include "store/bytes.h"
#include "store/correction_codec.h"
#include "store/desk_codec.h"
#include "store/mention_codec.h"
#include "store/state.h"

namespace passaparola::store {
namespace {

constexpr std::size_t kPageArenaBytes = 64 << 10;

// The mention of these bytes, as corrected, unless its author is hidden and such are left out.
Result<std::optional<StoredMention>> visible(const Store::State& state, const Database& database,
                                             std::uint64_t seq, std::string value,
                                             Hidden hidden = Hidden::left_out) {
  auto mention = StoredMention::decode(seq, std::move(value));
  if (!mention) return mention.error();
  if (hidden == Hidden::left_out) {
    const auto is_hidden = state.is_hidden(database, (*mention)->post);
    if (!is_hidden) return is_hidden.error();
    if (*is_hidden) return std::optional<StoredMention>();
  }
  const auto corrected = add_correction(state, database, *mention);
  if (!corrected) return corrected.error();
  const auto triaged = add_triage(state, database, *mention);
  if (!triaged) return triaged.error();
  return std::optional<StoredMention>(std::move(*mention));
}

// The mention of `seq` unless it is gone or its author hidden.
Result<std::optional<StoredMention>> read_one(const Store::State& state, const Database& database,
                                              std::uint64_t seq) {
  auto value = database.get(Family::feed, view(feed_key(seq)));
  if (!value) return value.error();
  if (!*value) return std::optional<StoredMention>();
  return visible(state, database, seq, std::move(**value));
}

// One page. Mentions that a filter refuses are decoded into one arena and never copied.
class PageReader {
 public:
  PageReader(const Store::State& state, const Database& database, const FeedQuery& query)
      : state_(state), database_(database), query_(query) {}

  Result<FeedPage> read(std::uint64_t last_seq) {
    FeedPage page;
    page.next_after = query_.after;
    const auto scan = database_.scan(Family::feed);
    if (query_.after >= last_seq || query_.limit == 0) return page;
    std::size_t looked_at = 0;
    for (scan->Seek(to_slice(view(feed_key(query_.after + 1)))); scan->Valid(); scan->Next()) {
      const std::uint64_t seq = seq_of(to_view(scan->key()));
      if (seq > last_seq) break;  // written, but not yet known to be durable
      if (page.mentions.size() == query_.limit || looked_at == query_.scan_limit) return page;
      const auto wanted = consider(seq, to_view(scan->value()), page);
      if (!wanted) return wanted.error();
      page.next_after = seq;
      ++looked_at;
      if (query_.is_enough && query_.is_enough()) return page;
    }
    if (!scan->status().ok()) return to_error(scan->status(), "reading the feed");
    page.next_after = last_seq;
    return page;
  }

 private:
  Result<void> consider(std::uint64_t seq, std::string_view value, FeedPage& page) {
    if (!query_.brand.empty() && brand_of(value) != query_.brand) return {};
    if (query_.where || !state_.hidden.empty()) {
      arena_.reset();
      auto mention = decode_mention(seq, value, arena_);
      if (!mention) return mention.error();
      const auto triage = triage_of(state_, database_, *mention);
      if (!triage) return triage.error();
      if (*triage) mention->triage = &**triage;
      if (query_.where && !query_.where(*mention)) return {};
      const auto hidden = state_.is_hidden(database_, mention->post);
      if (!hidden) return hidden.error();
      if (*hidden) return {};
    }
    auto stored = StoredMention::decode(seq, std::string(value));
    if (!stored) return stored.error();
    const auto corrected = add_correction(state_, database_, *stored);
    if (!corrected) return corrected.error();
    const auto triaged = add_triage(state_, database_, *stored);
    if (!triaged) return triaged.error();
    page.mentions.push_back(std::move(*stored));
    return {};
  }

  const Store::State& state_;
  const Database& database_;
  const FeedQuery& query_;
  Arena arena_{kPageArenaBytes};
};

}  // namespace

Result<FeedPage> Store::read_feed(const FeedQuery& query) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  return PageReader(*state_, *lease.database(), query).read(last_seq());
}

Result<StoredMention> Store::mention(std::string_view wanted_id) const {
  const auto missing = [&] {
    return fail(ErrorCode::not_found, "there is no such mention in the store");
  };
  const auto id = parse_mention_id(wanted_id);
  if (!id) return missing();
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const auto value = lease.database()->get(Family::mention_ids, view(*id));
  if (!value) return value.error();
  if (!*value) return missing();
  ByteReader in(**value);
  const std::uint64_t seq = in.varint();
  if (!in.done()) return fail(ErrorCode::corrupt, "the index of mention ids is damaged");
  auto mention = read_one(*state_, *lease.database(), seq);
  if (!mention) return mention.error();
  if (!*mention) return missing();
  return std::move(**mention);
}

Result<std::vector<StoredMention>> Store::mentions(std::span<const std::uint64_t> seqs,
                                                   Hidden hidden) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const Database& database = *lease.database();
  // Read together in the order in which they lie on disk: neighbours share their blocks.
  std::vector<std::uint64_t> sorted(seqs.begin(), seqs.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::vector<FeedKey> keys;
  std::vector<rocksdb::Slice> slices;
  keys.reserve(sorted.size());
  for (const std::uint64_t seq : sorted) {
    slices.push_back(to_slice(view(keys.emplace_back(feed_key(seq)))));
  }
  std::vector<rocksdb::PinnableSlice> values(sorted.size());
  std::vector<rocksdb::Status> statuses(sorted.size());
  database.db().MultiGet(rocksdb::ReadOptions(), database.family(Family::feed), slices.size(),
                         slices.data(), values.data(), statuses.data(), true);
  std::vector<StoredMention> found;
  for (const std::uint64_t seq : seqs) {
    const auto at = static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), seq) -
                                             sorted.begin());
    if (statuses[at].IsNotFound()) continue;
    if (!statuses[at].ok()) return to_error(statuses[at], "reading mentions");
    auto mention = visible(*state_, database, seq, values[at].ToString(), hidden);
    if (!mention) return mention.error();
    if (*mention) found.push_back(std::move(**mention));
  }
  return found;
}

}  // namespace passaparola::store
