#include "store/folder_lock.h"

#include <fmt/format.h>
#include <rocksdb/env.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <fstream>

#include "store/database.h"
#include "store/private_files.h"

namespace passaparola::store {
namespace {

constexpr const char* kLockFile = "LOCK";

// The process that holds the lock file, by the kernel's table: to open the file and ask would drop
// a lock of our own process.
std::string lock_owner(const std::filesystem::path& lock) {
  struct stat info {};
  if (::stat(lock.c_str(), &info) != 0) return "another process";
  const std::string file =
      fmt::format("{:02x}:{:02x}:{}", major(info.st_dev), minor(info.st_dev), info.st_ino);
  std::ifstream locks("/proc/locks");
  std::string number, kind, mode, access, pid, where;
  while (locks >> number >> kind >> mode >> access >> pid >> where) {
    std::string rest;
    std::getline(locks, rest);
    if (where != file) continue;
    std::ifstream name_file("/proc/" + pid + "/comm");
    std::string name;
    std::getline(name_file, name);
    return fmt::format("process {} ({})", pid, name.empty() ? "unnamed" : name);
  }
  return "another process";
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder, std::string_view what) {
  rocksdb::FileLock* lock = nullptr;
  const auto status = private_files()->LockFile((folder / kLockFile).string(), &lock);
  if (is_locked(status)) return in_use(folder, what);
  if (!status.ok()) return to_error(status, "locking " + folder.string());
  FolderLock taken;
  taken.lock_.reset(lock);
  return taken;
}

void FolderLock::Unlock::operator()(rocksdb::FileLock* lock) const {
  private_files()->UnlockFile(lock).PermitUncheckedError();
}

bool is_locked(const rocksdb::Status& status) {
  return status.IsIOError() && status.ToString().find("lock ") != std::string::npos;
}

Error in_use(const std::filesystem::path& folder, std::string_view what) {
  return fail(ErrorCode::in_use, fmt::format("the {} {} is in use by {}", what, folder.string(),
                                             lock_owner(folder / kLockFile)));
}

}  // namespace passaparola::store
