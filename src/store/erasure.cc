// Erasure. Deleting in RocksDB only hides: the text stays in the log and the files until they are
// rewritten, and keys stay in the MANIFEST until the database is opened again.
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "store/author_brands.h"
#include "store/commit.h"

namespace passaparola::store {
namespace {

// Up to so many keys are compacted one by one; more of them as one range.
constexpr std::size_t kMaxSingleKeys = 64;
constexpr std::size_t kErasuresInCommit = 256;

rocksdb::CompactRangeOptions compaction() {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.exclusive_manual_compaction = false;
  return options;
}

// Rewrites every file that holds one of `keys`.
rocksdb::Status compact(const Database& database, Family family, std::vector<std::string> keys) {
  if (keys.empty()) return rocksdb::Status::OK();
  const rocksdb::CompactRangeOptions options = compaction();
  std::sort(keys.begin(), keys.end());
  const bool one_range = keys.size() > kMaxSingleKeys;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const rocksdb::Slice begin(one_range ? keys.front() : keys[i]);
    const rocksdb::Slice end(one_range ? keys.back() : keys[i]);
    const auto status = database.db().CompactRange(options, database.family(family), &begin, &end);
    if (!status.ok() || one_range) return status;
  }
  return rocksdb::Status::OK();
}

rocksdb::Status compact_all(const Database& database, Family family) {
  return database.db().CompactRange(compaction(), database.family(family), nullptr, nullptr);
}

Result<void> erase_files(Store::State& state, const ErasedKeys& erased) {
  const Gate::Lease lease(state.gate);
  if (lease.database() == nullptr) return lease.error();
  auto status = lease.database()->flush_all();
  for (const auto& [family, keys] : erased) {
    if (status.ok()) status = compact(*lease.database(), family, keys);
  }
  // All of them, which people have made and are few: nobody knows any more which mentions an edit
  // took away whose corrections may still lie in a file.
  if (status.ok()) status = compact_all(*lease.database(), Family::corrections);
  if (!status.ok()) return to_error(status, "erasing from the files of the store");
  return {};
}

// How many brands have mentions of the author. nullopt: the store has no trace of them at all.
Result<std::optional<std::uint64_t>> brands_of(Store::State& state, const KeyedHash& author) {
  const Gate::Lease lease(state.gate);
  if (lease.database() == nullptr) return lease.error();
  const auto known = state.author_state(*lease.database(), author);
  if (!known) return known.error();
  bool trace = *known != AuthorState::present;
  std::uint64_t brands = 0;
  const auto numbers = brands_of_author(*lease.database(), author);
  if (!numbers) return numbers.error();
  for (const BrandNumber number : *numbers) {
    trace = true;
    const auto profile = lease.database()->get(Family::mentions, view(author_key(number, author)));
    if (!profile) return profile.error();
    if (*profile) ++brands;
  }
  if (!trace) return std::optional<std::uint64_t>();
  return std::optional<std::uint64_t>(brands);
}

}  // namespace

Result<std::uint64_t> erase_authors(Store::State& state, std::span<const KeyedHash> authors) {
  std::uint64_t mentions = 0;
  ErasedKeys erased;
  for (std::size_t done = 0; done < authors.size();) {
    PreparedBatch batch;
    for (; done < authors.size() && batch.events.size() < kErasuresInCommit; ++done) {
      PreparedEvent& event = batch.events.emplace_back();
      event.op = PostOp::delete_author;
      event.author = authors[done];
    }
    const PreparedBatch* const batches[] = {&batch};
    ErasedKeys keys;
    const auto purged = commit_batches(state, batches, &keys);
    if (!purged) return purged.error();
    mentions += purged->front().deleted;
    for (auto& [family, more] : keys) {
      auto& all = erased[family];
      all.insert(all.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
    }
  }
  const auto files = erase_files(state, erased);
  // Also after a failed compaction: the handle may be one that must not write again.
  const auto reopened = [&] {
    const std::lock_guard writing(state.writing);
    return state.reopen();
  }();
  if (!files) return files.error();
  if (!reopened) return reopened.error();
  return mentions;
}

Result<ErasureProof> Store::forget(std::string_view source, std::string_view author_id) {
  const KeyedHash author = keyed_hash(state_->key, source, author_id);
  const auto brands = brands_of(*state_, author);
  if (!brands) return brands.error();
  if (!*brands) return fail(ErrorCode::not_found, "the store knows nothing of this author");
  const auto purged = erase_authors(*state_, std::span(&author, 1));
  if (!purged) return purged.error();
  return ErasureProof{*purged, **brands, now()};
}

}  // namespace passaparola::store
