// Database: one open RocksDB with our column families, options and merge operators. Internal.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "store/store.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Iterator;
class MergeOperator;
class Slice;
class Status;
struct ReadOptions;
}  // namespace rocksdb

namespace passaparola::store {

enum class Family : std::uint8_t {
  meta,           // format, ids, key, last seq, brands, source cursors
  feed,           // seq -> mention
  mentions,       // brand, author -> profile (merged); brand, author, time, seq -> facts
  responses,      // brand, answered author, time, seq -> response
  author_states,  // author -> hidden or deleted
  posts,          // post -> live or tombstone
  mention_ids,    // mention id -> seq
  buckets,        // brand, size, begin -> counters (merged)
  corrections,    // mention id -> what a person said of it
  ranks,          // where authors stand, and who must be judged again
  threads,        // referred post, seq -> how that mention refers to it
  author_brands,  // author, brand: there is something of the author
  desk,           // what people do with mentions, and small records of the server
};
inline constexpr std::size_t kFamilyCount = 13;

class Database {
 public:
  // Errors: in_use, corrupt, not_found, no_space, io.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path,
                                                const StoreOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family family) const {
    return families_[static_cast<std::size_t>(family)];
  }

  // nullopt when there is no such key. Errors: corrupt, io.
  Result<std::optional<std::string>> get(Family family, std::string_view key) const;

  // Writes what is in memory to files, so that the log before it goes.
  rocksdb::Status flush_all() const;

  // Sees one state of this family. In `responses` only from one brand and author on, to their end;
  // in `threads` those of one post, in `author_brands` those of one author; posts and mention ids
  // are never scanned.
  std::unique_ptr<rocksdb::Iterator> scan(Family family) const;

  // The same for every key of any family, past the block cache.
  std::unique_ptr<rocksdb::Iterator> scan_all(Family family) const;

 private:
  Database() = default;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> families_{};
};

// How every scan reads. RocksDB 7.8 passes over a table of which it cannot read the first block,
// the index or the dictionary when a scan comes to it from the table before, and says nothing; not
// so where ranges of deleted keys are left out of account (decision 9). So no range of keys is ever
// deleted: keys are, one by one.
rocksdb::ReadOptions scan_options();

// What RocksDB says, as an Error that names the file of the store.
Error to_error(const rocksdb::Status& status, std::string_view doing);

rocksdb::Slice to_slice(std::string_view bytes);
std::string_view to_view(const rocksdb::Slice& slice);

std::shared_ptr<rocksdb::MergeOperator> profile_merge();
std::shared_ptr<rocksdb::MergeOperator> bucket_merge();

}  // namespace passaparola::store
