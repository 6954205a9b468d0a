// The writer: one synced WriteBatch a commit, a look at the free space before, and a new database
// handle after a write that failed.
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/write_batch.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <optional>

#include "core/check.h"
#include "core/crash_point.h"
#include "store/commit.h"
#include "store/plan.h"

namespace passaparola::store {
namespace {

// What a mention puts into a commit beside its value: five keys with their small values.
constexpr std::size_t kIndexBytesPerMention = 512;

// Of a push of some dozen posts.
constexpr std::uint64_t kSmallCommitBytes = 64 << 10;

// What a commit may come to take on disk: the log now, the files later.
constexpr std::uint64_t kDiskBytesPerByte = 4;

Result<void> check_free_space(const Store::State& state, std::uint64_t bytes) {
  struct statvfs disk {};
  if (::statvfs(state.path.c_str(), &disk) != 0) {
    return fail(ErrorCode::io, "cannot ask how much space " + state.path.string() + " has");
  }
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const std::uint64_t wanted = state.options.min_free_bytes + kDiskBytesPerByte * bytes;
  if (free >= wanted) return {};
  return fail(ErrorCode::no_space,
              fmt::format("{} has {} MiB free and needs {} MiB: free some, then writing goes on",
                          state.path.string(), free >> 20, wanted >> 20));
}

Result<void> ensure_open(Store::State& state) {
  {
    const Gate::Lease lease(state.gate);
    if (lease.database() != nullptr) return {};
  }
  return state.reopen();
}

// One try. `write_failed`: the database refused it, and its handle is done with.
Result<void> write(Store::State& state, const Fill& fill, bool& write_failed) {
  const Gate::Lease lease(state.gate);
  if (lease.database() == nullptr) return lease.error();
  rocksdb::WriteBatch batch;
  const auto filled = fill(*lease.database(), batch);
  if (!filled || batch.Count() == 0) return filled;
  // By default RocksDB counts every comparison of keys, and nobody reads the counts.
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  rocksdb::WriteOptions options;
  options.sync = state.options.sync;
  crash_point("commit.planned");
  const auto status = lease.database()->db().Write(options, &batch);
  if (status.ok()) {
    if (options.sync) state.witness.note(lease.database()->db().GetLatestSequenceNumber());
    crash_point("commit.written");
    return {};
  }
  write_failed = true;
  return to_error(status, "writing to the store " + state.path.string());
}

// What a plan has put into memory of what was not written.
void forget_planned(Store::State& state) {
  state.records.clear();
  state.copies.clear();
  state.bursts.clear();
}

// `before`: the last seq, as it was.
void tell(Store::State& state, const CommitPlan& plan, std::uint64_t before) {
  std::vector<std::function<void(const FeedChange&)>> listeners;
  {
    const std::lock_guard lock(state.listeners_mutex);
    listeners = state.listeners;
  }
  if (listeners.empty()) return;
  const FeedChange change = plan.change();
  if (change.last_seq == before && change.withdrawn.empty() && !change.rewrites) return;
  for (const auto& listener : listeners) listener(change);
}

// What `batches` would come to.
Result<Outcomes> plan_only(Store::State& state, std::span<const PreparedBatch* const> batches) {
  const std::lock_guard writing(state.writing);
  const Gate::Lease lease(state.gate);
  if (lease.database() == nullptr) return lease.error();
  rocksdb::WriteBatch out;
  auto outcomes = CommitPlan(state, *lease.database(), false, true).build(batches, out);
  forget_planned(state);
  return outcomes;
}

}  // namespace

Result<void> write_synced(Store::State& state, std::uint64_t bytes, const Fill& fill) {
  const std::lock_guard writing(state.writing);
  const auto space = check_free_space(state, bytes);
  if (!space) return space.error();
  const auto opened = ensure_open(state);
  if (!opened) return opened.error();
  // RocksDB aborts the process at the next write after a failed one: its handle is done with. What
  // failed may have been work in the background while the disk was still full, so that there is a
  // second try; a commit may be repeated.
  constexpr int kTries = 2;
  Result<void> written;
  bool write_failed = true;
  for (int i = 0; i < kTries && write_failed; ++i) {
    write_failed = false;
    written = write(state, fill, write_failed);
    if (!write_failed) break;
    const auto reopened = state.reopen();
    if (!reopened) return reopened.error();
  }
  return written;
}

Result<Outcomes> commit_batches(Store::State& state, std::span<const PreparedBatch* const> batches,
                                ErasedKeys* erased) {
  std::uint64_t bytes = 0;
  std::size_t mentions = 0;
  for (const PreparedBatch* batch : batches) {
    bytes += batch->bytes();
    mentions += batch->mentions.size();
  }
  std::optional<CommitPlan> plan;
  Outcomes outcomes;
  const auto fill = [&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
    out = rocksdb::WriteBatch(bytes + mentions * kIndexBytesPerMention);
    plan.emplace(state, database, erased != nullptr);
    auto built = plan->build(batches, out);
    if (!built) {
      forget_planned(state);
      return built.error();
    }
    outcomes = *std::move(built);
    return {};
  };
  const auto written = write_synced(state, bytes, fill);
  if (!written) return written.error();
  for (const auto& [brand, number] : plan->new_brands()) state.brands.add(brand, number);
  const std::uint64_t before = state.last_seq.exchange(plan->last_seq(), std::memory_order_acq_rel);
  if (erased != nullptr) *erased = plan->erased();
  tell(state, *plan, before);
  return outcomes;
}

CommitOutcome& CommitOutcome::operator+=(const CommitOutcome& other) {
  if (first_seq == 0) first_seq = other.first_seq;
  if (other.last_seq != 0) last_seq = other.last_seq;
  mentions += other.mentions;
  duplicates += other.duplicates;
  updated += other.updated;
  deleted += other.deleted;
  rescored += other.rescored;
  looked_at += other.looked_at;
  return *this;
}

Result<std::vector<CommitOutcome>> Store::commit(std::span<const PreparedBatch* const> batches) {
  return commit_batches(*state_, batches, nullptr);
}

Result<CommitOutcome> Store::rescore(const PreparedBatch& batch, bool dry_run) {
  const bool stored = std::all_of(batch.events.begin(), batch.events.end(),
                                  [](const PreparedEvent& event) { return event.stored_seq != 0; });
  CHECK(stored, "only what is stored is scored again");
  const PreparedBatch* const batches[] = {&batch};
  const auto outcomes =
      dry_run ? plan_only(*state_, batches) : commit_batches(*state_, batches, nullptr);
  if (!outcomes) return outcomes.error();
  return outcomes->front();
}

bool Store::can_write() const { return bool(check_free_space(*state_, kSmallCommitBytes)); }

}  // namespace passaparola::store
