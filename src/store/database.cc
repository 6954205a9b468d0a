#include "store/database.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/memtablerep.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <vector>

#include "store/folder_lock.h"
#include "store/keys.h"
#include "store/private_files.h"

namespace passaparola::store {
namespace {

constexpr std::array<const char*, kFamilyCount> kFamilyNames{
    "default", "feed",        "mentions", "responses", "author_states", "posts", "mention_ids",
    "buckets", "corrections", "ranks",    "threads",   "author_brands", "desk"};
constexpr std::size_t kMaxWalBytes = 256 << 20;
constexpr std::size_t kHashBuckets = 1 << 16;
constexpr std::size_t kMinMemtableBytes = 1 << 20;

rocksdb::DBOptions database_options(const StoreOptions& options,
                                    const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::DBOptions db;
  db.create_if_missing = options.create;
  db.create_missing_column_families = true;
  db.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(options.memory_bytes / 2, cache);
  db.max_total_wal_size = std::min(kMaxWalBytes, options.memory_bytes);
  db.max_background_jobs = 2;
  db.max_open_files = 512;
  db.max_file_opening_threads = 2;
  // One writer: nothing is gained by letting many into a memtable.
  db.allow_concurrent_memtable_write = false;
  db.enable_write_thread_adaptive_yield = false;
  // An acked commit is synced, so only the torn end of the log may be dropped in silence.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.recycle_log_file_num = 0;  // erased text must not live on in a reused log
  db.max_log_file_size = 1 << 20;
  db.keep_log_file_num = 2;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.bytes_per_sync = 1 << 20;
  db.env = private_files();
  return db;
}

// A hash table by the first bytes of keys takes random keys for far less than a sorted list, where
// nothing reads across those.
void hash_in_memory(std::size_t prefix_bytes, rocksdb::ColumnFamilyOptions& cf) {
  cf.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(prefix_bytes));
  cf.memtable_factory.reset(rocksdb::NewHashLinkListRepFactory(kHashBuckets));
}

rocksdb::ColumnFamilyOptions family_options(Family family, const StoreOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions cf;
  cf.write_buffer_size =
      std::max(options.memory_bytes / (family == Family::feed ? 6 : 12), kMinMemtableBytes);
  cf.max_write_buffer_number = 3;
  cf.level_compaction_dynamic_level_bytes = true;
  cf.compression = rocksdb::kLZ4Compression;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  switch (family) {
    case Family::feed:
      // Evidence is read one here, one there: a block is read for each, so that it must be small.
      // A dictionary for each file gives back what that costs; it is trained on what the file holds
      // and goes with it.
      table.block_size = 4 << 10;
      cf.bottommost_compression = rocksdb::kZSTD;
      cf.bottommost_compression_opts.enabled = true;
      cf.bottommost_compression_opts.max_dict_bytes = 32 << 10;
      cf.bottommost_compression_opts.zstd_max_train_bytes = 3 << 20;
      // Every seq is larger than the one before: the insert begins where the last one ended.
      cf.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(0));
      break;
    case Family::posts:
    case Family::mention_ids:
      // Mostly asked for keys that are not there.
      table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
      hash_in_memory(sizeof(KeyedHash), cf);  // never scanned
      break;
    case Family::corrections:
    case Family::desk:
      table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));  // most mentions have none
      break;
    case Family::responses:
      hash_in_memory(sizeof(AuthorKey), cf);  // scanned for one answered author at a time
      break;
    case Family::threads:
      hash_in_memory(sizeof(KeyedHash), cf);  // scanned for one referred post at a time
      break;
    case Family::author_brands:
      hash_in_memory(sizeof(KeyedHash), cf);  // scanned for one author at a time
      break;
    case Family::mentions:
      cf.merge_operator = profile_merge();
      break;
    case Family::buckets:
      cf.merge_operator = bucket_merge();
      break;
    default:
      break;
  }
  cf.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return cf;
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path,
                                                 const StoreOptions& options) {
  const auto cache = rocksdb::NewLRUCache(options.memory_bytes, 4);
  const rocksdb::DBOptions db_options = database_options(options, cache);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    descriptors.emplace_back(kFamilyNames[i],
                             family_options(static_cast<Family>(i), options, cache));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(db_options, path.string(), descriptors, &handles, &db);
  if (status.IsPathNotFound()) {
    // CURRENT names a file that is not there, or a file is not there that MANIFEST names.
    return fail(ErrorCode::corrupt,
                fmt::format("the store {} has lost a file: {}; restore it from a backup",
                            path.string(), status.ToString()));
  }
  if (!status.ok()) {
    return is_locked(status) ? in_use(path, "store")
                             : to_error(status, "opening the store " + path.string());
  }
  std::unique_ptr<Database> database(new Database);
  database->db_.reset(db);
  std::copy(handles.begin(), handles.end(), database->families_.begin());
  return database;
}

Database::~Database() {
  for (rocksdb::ColumnFamilyHandle* handle : families_) {
    if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  // After a failed write Close reports that failure once more; whoever closes knows it already.
  if (db_) db_->Close().PermitUncheckedError();
}

Result<std::optional<std::string>> Database::get(Family in, std::string_view key) const {
  std::string value;
  const auto status = db_->Get(rocksdb::ReadOptions(), family(in), to_slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return to_error(status, "reading the store");
  return std::optional<std::string>(std::move(value));
}

rocksdb::Status Database::flush_all() const {
  return db_->Flush(rocksdb::FlushOptions(), {families_.begin(), families_.end()});
}

std::unique_ptr<rocksdb::Iterator> Database::scan(Family in) const {
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(scan_options(), family(in)));
}

std::unique_ptr<rocksdb::Iterator> Database::scan_all(Family in) const {
  rocksdb::ReadOptions options = scan_options();
  options.total_order_seek = true;
  options.fill_cache = false;
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options, family(in)));
}

rocksdb::ReadOptions scan_options() {
  rocksdb::ReadOptions options;
  options.ignore_range_deletions = true;
  return options;
}

Error to_error(const rocksdb::Status& status, std::string_view doing) {
  const std::string message = fmt::format("{}: {}", doing, status.ToString());
  if (status.IsCorruption() || status.IsInvalidArgument()) {
    return fail(ErrorCode::corrupt, message + "; restore it from a backup");
  }
  if (status.IsNoSpace()) return fail(ErrorCode::no_space, message);
  return fail(ErrorCode::io, message);
}

rocksdb::Slice to_slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view to_view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

}  // namespace passaparola::store
