// Ranks: an index that is behind the histories by what was marked or became due since. A mark lies
// in the same commit as what it stands for, so that whoever sees the one sees the other.
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/snapshot.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <vector>

#include "store/history_scan.h"

namespace passaparola::store {
namespace {

// Authors of one WriteBatch, and of one state of the database that is read.
constexpr std::size_t kAuthorsAtOnce = 2000;

Error damaged_rank() { return fail(ErrorCode::corrupt, "a rank of the store is damaged"); }

// The bytes that sort behind every key of `prefix`.
std::string behind(std::string prefix) {
  while (static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

// The changes of some authors' ranks, written together.
class RankWriter {
 public:
  RankWriter(Store::State& state, const Database& database, BrandNumber brand)
      : state_(state),
        database_(database),
        brand_(brand),
        family_(database.family(Family::ranks)) {}

  Result<void> replace(const KeyedHash& author, const std::optional<Rank>& rank) {
    const std::string key = rank_entry_key(brand_, author);
    const auto stored = database_.get(Family::ranks, key);
    if (!stored) return stored.error();
    if (*stored) {
      const auto before = decode_rank(**stored);
      if (!before) return damaged_rank();
      if (rank && *before == *rank) return {};
      batch_.Delete(family_, rank_place_key(brand_, before->list, before->value, author));
      batch_.Delete(family_, rank_due_key(brand_, before->due, author));
      if (!rank) batch_.Delete(family_, key);
    }
    if (!rank) return {};
    batch_.Put(family_, key, encode_rank(*rank));
    batch_.Put(family_, rank_place_key(brand_, rank->list, rank->value, author), {});
    batch_.Put(family_, rank_due_key(brand_, rank->due, author), {});
    return {};
  }

  void remove(const rocksdb::Slice& key) { batch_.Delete(family_, key); }

  // Takes everything of the brand away.
  void clear() {
    for (const RankKind kind : {RankKind::entry, RankKind::place, RankKind::due, RankKind::mark}) {
      const std::string prefix = rank_prefix(kind, brand_);
      batch_.DeleteRange(family_, prefix, behind(prefix));
    }
  }

  void set_meta(const std::string& key, std::string_view value) {
    batch_.Put(database_.family(Family::meta), key, to_slice(value));
  }
  void remove_meta(const std::string& key) { batch_.Delete(database_.family(Family::meta), key); }

  Result<void> write() {
    if (batch_.Count() == 0) return {};
    const auto status = database_.db().Write(rocksdb::WriteOptions(), &batch_);
    batch_.Clear();
    if (!status.ok()) {
      failed_ = true;
      return to_error(status, "writing ranks to the store " + state_.path.string());
    }
    return {};
  }
  bool failed() const { return failed_; }

 private:
  Store::State& state_;
  const Database& database_;
  BrandNumber brand_;
  rocksdb::ColumnFamilyHandle* family_;
  rocksdb::WriteBatch batch_;
  bool failed_ = false;
};

// Every author of the brand whose aggregate passes `wanted`.
Result<void> rank_anew(HistoryScan& scan, BrandNumber brand,
                       const std::function<bool(const AuthorAggregate&)>& wanted,
                       const RankJudge& judge, RankWriter& out) {
  const AuthorKey unknown = author_key(brand, KeyedHash{});
  const rocksdb::Slice prefix(unknown.data(), sizeof(BrandNumber));
  rocksdb::Iterator& people = *scan.people;
  people.Seek(rows_end(view(unknown)));
  for (std::size_t ranked = 0; people.Valid() && people.key().starts_with(prefix);) {
    const auto profile = decode_profile(to_view(people.value()));
    if (!profile || people.key().size() != sizeof(AuthorKey)) return damaged_rank();
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
    if (const auto done = out.replace(author, judge(history)); !done) return done.error();
    if (++ranked % kAuthorsAtOnce != 0) continue;
    if (const auto written = out.write(); !written) return written.error();
  }
  if (!people.status().ok()) return to_error(people.status(), "reading the authors of a brand");
  return {};
}

// At most kAuthorsAtOnce of those who are marked or due. False: there are no more.
Result<bool> rank_changed(HistoryScan& scan, BrandNumber brand, Timestamp at,
                          const RankJudge& judge, RankWriter& out) {
  std::vector<KeyedHash> authors;
  const auto is_enough = [&](const KeyedHash& next) {
    return authors.size() == kAuthorsAtOnce && authors.back() != next;
  };
  const std::string marks = rank_prefix(RankKind::mark, brand);
  bool more = false;
  for (scan.ranks->Seek(marks); scan.ranks->Valid() && scan.ranks->key().starts_with(marks);
       scan.ranks->Next()) {
    const KeyedHash author = keyed_hash_at(to_view(scan.ranks->key()), marks.size());
    more = is_enough(author);
    if (more) break;
    if (authors.empty() || authors.back() != author) authors.push_back(author);
    out.remove(scan.ranks->key());
  }
  const std::string due = rank_prefix(RankKind::due, brand);
  if (!more) {
    for (scan.ranks->Seek(due); scan.ranks->Valid() && scan.ranks->key().starts_with(due);
         scan.ranks->Next()) {
      const auto when = rank_due_of(to_view(scan.ranks->key()));
      if (!when) return damaged_rank();
      if (*when > at) break;
      const KeyedHash author =
          keyed_hash_at(to_view(scan.ranks->key()), due.size() + sizeof(std::int64_t));
      more = is_enough(author);
      if (more) break;
      authors.push_back(author);
    }
  }
  if (!scan.ranks->status().ok()) return to_error(scan.ranks->status(), "reading ranks");
  std::sort(authors.begin(), authors.end());
  authors.erase(std::unique(authors.begin(), authors.end()), authors.end());
  for (const KeyedHash& author : authors) {
    const auto history = scan.find(brand, author);
    if (!history) return history.error();
    auto rank = *history ? judge(**history) : std::nullopt;
    if (rank && rank->due <= at) rank->due = {at.milliseconds + 1};  // judged just now
    if (const auto done = out.replace(author, rank); !done) return done.error();
  }
  return more;
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
  bool failed = false;
  const auto update = [&]() -> Result<void> {
    const Gate::Lease lease(state_->gate);
    if (lease.database() == nullptr) return lease.error();
    const Database& database = *lease.database();
    RankWriter out(*state_, database, *number);
    const auto finish = [&](Result<void> done) {
      failed = out.failed();
      return done;
    };
    const std::string meta_key = std::string(kRankedPrefix) + std::string(brand);
    const auto known = database.get(Family::meta, meta_key);
    if (!known) return known.error();
    if (!*known || **known != basis) {
      state_->ranked.add(*number);
      { const std::lock_guard writing(state_->writing); }  // commits from here on leave marks
      out.clear();
      out.remove_meta(meta_key);
      HistoryScan scan(database);
      if (scan.error()) return *scan.error();
      auto done = out.write();
      if (done) done = rank_anew(scan, *number, wanted, judge, out);
      if (!done) return finish(done);
      out.set_meta(meta_key, basis);
      return finish(out.write());
    }
    for (bool more = true; more;) {
      HistoryScan scan(database);
      if (scan.error()) return *scan.error();
      const auto ranked = rank_changed(scan, *number, at, judge, out);
      if (!ranked) return ranked.error();
      more = *ranked;
      if (const auto written = out.write(); !written) return finish(written);
    }
    return {};
  };
  const auto updated = update();
  if (failed) {
    const std::lock_guard writing(state_->writing);
    const auto reopened = state_->reopen();
    if (!reopened) return reopened.error();
  }
  return updated;
}

Result<void> Store::visit_ranks(
    std::string_view brand, std::span<const std::uint8_t> lists,
    const std::function<bool(const Rank&, AuthorHistory&&)>& visit) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const Database& database = *lease.database();
  const auto number = state_->brands.find(brand);
  if (!number) return {};
  HistoryScan scan(database);
  if (scan.error()) return *scan.error();
  std::vector<PlaceScan> places;  // of one state, in which everybody has one place
  rocksdb::ManagedSnapshot snapshot(&database.db());
  rocksdb::ReadOptions options;
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

}  // namespace passaparola::store
