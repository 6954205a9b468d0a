// Erasure. Deleting in RocksDB only hides: the text stays in the log and the files until they are
// rewritten, and keys stay in the MANIFEST until the database is opened again.
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "core/crash_point.h"
#include "store/author_brands.h"
#include "store/bytes.h"
#include "store/commit.h"
#include "store/erasure.h"

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

// Every file where nobody knows which keys are meant.
Result<void> erase_files(Store::State& state, const ErasedKeys* erased) {
  const Gate::Lease lease(state.gate);
  if (lease.database() == nullptr) return lease.error();
  auto status = lease.database()->flush_all();
  if (erased == nullptr) {
    for (std::size_t i = 0; i < kFamilyCount && status.ok(); ++i) {
      status = compact_all(*lease.database(), static_cast<Family>(i));
    }
  } else {
    for (const auto& [family, keys] : *erased) {
      if (status.ok()) status = compact(*lease.database(), family, keys);
    }
    // All of them, which people have made and are few: nobody knows any more which mentions an edit
    // took away whose corrections or notes may still lie in a file.
    for (const Family family : {Family::corrections, Family::desk}) {
      if (status.ok()) status = compact_all(*lease.database(), family);
    }
  }
  if (!status.ok()) return to_error(status, "erasing from the files of the store");
  return {};
}

template <typename Visit>
Result<void> visit_proofs(const Database& database, std::string_view prefix, Visit visit) {
  const auto scan = database.scan(Family::meta);
  for (scan->Seek(to_slice(prefix)); scan->Valid() && scan->key().starts_with(to_slice(prefix));
       scan->Next()) {
    auto proof = decode_erasure(to_view(scan->value()));
    if (!proof || scan->key().size() != prefix.size() + sizeof(KeyedHash)) {
      return fail(ErrorCode::corrupt, "the proof of an erasure is damaged");
    }
    proof->author = keyed_hash_at(to_view(scan->key()), prefix.size());
    proof->finished = prefix == kErasedPrefix;
    if (!visit(*proof)) return {};
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading the proofs of erasures");
  return {};
}

// Whatever was being erased is.
Result<void> note_finished(Store::State& state) {
  const auto fill = [](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
    auto* const meta = database.family(Family::meta);
    return visit_proofs(database, kErasingPrefix, [&](const ErasureProof& proof) {
      out.Delete(meta, erasing_key(proof.author));
      out.Put(meta, erased_key(proof.author), encode_erasure(proof));
      return true;
    });
  };
  return write_synced(state, 0, fill);
}

// Gets what is purged out of the files. `erased`: null when the keys are not known.
Result<void> finish(Store::State& state, const ErasedKeys* erased) {
  const auto files = erase_files(state, erased);
  if (files) crash_point("erase.compacted");
  // Also after a failed compaction: the handle may be one that must not write again.
  const auto reopened = [&] {
    const std::lock_guard writing(state.writing);
    return state.reopen();
  }();
  if (!files) return files.error();
  if (!reopened) return reopened.error();
  crash_point("erase.reopened");
  return note_finished(state);
}

Result<bool> is_being_erased(const Store::State& state) {
  const Gate::Lease lease(state.gate);
  if (lease.database() == nullptr) return lease.error();
  bool any = false;
  const auto looked = visit_proofs(*lease.database(), kErasingPrefix, [&](const ErasureProof&) {
    any = true;
    return false;
  });
  if (!looked) return looked.error();
  return any;
}

Result<std::optional<ErasureProof>> proof_of(const Store::State& state, const KeyedHash& author) {
  const Gate::Lease lease(state.gate);
  if (lease.database() == nullptr) return lease.error();
  const auto value = lease.database()->get(Family::meta, erased_key(author));
  if (!value) return value.error();
  if (!*value) return std::optional<ErasureProof>();
  auto proof = decode_erasure(**value);
  if (!proof) return fail(ErrorCode::corrupt, "the proof of an erasure is damaged");
  proof->author = author;
  proof->finished = true;
  return proof;
}

// What the store has of an author.
enum class Trace { none, some, deleted };

Result<Trace> trace_of(const Store::State& state, const KeyedHash& author) {
  const Gate::Lease lease(state.gate);
  if (lease.database() == nullptr) return lease.error();
  const auto known = state.author_state(*lease.database(), author);
  if (!known) return known.error();
  if (*known == AuthorState::deleted) return Trace::deleted;
  if (*known != AuthorState::present) return Trace::some;
  const auto brands = brands_of_author(*lease.database(), author);
  if (!brands) return brands.error();
  return brands->empty() ? Trace::none : Trace::some;
}

}  // namespace

std::string encode_erasure(const ErasureProof& proof) {
  std::string bytes(1 + 3 * kMaxVarintBytes, '\0');
  ByteWriter to(bytes.data());
  to.byte(1);
  to.signed_varint(proof.erased_at.milliseconds);
  to.varint(proof.mentions);
  to.varint(proof.brands);
  bytes.resize(static_cast<std::size_t>(to.position() - bytes.data()));
  return bytes;
}

std::optional<ErasureProof> decode_erasure(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != 1) return std::nullopt;
  ErasureProof proof;
  proof.erased_at.milliseconds = in.signed_varint();
  proof.mentions = in.varint();
  proof.brands = in.varint();
  if (!in.done()) return std::nullopt;
  return proof;
}

std::string erasing_key(const KeyedHash& author) {
  return std::string(kErasingPrefix).append(author.data(), author.size());
}

std::string erased_key(const KeyedHash& author) {
  return std::string(kErasedPrefix).append(author.data(), author.size());
}

Result<void> resume_erasures(Store::State& state) {
  const auto any = is_being_erased(state);
  if (!any) return any.error();
  if (!*any) return {};
  if (state.options.say) state.options.say("finishing an erasure that was interrupted");
  return finish(state, nullptr);
}

Result<std::uint64_t> erase_authors(Store::State& state, std::span<const KeyedHash> authors,
                                    bool knows_keys) {
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
  crash_point("erase.marked");
  const auto finished = finish(state, knows_keys ? &erased : nullptr);
  if (!finished) return finished.error();
  return mentions;
}

Result<std::vector<std::optional<ErasureProof>>> Store::forget(std::span<const AuthorId> authors) {
  std::vector<KeyedHash> keys, wanted;
  bool knows_keys = true;
  for (const AuthorId& author : authors) {
    const KeyedHash& key = keys.emplace_back(keyed_hash(state_->key, author.source, author.id));
    const auto proof = proof_of(*state_, key);
    if (!proof) return proof.error();
    if (*proof) continue;
    const auto trace = trace_of(*state_, key);
    if (!trace) return trace.error();
    if (*trace == Trace::none) continue;
    wanted.push_back(key);
    // A delete that a feed brought, or an erasure that did not end, left bytes who knows where.
    knows_keys &= *trace != Trace::deleted;
  }
  if (!wanted.empty()) {
    const auto erased = erase_authors(*state_, wanted, knows_keys);
    if (!erased) return erased.error();
  }
  std::vector<std::optional<ErasureProof>> proofs;
  for (const KeyedHash& key : keys) {
    auto proof = proof_of(*state_, key);
    if (!proof) return proof.error();
    proofs.push_back(*std::move(proof));
  }
  return proofs;
}

Result<ErasureProof> Store::forget(std::string_view source, std::string_view author_id) {
  const AuthorId author{std::string(source), std::string(author_id)};
  const auto proofs = forget(std::span(&author, 1));
  if (!proofs) return proofs.error();
  if (proofs->front()) return *proofs->front();
  return fail(ErrorCode::not_found, "the store knows nothing of this author");
}

Result<void> Store::visit_erasures(const std::function<bool(const ErasureProof&)>& visit) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  return visit_proofs(*lease.database(), kErasedPrefix, visit);
}

}  // namespace passaparola::store
