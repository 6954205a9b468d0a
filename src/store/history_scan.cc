#include "store/history_scan.h"

#include <rocksdb/db.h>
#include <rocksdb/iterator.h>

#include <utility>
#include <vector>

namespace passaparola::store {
namespace {

Error damaged_row() { return fail(ErrorCode::corrupt, "a row of the store is damaged"); }

// Fewer rows than this are stepped over, more of them are jumped.
constexpr std::uint64_t kRowsToStep = 16;

template <typename Take>
Result<void> rows(rocksdb::Iterator& scan, const AuthorKey& author, Take take) {
  const rocksdb::Slice prefix = to_slice(view(author));
  for (; scan.Valid() && scan.key().starts_with(prefix); scan.Next()) {
    const auto row = parse_row_key(to_view(scan.key()));
    if (!row || !take(*row, to_view(scan.value()))) return damaged_row();
  }
  if (!scan.status().ok()) return to_error(scan.status(), "reading a history");
  return {};
}

}  // namespace

HistoryScan::HistoryScan(const Database& database, const HiddenPeople& hidden, bool with_ranks,
                         const rocksdb::Snapshot* snapshot)
    : hidden_(hidden) {
  std::vector<rocksdb::ColumnFamilyHandle*> families{database.family(Family::mentions),
                                                     database.family(Family::responses)};
  if (with_ranks) families.push_back(database.family(Family::ranks));
  std::vector<rocksdb::Iterator*> made;
  rocksdb::ReadOptions options = scan_options();
  options.snapshot = snapshot;
  const auto status = database.db().NewIterators(options, families, &made);
  if (!status.ok()) {
    error_ = to_error(status, "reading the store");
    return;
  }
  people.reset(made[0]);
  responses_.reset(made[1]);
  if (with_ranks) ranks.reset(made[2]);
}

HistoryScan::~HistoryScan() = default;

Result<void> HistoryScan::read(const AuthorKey& author, AuthorHistory& history) {
  people->Next();
  const auto of_mentions = rows(*people, author, [&](const Row& row, std::string_view value) {
    const auto stored = decode_row(value);
    if (!stored) return false;
    MentionFacts& facts = history.mentions.emplace_back(stored->facts);
    facts.seq = row.seq;
    facts.created_at = row.created_at;
    return true;
  });
  if (!of_mentions) return of_mentions.error();
  responses_->Seek(to_slice(view(author)));
  return rows(*responses_, author, [&](const Row& row, std::string_view value) {
    const auto stored = decode_response(value);
    if (!stored) return false;
    if (hidden_.contains(stored->responder)) return true;
    ResponseFacts& facts = history.responses.emplace_back(*stored);
    facts.seq = row.seq;
    facts.created_at = row.created_at;
    return true;
  });
}

Result<std::optional<AuthorHistory>> HistoryScan::find(BrandNumber brand, const KeyedHash& author) {
  const AuthorKey key = author_key(brand, author);
  people->Seek(to_slice(view(key)));
  if (!people->status().ok()) return to_error(people->status(), "reading a history");
  if (!people->Valid() || people->key() != to_slice(view(key))) {
    return std::optional<AuthorHistory>();
  }
  const auto profile = decode_profile(to_view(people->value()));
  if (!profile) return damaged_row();
  auto record = record_of(*profile, author);
  if (!record) return record.error();
  std::optional<AuthorHistory> history(std::in_place);
  history->author = std::move(*record);
  history->aggregate = aggregate_of(*profile);
  const auto done = read(key, *history);
  if (!done) return done.error();
  return history;
}

void HistoryScan::skip(const AuthorKey& author, std::uint64_t rows) {
  if (rows > kRowsToStep) {
    people->Seek(rows_end(view(author)));
  } else {
    people->Next();
  }
  while (people->Valid() && people->key().starts_with(to_slice(view(author)))) people->Next();
}

Result<AuthorRecord> record_of(const Profile& profile, const KeyedHash& author) {
  AuthorRecord record;
  if (!profile.record.empty()) {
    auto decoded = decode_record(profile.record);
    if (!decoded) return damaged_row();
    record = std::move(*decoded);
  }
  record.key = author;
  return record;
}

AuthorAggregate aggregate_of(const Profile& profile) {
  return to_aggregate(profile.counters, profile.first_seen, profile.last_seen);
}

}  // namespace passaparola::store
