// Reading whole histories in key order, from one state of the database. Internal.
#pragma once

#include <memory>
#include <optional>

#include "store/row_codec.h"
#include "store/state.h"

namespace rocksdb {
class Snapshot;
}

namespace passaparola::store {

// Iterators over people with their mentions, and responses, that see one state of the database.
class HistoryScan {
 public:
  // Of the state of `snapshot`, which outlives it, or of this moment's.
  HistoryScan(const Database& database, const HiddenPeople& hidden, bool with_ranks = false,
              const rocksdb::Snapshot* snapshot = nullptr);
  ~HistoryScan();

  const std::optional<Error>& error() const { return error_; }

  // Reads the rows of an author, at whose profile `people` stands, into `history`, and goes on to
  // the next profile. Answers by people who are hidden are left out. Errors: corrupt, io.
  Result<void> read(const AuthorKey& author, AuthorHistory& history);

  // The history of one author with this brand; nullopt when there is no profile.
  Result<std::optional<AuthorHistory>> find(BrandNumber brand, const KeyedHash& author);

  // Goes from the profile of an author with so many rows on to the next profile.
  void skip(const AuthorKey& author, std::uint64_t rows);

  std::unique_ptr<rocksdb::Iterator> people;  // each one's profile, then their rows
  std::unique_ptr<rocksdb::Iterator> ranks;   // of the same state, when asked for

 private:
  const HiddenPeople& hidden_;
  std::unique_ptr<rocksdb::Iterator> responses_;
  std::optional<Error> error_;
};

// Error: corrupt.
Result<AuthorRecord> record_of(const Profile& profile, const KeyedHash& author);
AuthorAggregate aggregate_of(const Profile& profile);

}  // namespace passaparola::store
