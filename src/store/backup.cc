// Making backups and listing them.
#include "store/backup.h"

#include <fmt/format.h>
#include <rocksdb/utilities/backup_engine.h>

#include <algorithm>

#include "core/check.h"
#include "core/crash_point.h"
#include "store/backup_folder.h"
#include "store/folder_lock.h"
#include "store/private_files.h"
#include "store/state.h"

namespace passaparola::store {
namespace {

namespace fs = std::filesystem;

// RocksDB says what is wrong with a backup; that it should be restored from one helps nobody.
Error backup_error(const rocksdb::Status& status, std::string_view doing) {
  const std::string message = fmt::format("{}: {}", doing, status.ToString());
  if (status.IsCorruption()) return fail(ErrorCode::corrupt, message);
  return to_error(status, doing);
}

// Neither in the other: a backup of backups would grow for ever.
Result<void> check_apart(const fs::path& store, const fs::path& folder) {
  std::error_code error;
  const fs::path from = fs::weakly_canonical(store, error),
                 to = fs::weakly_canonical(folder, error);
  const auto inside = [](const fs::path& outer, const fs::path& inner) {
    return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first ==
           outer.end();
  };
  if (!inside(from, to) && !inside(to, from)) return {};
  return fail(ErrorCode::invalid_argument,
              fmt::format("the store {} and the folder of backups {} lie in each other",
                          store.string(), folder.string()));
}

Result<std::unique_ptr<rocksdb::BackupEngine>> open_engine(const fs::path& folder) {
  rocksdb::BackupEngineOptions options(folder.string(), private_files());
  rocksdb::BackupEngine* engine = nullptr;
  const auto status = rocksdb::BackupEngine::Open(options, private_files(), &engine);
  if (!status.ok()) return backup_error(status, "opening the backups in " + folder.string());
  return std::unique_ptr<rocksdb::BackupEngine>(engine);
}

// A folder's backups share files by name: those of two stores must not meet.
Result<void> check_same_store(const rocksdb::BackupEngine& engine, const BackupNote& ours,
                              const fs::path& folder) {
  std::vector<rocksdb::BackupInfo> known;
  engine.GetBackupInfo(&known);
  for (const rocksdb::BackupInfo& info : known) {
    const auto note = decode_note(info.app_metadata);
    if (note && note->key == ours.key) continue;
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("{} holds backups of another store: name another folder", folder.string()));
  }
  return {};
}

// Those that earlier backups knew, and those of this store. Never fewer: the store may be one that
// was restored from a backup older than an erasure.
Result<void> note_erasures(const Database& database, const fs::path& folder) {
  auto known = read_erased(folder);
  if (!known) return known.error();
  const auto erased = erased_authors(database);
  if (!erased) return erased.error();
  known->insert(known->end(), erased->begin(), erased->end());
  return write_erased(folder, *std::move(known));
}

// Without the log: what is in memory is written to table files, which the next backup shares.
rocksdb::CreateBackupOptions flushed() {
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;
  return options;
}

}  // namespace

Result<Backup> Store::backup(const fs::path& folder, std::uint32_t keep) const {
  CHECK(keep > 0, "a backup keeps at least itself");
  auto ready = check_apart(state_->path, folder);
  if (ready) ready = prepare_backup_folder(folder);
  if (!ready) return ready.error();
  const auto lock = FolderLock::take(folder, "folder of backups");
  if (!lock) return lock.error();
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const auto engine = open_engine(folder);
  if (!engine) return engine.error();
  const BackupNote note{key_name(state_->key), last_seq()};
  ready = check_same_store(**engine, note, folder);
  if (ready) ready = note_erasures(*lease.database(), folder);
  if (!ready) return ready.error();
  crash_point("backup.listed");

  const std::string doing = "making a backup in " + folder.string();
  rocksdb::BackupID number = 0;
  rocksdb::Status status = (*engine)->CreateNewBackupWithMetadata(
      flushed(), &lease.database()->db(), encode_note(note), &number);
  if (!status.ok()) return backup_error(status, doing);
  crash_point("backup.made");
  // All of it is read once more, also files that lay there since earlier backups. A new one that is
  // damaged goes; older ones stay until a good one is there.
  status = (*engine)->VerifyBackup(number, true);
  if (!status.ok()) {
    (*engine)->DeleteBackup(number).PermitUncheckedError();
    return backup_error(status, doing);
  }
  crash_point("backup.verified");
  rocksdb::BackupInfo info;
  status = (*engine)->GetBackupInfo(number, &info);
  if (status.ok()) status = (*engine)->PurgeOldBackups(keep);
  if (!status.ok()) return backup_error(status, doing);
  crash_point("backup.purged");
  return to_backup(info, note);
}

Result<std::vector<Backup>> list_backups(const fs::path& folder) {
  const auto checked = check_backup_folder(folder);
  if (!checked) return checked.error();
  rocksdb::BackupEngineOptions options(folder.string(), private_files());
  rocksdb::BackupEngineReadOnly* opened = nullptr;
  const auto status = rocksdb::BackupEngineReadOnly::Open(options, private_files(), &opened);
  const std::unique_ptr<rocksdb::BackupEngineReadOnly> engine(opened);
  if (!status.ok()) return backup_error(status, "reading the backups in " + folder.string());
  std::vector<rocksdb::BackupInfo> known;
  engine->GetBackupInfo(&known);
  std::vector<Backup> backups;
  for (const rocksdb::BackupInfo& info : known) {
    if (const auto note = decode_note(info.app_metadata)) {
      backups.push_back(to_backup(info, *note));
    }
  }
  return backups;
}

}  // namespace passaparola::store
