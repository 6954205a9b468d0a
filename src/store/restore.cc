// Restoring a backup: beside the place where it is to be, and put there when it is whole.
#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/utilities/backup_engine.h>
#include <rocksdb/write_batch.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

#include "core/crash_point.h"
#include "store/backup_folder.h"
#include "store/bytes.h"
#include "store/commit.h"
#include "store/folder_lock.h"
#include "store/format_file.h"
#include "store/private_files.h"

namespace passaparola::store {
namespace {

namespace fs = std::filesystem;

Error failed(const fs::path& path, std::string_view why) {
  return fail(ErrorCode::io, fmt::format("cannot restore to {}: {}", path.string(), why));
}

// Whether there is a store to replace. Anything else is never deleted, whatever the user says.
Result<bool> check_place(const fs::path& place, bool replace) {
  std::error_code error;
  const fs::file_status status = fs::status(place, error);
  if (!fs::exists(status)) return false;
  if (fs::is_directory(status) && fs::is_empty(place, error)) return false;
  if (error) return failed(place, error.message());
  if (!names_a_store(place)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} is neither empty nor a store", place.string()));
  }
  if (replace) return true;
  return fail(ErrorCode::invalid_argument,
              fmt::format("there is a store at {}: with --replace it is deleted for the backup",
                          place.string()));
}

Result<Backup> choose(const RestoreRequest& request) {
  const auto backups = list_backups(request.folder);
  if (!backups) return backups.error();
  if (request.number == 0 && !backups->empty()) return backups->back();
  const auto found = std::find_if(backups->begin(), backups->end(), [&](const Backup& backup) {
    return backup.number == request.number;
  });
  if (found != backups->end()) return *found;
  std::string numbers;
  for (const Backup& backup : *backups) numbers += fmt::format(" {}", backup.number);
  return fail(ErrorCode::not_found,
              numbers.empty() ? request.folder.string() + " holds no whole backup"
                              : fmt::format("{} holds no backup {}; there are{}",
                                            request.folder.string(), request.number, numbers));
}

Result<void> check_free_space(const fs::path& folder, std::uint64_t bytes) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0) return failed(folder, std::strerror(errno));
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free >= bytes) return {};
  return fail(ErrorCode::no_space, fmt::format("{} has {} MiB free and the backup needs {} MiB",
                                               folder.string(), free >> 20, bytes >> 20));
}

// Copies the files, each checked against its checksum.
Result<void> copy_out(const fs::path& folder, std::uint32_t number, const fs::path& to) {
  rocksdb::BackupEngineOptions options(folder.string(), private_files());
  rocksdb::BackupEngineReadOnly* opened = nullptr;
  rocksdb::Status status = rocksdb::BackupEngineReadOnly::Open(options, private_files(), &opened);
  const std::unique_ptr<rocksdb::BackupEngineReadOnly> engine(opened);
  if (status.ok()) status = engine->RestoreDBFromBackup(number, to.string(), to.string());
  if (status.ok()) return {};
  const std::string message =
      fmt::format("restoring backup {} of {}: {}", number, folder.string(), status.ToString());
  if (status.IsCorruption()) return fail(ErrorCode::corrupt, message);
  return fail(status.IsNoSpace() ? ErrorCode::no_space : ErrorCode::io, message);
}

// Seqs behind the backup will be given out again, so that a cursor of the feed as it was would
// point to another place.
Result<void> give_new_id(Store::State& state) {
  const HashKey random = random_key();
  std::uint32_t id = 0;
  std::memcpy(&id, random.data(), sizeof id);
  std::string bytes(sizeof id, '\0');
  ByteWriter(bytes.data()).fixed(id | 1);
  const auto fill = [&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
    out.Put(database.family(Family::meta), to_slice(kStoreIdKey), bytes);
    return {};
  };
  return write_synced(state, bytes.size(), fill);
}

// Of `erased` those whom the backup does not know as erased.
Result<std::uint64_t> erase_again(Store::State& state, const std::vector<KeyedHash>& erased) {
  std::vector<KeyedHash> unknown;
  {
    const Gate::Lease lease(state.gate);
    if (lease.database() == nullptr) return lease.error();
    for (const KeyedHash& author : erased) {
      const auto known = state.author_state(*lease.database(), author);
      if (!known) return known.error();
      if (*known != AuthorState::deleted) unknown.push_back(author);
    }
  }
  if (unknown.empty()) return 0;
  return erase_authors(state, unknown, true);
}

// Makes a store of the copied files. Gives how many mentions it erased.
Result<std::uint64_t> finish_store(const fs::path& path, const std::vector<KeyedHash>& erased) {
  Store::State state;
  state.path = path;
  state.options.create = false;
  state.options.min_free_bytes = 0;
  const auto opened = state.reopen();
  if (!opened) return opened.error();
  const auto named = give_new_id(state);
  if (!named) return named.error();
  crash_point("restore.named");
  const auto purged = erase_again(state, erased);
  if (!purged) return purged.error();
  const auto written = write_format_file(path / kFormatFile);
  if (!written) return written.error();
  return *purged;
}

// The authors that the store at `place` has erased.
Result<std::vector<KeyedHash>> erased_in(const fs::path& place) {
  StoreOptions options;
  options.create = false;
  const auto database = Database::open(place, options);
  if (!database) return database.error();
  return erased_authors(**database);
}

// `made` takes the place of whatever is there, in one step where the file system can do that.
Result<void> put_in_place(const fs::path& made, const fs::path& place, bool replaces) {
  const auto rename = [](const fs::path& from, const fs::path& to) {
    return ::rename(from.c_str(), to.c_str()) == 0;
  };
  if (!replaces) {
    if (rename(made, place)) return {};  // only over nothing or an empty folder
  } else {
    if (::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) == 0) {
      return {};
    }
    const fs::path before = place.string() + ".replaced";
    if ((errno == EINVAL || errno == ENOSYS) && rename(place, before)) {
      if (rename(made, place)) {
        std::error_code ignored;
        fs::remove_all(before, ignored);
        return {};
      }
      const int why = errno;
      if (!rename(before, place)) return failed(place, "the store is now at " + before.string());
      errno = why;
    }
  }
  if (errno == EBUSY || errno == EXDEV) {
    return failed(place, "it is a file system of its own; name a folder inside it");
  }
  return failed(place, std::strerror(errno));
}

// Deletes a folder when it goes.
class Workplace {
 public:
  explicit Workplace(fs::path path) : path_(std::move(path)) {}
  ~Workplace() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

 private:
  fs::path path_;
};

struct Task {
  Backup backup;
  fs::path folder, place, work;
  bool replaces = false;
  std::vector<KeyedHash> erased;
};

Result<std::uint64_t> carry_out(const Task& task) {
  const fs::path made = task.work / "store";
  std::error_code error;
  fs::remove_all(made, error);  // of a restore that was killed
  if (const auto folder = make_private_folder(made); !folder) return folder.error();
  if (const auto space = check_free_space(task.work, task.backup.bytes); !space) {
    return space.error();
  }
  if (const auto copied = copy_out(task.folder, task.backup.number, made); !copied) {
    return copied.error();
  }
  crash_point("restore.copied");
  const auto purged = finish_store(made, task.erased);
  if (!purged) return purged.error();
  sync_to_disk(made);
  std::optional<FolderLock> old;
  if (task.replaces) {
    auto taken = FolderLock::take(task.place, "store");
    if (!taken) return taken.error();
    old = std::move(*taken);
  }
  const auto placed = put_in_place(made, task.place, task.replaces);
  if (!placed) return placed.error();
  crash_point("restore.placed");
  sync_to_disk(task.place.parent_path());
  return *purged;
}

}  // namespace

Result<Restored> restore(const RestoreRequest& request) {
  std::error_code error;
  Task task;
  task.folder = request.folder;
  task.place = fs::weakly_canonical(fs::absolute(request.store), error);
  if (task.place.filename().empty()) task.place = task.place.parent_path();
  const auto chosen = choose(request);
  if (!chosen) return chosen.error();
  task.backup = *chosen;
  const auto replaces = check_place(task.place, request.replace);
  if (!replaces) return replaces.error();
  task.replaces = *replaces;
  auto erased = read_erased(request.folder);
  if (!erased) return erased.error();
  task.erased = *std::move(erased);

  Restored restored;
  restored.backup = task.backup;
  if (task.replaces) {
    const auto also = erased_in(task.place);
    if (!also && also.error().code == ErrorCode::in_use) return also.error();
    // A damaged store is what one restores a backup for.
    if (!also) restored.unknown_erasures = also.error().message;
    if (also) task.erased.insert(task.erased.end(), also->begin(), also->end());
  }
  task.work = task.place.string() + ".restoring";
  if (const auto made = make_private_folder(task.work); !made) return made.error();
  const auto lock = FolderLock::take(task.work, "folder of the restore");
  if (!lock) return lock.error();
  const Workplace workplace(task.work);
  const auto purged = carry_out(task);
  if (!purged) return purged.error();
  restored.erased_again = *purged;
  return restored;
}

}  // namespace passaparola::store
