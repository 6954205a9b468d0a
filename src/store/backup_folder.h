// What a folder of backups holds beside RocksDB's own files: its format, and who was erased
// (docs/STORE_FORMAT.md, "Backups"). Internal.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/hash.h"
#include "core/result.h"
#include "store/backup.h"

namespace rocksdb {
class BackupEngineReadOnly;
struct BackupInfo;
}  // namespace rocksdb

namespace passaparola::store {

class Database;

// Errors: not_found, unsupported.
Result<void> check_backup_folder(const std::filesystem::path& folder);
// Makes the folder, or finds that it holds backups. Errors: invalid_argument (it holds something
// else), unsupported, io.
Result<void> prepare_backup_folder(const std::filesystem::path& folder);

// What is written beside each backup.
struct BackupNote {
  std::string key;  // names the hash key of the store: the same in all its backups
  std::uint64_t last_seq = 0;
};
std::string key_name(const HashKey& key);
std::string encode_note(const BackupNote& note);
std::optional<BackupNote> decode_note(const std::string& text);
Backup to_backup(const rocksdb::BackupInfo& info, const BackupNote& note);

// Sorted, without doubles. Errors: corrupt, io.
Result<std::vector<KeyedHash>> read_erased(const std::filesystem::path& folder);
Result<void> write_erased(const std::filesystem::path& folder, std::vector<KeyedHash> erased);
// Of the authors that an open store has erased.
Result<std::vector<KeyedHash>> erased_authors(const Database& database);

}  // namespace passaparola::store
