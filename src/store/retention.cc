// Retention: the posts behind old mentions go, what was counted of them stays. Old is what was
// stored long ago, not what was written long ago: a year of recordings that came in today is new.
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <vector>

#include "core/check.h"
#include "core/crash_point.h"
#include "store/bytes.h"
#include "store/commit.h"
#include "store/desk_codec.h"
#include "store/mention_codec.h"

namespace passaparola::store {
namespace {

// Mentions looked at for one synced write, while commits wait.
constexpr std::size_t kMentionsAtOnce = 10'000;

// Meta keys. A day's mark says up to which seq everything was stored before that day's first look.
constexpr std::string_view kDayPrefix = "day/";  // + 2026-11-26 -> seq

std::string day_key(Timestamp at) {
  return std::string(kDayPrefix) + format_rfc3339(at).substr(0, 10);
}

// Deleted, and not yet gone from the files: the first and the last seq. Written with the deletes,
// so that whatever comes in between, the bytes go.
constexpr std::string_view kRewriteKey = "rewrite";

struct SeqRange {
  std::uint64_t first = UINT64_MAX, last = 0;

  bool empty() const { return first > last; }
  void add(const SeqRange& other) {
    first = std::min(first, other.first);
    last = std::max(last, other.last);
  }
};

Result<SeqRange> range_to_rewrite(const Database& database) {
  const auto bytes = database.get(Family::meta, kRewriteKey);
  if (!bytes) return bytes.error();
  if (!*bytes) return SeqRange{};
  ByteReader in(**bytes);
  SeqRange range;
  range.first = in.fixed<std::uint64_t>();
  range.last = in.fixed<std::uint64_t>();
  if (!in.done()) return fail(ErrorCode::corrupt, "a retention mark of the store is damaged");
  return range;
}

std::string seq_bytes(std::uint64_t seq) {
  std::string bytes(sizeof seq, '\0');
  ByteWriter(bytes.data()).fixed(seq);
  return bytes;
}

Result<std::uint64_t> seq_from(std::string_view bytes) {
  ByteReader in(bytes);
  const auto seq = in.fixed<std::uint64_t>();
  if (!in.done()) return fail(ErrorCode::corrupt, "a retention mark of the store is damaged");
  return seq;
}

// Up to which seq a mention is older than `days` at `at`.
Result<std::uint64_t> last_stored_before(const Database& database, Timestamp at,
                                         std::int64_t days) {
  if (days <= 0) return std::uint64_t{0};  // kept for ever
  const std::string wanted = day_key({at.milliseconds - days * kMillisecondsPerDay});
  const auto scan = database.scan(Family::meta);
  scan->SeekForPrev(wanted);
  if (!scan->status().ok()) return to_error(scan->status(), "reading the marks of days");
  if (!scan->Valid() || !scan->key().starts_with(to_slice(kDayPrefix))) return std::uint64_t{0};
  return seq_from(to_view(scan->value()));
}

// The old mentions of one source, or of all that have no time of their own, that an earlier look
// did not take: behind `after`, up to `upto`.
struct Slice {
  std::string source;  // empty: all others
  std::uint64_t after = 0, upto = 0;
};

Result<std::vector<Slice>> slices_of(const Database& database, const Retention& policy,
                                     Timestamp at) {
  std::vector<Slice> slices;
  const auto add = [&](const std::string& source, std::int64_t days) -> Result<void> {
    const auto upto = last_stored_before(database, at, days);
    if (!upto) return upto.error();
    const auto taken = database.get(Family::meta, std::string(kRetainedPrefix) + source);
    if (!taken) return taken.error();
    const auto after = *taken ? seq_from(**taken) : Result<std::uint64_t>(0);
    if (!after) return after.error();
    if (*after < *upto) slices.push_back({source, *after, *upto});
    return {};
  };
  auto added = add("", policy.days);
  for (const auto& [source, days] : policy.days_by_source) {
    if (added) added = add(source, days);
  }
  if (!added) return added.error();
  return slices;
}

// Takes the mentions of one slice away, some thousand in a write, each with the mark how far it
// came: a kill in between is taken up by the next call.
Result<std::uint64_t> remove_slice(Store::State& state, const Slice& slice,
                                   const Retention& policy) {
  const auto goes = [&](std::string_view source) {
    return slice.source.empty() ? policy.days_by_source.find(source) == policy.days_by_source.end()
                                : source == slice.source;
  };
  Arena arena;
  std::uint64_t total = 0, removed = 0;
  for (std::uint64_t next = slice.after + 1; next <= slice.upto;) {
    std::uint64_t behind = next;
    const auto fill = [&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
      removed = 0;
      behind = slice.upto + 1;
      std::size_t seen = 0;
      const auto scan = database.scan(Family::feed);
      for (scan->Seek(to_slice(view(feed_key(next)))); scan->Valid(); scan->Next()) {
        const std::uint64_t seq = seq_of(to_view(scan->key()));
        if (seq > slice.upto) break;
        if (seen++ == kMentionsAtOnce) {
          behind = seq;
          break;
        }
        arena.reset();
        const auto mention = decode_mention(seq, to_view(scan->value()), arena);
        if (!mention) return mention.error();
        if (!goes(mention->post.source)) continue;
        out.Delete(database.family(Family::feed), scan->key());
        if (state.has_triage) {
          const auto id =
              parse_mention_id(mention_id(mention->post.source, mention->post.id, mention->brand));
          CHECK(id.has_value(), "a mention id is 32 hexadecimal digits");
          out.Delete(database.family(Family::desk), triage_key(*id));
        }
        state.copies.remove(seq);
        state.bursts.remove(seq);
        ++removed;
      }
      if (!scan->status().ok()) return to_error(scan->status(), "reading old mentions");
      out.Put(database.family(Family::meta), std::string(kRetainedPrefix) + slice.source,
              seq_bytes(behind - 1));
      if (removed == 0) return {};
      auto range = range_to_rewrite(database);
      if (!range) return range.error();
      range->add({next, behind - 1});
      out.Put(database.family(Family::meta), to_slice(kRewriteKey),
              seq_bytes(range->first) + seq_bytes(range->last));
      return {};
    };
    const auto written = write_synced(state, 0, fill);
    if (!written) return written.error();
    total += removed;
    next = behind;
    crash_point("retention.deleted");
  }
  return total;
}

// Deleting only hides: the log and the files that hold the text are written anew.
Result<void> compact(Store::State& state, const SeqRange& range) {
  const Gate::Lease lease(state.gate);
  if (lease.database() == nullptr) return lease.error();
  const Database& database = *lease.database();
  const FeedKey from = feed_key(range.first), to = feed_key(range.last);
  const rocksdb::Slice begin = to_slice(view(from)), end = to_slice(view(to));
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.exclusive_manual_compaction = false;
  auto status = database.flush_all();
  if (status.ok()) {
    status = database.db().CompactRange(options, database.family(Family::feed), &begin, &end);
  }
  if (status.ok()) return {};
  return to_error(status, "writing the files of old mentions anew");
}

Result<void> rewrite_files(Store::State& state, const SeqRange& range) {
  if (range.empty()) return {};
  if (const auto compacted = compact(state, range); !compacted) {
    // After work in the background that failed the handle may be one that must not write again.
    const std::lock_guard writing(state.writing);
    if (const auto reopened = state.reopen(); !reopened) return reopened.error();
    return compacted.error();
  }
  crash_point("retention.compacted");
  return write_synced(state, 0,
                      [](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
                        out.Delete(database.family(Family::meta), to_slice(kRewriteKey));
                        return {};
                      });
}

}  // namespace

Result<RetentionOutcome> Store::retain(const Retention& policy, Timestamp at) {
  std::vector<Slice> slices;
  SeqRange range;  // of which a call before was cut short
  const auto look = [&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
    const std::string today = day_key(at);
    const auto known = database.get(Family::meta, today);
    if (!known) return known.error();
    if (!*known) out.Put(database.family(Family::meta), today, seq_bytes(last_seq()));
    auto found = slices_of(database, policy, at);
    if (!found) return found.error();
    slices = *std::move(found);
    const auto left = range_to_rewrite(database);
    if (!left) return left.error();
    range = *left;
    return {};
  };
  if (const auto looked = write_synced(*state_, 0, look); !looked) return looked.error();
  crash_point("retention.marked");
  RetentionOutcome outcome;
  for (const Slice& slice : slices) {
    const auto removed = remove_slice(*state_, slice, policy);
    if (!removed) return removed.error();
    outcome.mentions += *removed;
    if (*removed > 0) range.add({slice.after + 1, slice.upto});
  }
  const auto rewritten = rewrite_files(*state_, range);
  if (!rewritten) return rewritten.error();
  return outcome;
}

Result<std::uint64_t> Store::stored_before(Timestamp at, std::int64_t days) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  return last_stored_before(*lease.database(), at, days);
}

}  // namespace passaparola::store
