// What people do with mentions, and the small records that the server keeps beside them.
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include <algorithm>

#include "core/check.h"
#include "core/limits.h"
#include "store/commit.h"
#include "store/desk_codec.h"

namespace passaparola::store {
namespace {

std::string record_key(RecordKind kind, std::string_view key) {
  CHECK(key.size() <= kMaxRecordKeyBytes, "the key of a record is short");
  return std::string(1, static_cast<char>(kind)).append(key);
}

// Adds what `change` does as one step. False: it changes nothing.
bool take_step(const TriageChange& change, Triage& triage) {
  TriageStep step;
  step.state = change.state.value_or(triage.state());
  step.assignee = change.assignee.value_or(std::string(triage.assignee()));
  step.note = change.note;
  step.by = change.by;
  step.at = change.at;
  const bool moves = step.state != triage.state();
  if (!moves && step.assignee == triage.assignee() && step.note.empty()) return false;
  if (moves || triage.steps.empty()) triage.state_since = change.at;
  ++triage.version;
  triage.steps.push_back(std::move(step));
  if (triage.steps.size() > kMaxTriageSteps) triage.steps.erase(triage.steps.begin());
  return true;
}

}  // namespace

void StoredMention::set_triage(Triage triage) {
  triage_ = std::make_unique<Triage>(std::move(triage));
  mention_.triage = triage_.get();
}

Result<std::vector<TriageOutcome>> Store::triage(std::span<const std::string> mention_ids,
                                                 const TriageChange& change) {
  std::vector<TriageOutcome> outcomes;
  const auto fill = [&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
    outcomes.assign(mention_ids.size(), {});
    for (std::size_t i = 0; i < mention_ids.size(); ++i) {
      TriageOutcome& outcome = outcomes[i];
      const auto known = mention(mention_ids[i]);
      if (!known && known.error().code == ErrorCode::not_found) continue;
      if (!known) return known.error();
      outcome.is_found = true;
      outcome.brand = (*known)->brand;
      if ((*known)->triage != nullptr) outcome.triage = *(*known)->triage;
      outcome.is_stale = change.over && *change.over != outcome.triage.version;
      if (outcome.is_stale) continue;
      outcome.is_changed = take_step(change, outcome.triage);
      if (!outcome.is_changed) continue;
      const auto id = parse_mention_id(mention_ids[i]);
      CHECK(id.has_value(), "a stored mention has an id");
      std::string value;
      encode_triage(outcome.triage, value);
      out.Put(database.family(Family::desk), triage_key(*id), value);
      state_->has_triage = true;
    }
    return {};
  };
  const auto written = write_synced(*state_, change.note.size() * mention_ids.size(), fill);
  if (!written) return written.error();
  return outcomes;
}

Result<void> Store::put_record(RecordKind kind, std::string_view key, std::string_view value) {
  CHECK(value.size() <= kMaxRecordBytesKept, "a record is small");
  const auto fill = [&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
    out.Put(database.family(Family::desk), record_key(kind, key), to_slice(value));
    return {};
  };
  return write_synced(*state_, value.size(), fill);
}

Result<void> Store::delete_records(RecordKind kind, std::span<const std::string> keys) {
  return change_records(kind, {}, keys);
}

Result<void> Store::change_records(RecordKind kind, std::span<const Record> put,
                                   std::span<const std::string> deleted) {
  std::size_t bytes = 0;
  for (const Record& record : put) {
    CHECK(record.value.size() <= kMaxRecordBytesKept, "a record is small");
    bytes += record.value.size();
  }
  const auto fill = [&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
    rocksdb::ColumnFamilyHandle* const family = database.family(Family::desk);
    for (const std::string& key : deleted) out.Delete(family, record_key(kind, key));
    for (const Record& record : put) out.Put(family, record_key(kind, record.key), record.value);
    return {};
  };
  return write_synced(*state_, bytes, fill);
}

Result<std::optional<std::string>> Store::record(RecordKind kind, std::string_view key) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  return lease.database()->get(Family::desk, record_key(kind, key));
}

Result<void> Store::visit_records(RecordKind kind, std::string_view after,
                                  const VisitRecord& visit) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const std::string from = record_key(kind, after);
  const auto scan = lease.database()->scan(Family::desk);
  for (scan->Seek(from); scan->Valid(); scan->Next()) {
    std::string_view key = to_view(scan->key());
    if (key.front() != static_cast<char>(kind)) break;
    if (key == from) continue;
    key.remove_prefix(1);
    if (!visit(key, to_view(scan->value()))) return {};
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading the records of the store");
  return {};
}

}  // namespace passaparola::store
