// Ranks: an index that is behind the histories by what was marked or became due since. A mark lies
// in the same commit as what it stands for, so that whoever sees the one sees the other.
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/snapshot.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "core/crash_point.h"
#include "core/limits.h"
#include "store/commit.h"
#include "store/history_scan.h"

namespace passaparola::store {
namespace {

// Authors that are judged from one state of the database and written together. Commits go on while
// they are judged: what those change is marked.
constexpr std::size_t kAuthorsAtOnce = 2000;
constexpr std::size_t kKeysAtOnce = 20'000;  // of an earlier ranking, dropped together

Error damaged_rank() { return fail(ErrorCode::corrupt, "a rank of the store is damaged"); }

std::optional<RankPlace> place_of(const std::optional<Rank>& rank) {
  if (!rank) return std::nullopt;
  return RankPlace{rank->list, rank->value};
}

// The changes of some authors' ranks, which are written together.
class RankChanges {
 public:
  RankChanges(const Database& database, BrandNumber brand, rocksdb::WriteBatch& out)
      : database_(database),
        brand_(brand),
        family_(database.family(Family::ranks)),
        out_(out),
        next_revision_(database.db().GetLatestSequenceNumber() + 1) {}

  // `loss`: what their history lost since it was judged, which is told when their place changes.
  Result<void> replace(const KeyedHash& author, const std::optional<Rank>& rank,
                       Loss loss = Loss::none, Timestamp at = {}) {
    const std::string key = rank_entry_key(brand_, author);
    const auto stored = database_.get(Family::ranks, key);
    if (!stored) return stored.error();
    std::optional<Rank> before;
    if (*stored) {
      before = decode_rank(**stored);
      if (!before) return damaged_rank();
    }
    if (loss != Loss::none && place_of(before) != place_of(rank)) {
      Revision revision;
      revision.author.key = author;
      revision.reason = loss;
      revision.judged_at = at;
      revision.before = place_of(before);
      revision.after = place_of(rank);
      tell(revision);
    }
    if (before) {
      if (rank && *before == *rank) return {};
      remove(rank_place_key(brand_, before->list, before->value, author));
      if (before->due != kNeverDue) remove(rank_due_key(brand_, before->due, author));
      if (!rank) remove(key);
    }
    if (!rank) return {};
    out_.Put(family_, key, encode_rank(*rank));
    out_.Put(family_, rank_place_key(brand_, rank->list, rank->value, author), {});
    if (rank->due != kNeverDue) out_.Put(family_, rank_due_key(brand_, rank->due, author), {});
    return {};
  }

  void remove(const rocksdb::Slice& key) { out_.Delete(family_, key); }

 private:
  // RocksDB counts every key that is written: a later batch finds a larger number than those of
  // this one.
  void tell(const Revision& revision) {
    const std::string key = revision_key(brand_, next_revision_++);
    out_.Put(family_, key, encode_revision(revision));
    out_.Put(family_, revised_by_key(revision.author.key, key), {});
  }

  const Database& database_;
  BrandNumber brand_;
  rocksdb::ColumnFamilyHandle* family_;
  rocksdb::WriteBatch& out_;
  std::uint64_t next_revision_;
};

// How far a ranking has come: the keys that its next round begins at; empty: nothing is left.
struct Progress {
  std::string old, people, marks, due;

  bool done() const { return old.empty() && people.empty() && marks.empty() && due.empty(); }
};

// Drops what an earlier ranking left, key by key: a range of deleted keys would not be seen by
// scans (Database::scan).
Result<void> drop_old(rocksdb::Iterator& ranks, BrandNumber brand, RankChanges& changes,
                      Progress& progress) {
  std::size_t dropped = 0;
  for (const RankKind kind : {RankKind::entry, RankKind::place, RankKind::due, RankKind::mark}) {
    const std::string prefix = rank_prefix(kind, brand);
    for (ranks.Seek(std::max(prefix, progress.old));
         ranks.Valid() && ranks.key().starts_with(prefix); ranks.Next()) {
      if (dropped++ == kKeysAtOnce) {
        progress.old = ranks.key().ToString();
        return {};
      }
      changes.remove(ranks.key());
    }
    if (!ranks.status().ok()) return to_error(ranks.status(), "reading ranks");
  }
  progress.old.clear();
  return {};
}

// Every author of the brand from progress.people on whose aggregate passes `wanted`.
Result<void> rank_people(HistoryScan& scan, BrandNumber brand,
                         const std::function<bool(const AuthorAggregate&)>& wanted,
                         const RankJudge& judge, RankChanges& changes, Progress& progress) {
  const AuthorKey unknown = author_key(brand, KeyedHash{});
  const rocksdb::Slice prefix(unknown.data(), sizeof(BrandNumber));
  rocksdb::Iterator& people = *scan.people;
  people.Seek(progress.people);
  progress.people.clear();
  for (std::size_t ranked = 0; people.Valid() && people.key().starts_with(prefix);) {
    const auto profile = decode_profile(to_view(people.value()));
    if (!profile || people.key().size() != sizeof(AuthorKey)) return damaged_rank();
    if (ranked++ == kAuthorsAtOnce) {
      progress.people = people.key().ToString();
      return {};
    }
    const KeyedHash author = keyed_hash_at(to_view(people.key()), sizeof(BrandNumber));
    const AuthorKey key = author_key(brand, author);
    AuthorHistory history;
    history.aggregate = aggregate_of(*profile);
    if (wanted && !wanted(history.aggregate)) {
      scan.skip(key, history.aggregate.mentions);
      continue;
    }
    auto record = record_of(*profile, author);
    if (!record) return record.error();
    history.author = *std::move(record);
    if (const auto read = scan.read(key, history); !read) return read.error();
    if (const auto done = changes.replace(author, judge(history)); !done) return done.error();
  }
  if (!people.status().ok()) return to_error(people.status(), "reading the authors of a brand");
  return {};
}

// Of the value of a mark. Places where somebody is due have none.
Loss loss_of(std::string_view value) {
  if (value.empty()) return Loss::none;
  return static_cast<Loss>(
      std::min<std::size_t>(static_cast<unsigned char>(value.front()), kLossCount - 1));
}

// What was told so long ago that nobody asks for it any more.
Result<void> drop_old_revisions(const Database& database, BrandNumber brand, Timestamp at,
                                rocksdb::WriteBatch& out) {
  const std::string prefix = rank_prefix(RankKind::revision, brand);
  const Timestamp oldest{at.milliseconds - kRevisionDays * kMillisecondsPerDay};
  const auto scan = database.scan(Family::ranks);
  scan->Seek(prefix);
  for (std::size_t dropped = 0;
       dropped < kKeysAtOnce && scan->Valid() && scan->key().starts_with(prefix);
       ++dropped, scan->Next()) {
    const auto revision = decode_revision(to_view(scan->value()));
    if (!revision) return damaged_rank();
    if (revision->judged_at >= oldest) break;
    out.Delete(database.family(Family::ranks), scan->key());
    out.Delete(database.family(Family::ranks),
               revised_by_key(revision->author.key, to_view(scan->key())));
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading ranks");
  return {};
}

// Some of those who are marked, then of those who are due.
Result<void> rank_changed(HistoryScan& scan, BrandNumber brand, Timestamp at,
                          const RankJudge& judge, RankChanges& changes, Progress& progress) {
  std::vector<std::pair<KeyedHash, Loss>> authors;
  rocksdb::Iterator& ranks = *scan.ranks;
  const auto take = [&](std::string& from, RankKind kind, const auto& author_of) {
    const std::string prefix = rank_prefix(kind, brand);
    if (from.empty()) return;
    ranks.Seek(from);
    from.clear();
    for (; ranks.Valid() && ranks.key().starts_with(prefix); ranks.Next()) {
      const std::optional<KeyedHash> author = author_of(to_view(ranks.key()));
      if (!author) return;
      if (authors.size() >= kAuthorsAtOnce && authors.back().first != *author) {
        from = ranks.key().ToString();
        return;
      }
      authors.emplace_back(*author, loss_of(to_view(ranks.value())));
      if (kind == RankKind::mark) changes.remove(ranks.key());
    }
  };
  take(progress.marks, RankKind::mark,
       [](std::string_view key) { return std::optional(keyed_hash_at(key, kRankPrefixBytes)); });
  take(progress.due, RankKind::due, [&](std::string_view key) -> std::optional<KeyedHash> {
    const auto due = rank_due_of(key);
    if (!due || *due > at) return std::nullopt;
    return keyed_hash_at(key, kRankPrefixBytes + sizeof(std::int64_t));
  });
  if (!ranks.status().ok()) return to_error(ranks.status(), "reading ranks");
  std::sort(authors.begin(), authors.end());
  for (auto one = authors.begin(); one != authors.end(); ++one) {
    const auto& [author, loss] = *one;
    if (one + 1 != authors.end() && (one + 1)->first == author) continue;  // the greatest loss
    const auto history = scan.find(brand, author);
    if (!history) return history.error();
    auto rank = *history ? judge(**history) : std::nullopt;
    if (rank && rank->due <= at) rank->due = {at.milliseconds + 1};  // judged just now
    if (const auto done = changes.replace(author, rank, loss, at); !done) return done.error();
  }
  return {};
}

// The places of one list, best first.
struct PlaceScan {
  std::string prefix;
  std::unique_ptr<rocksdb::Iterator> at;

  bool valid() const { return at->Valid() && at->key().starts_with(prefix); }
  // Smaller keys are larger values.
  std::string_view value_and_author() const { return to_view(at->key()).substr(prefix.size()); }
};

}  // namespace

bool RankedBrands::contains(BrandNumber brand) const {
  const std::shared_lock lock(mutex_);
  return brands_.count(brand) != 0;
}

void RankedBrands::add(BrandNumber brand) {
  const std::unique_lock lock(mutex_);
  brands_.insert(brand);
}

Result<void> Store::update_ranks(std::string_view brand, std::string_view basis, Timestamp at,
                                 const std::function<bool(const AuthorAggregate&)>& wanted,
                                 const RankJudge& judge) {
  const std::lock_guard ranking(state_->ranking);
  const auto number = state_->brands.find(brand);
  if (!number) return {};
  const std::string meta_key = std::string(kRankedPrefix) + std::string(brand);
  // Whoever reads while writing could not wait for a reopening: each round is read, then written.
  // One that read somebody who was erased before it wrote is done again.
  Progress progress;
  const auto round = [&](const auto& work) -> Result<void> {
    const Progress before = progress;
    for (bool stale = true; stale;) {
      progress = before;
      stale = false;
      rocksdb::WriteBatch batch;
      const std::uint64_t erasures = state_->erasures;
      {
        const Gate::Lease lease(state_->gate);
        if (lease.database() == nullptr) return lease.error();
        if (const auto done = work(*lease.database(), batch); !done) return done.error();
      }
      if (batch.Count() == 0) return {};
      const auto fill = [&](const Database&, rocksdb::WriteBatch& out) -> Result<void> {
        stale = state_->erasures != erasures;
        if (!stale) out = batch;
        return {};
      };
      if (const auto done = write_synced(*state_, batch.GetDataSize(), fill); !done) return done;
    }
    return {};
  };
  bool anew = false;
  auto done = round([&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
    const auto known = database.get(Family::meta, meta_key);
    if (!known) return known.error();
    anew = !*known || **known != basis;
    if (!anew) {
      progress.marks = rank_prefix(RankKind::mark, *number);
      progress.due = rank_prefix(RankKind::due, *number);
      return drop_old_revisions(database, *number, at, out);
    }
    state_->ranked.add(*number);
    { const std::lock_guard writing(state_->writing); }  // commits from here on leave marks
    progress.people = rows_end(view(author_key(*number, KeyedHash{})));
    progress.old = rank_prefix(RankKind::entry, *number);
    out.Delete(database.family(Family::meta), meta_key);
    return {};
  });
  while (done && !progress.done()) {
    crash_point("ranks.written");
    done = round([&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
      HistoryScan scan(database, state_->hidden_people, true);
      if (scan.error()) return *scan.error();
      RankChanges changes(database, *number, out);
      if (!progress.old.empty()) return drop_old(*scan.ranks, *number, changes, progress);
      if (anew) return rank_people(scan, *number, wanted, judge, changes, progress);
      return rank_changed(scan, *number, at, judge, changes, progress);
    });
  }
  if (!done || !anew) return done;
  done = round([&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
    out.Put(database.family(Family::meta), meta_key, to_slice(basis));
    return {};
  });
  if (done) crash_point("ranks.noted");
  return done;
}

Result<void> Store::visit_ranks(
    std::string_view brand, std::span<const std::uint8_t> lists,
    const std::function<bool(const Rank&, AuthorHistory&&)>& visit) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const Database& database = *lease.database();
  const auto number = state_->brands.find(brand);
  if (!number) return {};
  HistoryScan scan(database, state_->hidden_people);
  if (scan.error()) return *scan.error();
  std::vector<PlaceScan> places;  // of one state, in which everybody has one place
  rocksdb::ManagedSnapshot snapshot(&database.db());
  rocksdb::ReadOptions options = scan_options();
  options.snapshot = snapshot.snapshot();
  for (const std::uint8_t list : lists) {
    PlaceScan& place = places.emplace_back();
    place.prefix = rank_prefix(RankKind::place, *number) + static_cast<char>(list);
    place.at.reset(database.db().NewIterator(options, database.family(Family::ranks)));
    place.at->Seek(place.prefix);
  }
  while (true) {
    PlaceScan* best = nullptr;
    for (PlaceScan& place : places) {
      if (!place.at->status().ok()) return to_error(place.at->status(), "reading ranks");
      if (!place.valid()) continue;
      if (best == nullptr || place.value_and_author() < best->value_and_author()) best = &place;
    }
    if (best == nullptr) return {};
    const KeyedHash author = keyed_hash_at(best->value_and_author(), sizeof(double));
    best->at->Next();
    const auto state = state_->author_state(database, author);
    if (!state) return state.error();
    if (*state != AuthorState::present) continue;
    const auto stored = database.get(Family::ranks, rank_entry_key(*number, author));
    if (!stored) return stored.error();
    const auto rank = *stored ? decode_rank(**stored) : std::nullopt;
    if (*stored && !rank) return damaged_rank();
    auto history = scan.find(*number, author);
    if (!history) return history.error();
    if (!rank || !*history) continue;  // changed since the places were read
    if (!visit(*rank, *std::move(*history))) return {};
  }
}

Result<RevisionPage> Store::revisions(std::string_view brand, std::uint64_t after,
                                      std::size_t limit) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const Database& database = *lease.database();
  RevisionPage page;
  page.next_after = after;
  const auto number = state_->brands.find(brand);
  if (!number || after == UINT64_MAX) return page;
  const std::string prefix = rank_prefix(RankKind::revision, *number);
  const auto scan = database.scan(Family::ranks);
  for (scan->Seek(revision_key(*number, after + 1));
       scan->Valid() && scan->key().starts_with(prefix); scan->Next()) {
    page.more = page.revisions.size() == limit;
    if (page.more) break;
    auto revision = decode_revision(to_view(scan->value()));
    const auto key = revision_number(to_view(scan->key()));
    if (!revision || !key) return damaged_rank();
    page.next_after = revision->number = *key;
    const KeyedHash author = revision->author.key;
    const auto state = state_->author_state(database, author);
    if (!state) return state.error();
    if (*state != AuthorState::present) continue;
    const auto value = database.get(Family::mentions, view(author_key(*number, author)));
    if (!value) return value.error();
    if (*value) {
      const auto profile = decode_profile(**value);
      if (!profile) return damaged_rank();
      auto record = record_of(*profile, author);
      if (!record) return record.error();
      revision->author = *std::move(record);
    }
    page.revisions.push_back(*std::move(revision));
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading ranks");
  return page;
}

Result<std::optional<Rank>> Store::rank(std::string_view brand, const KeyedHash& author) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const auto number = state_->brands.find(brand);
  if (!number) return std::optional<Rank>();
  const auto stored = lease.database()->get(Family::ranks, rank_entry_key(*number, author));
  if (!stored) return stored.error();
  if (!*stored) return std::optional<Rank>();
  auto rank = decode_rank(**stored);
  if (!rank) return damaged_rank();
  return rank;
}

}  // namespace passaparola::store
