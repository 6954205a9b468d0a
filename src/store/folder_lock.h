// Who works in a folder: the file LOCK in it, that of RocksDB and our own. Internal.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "core/result.h"

namespace rocksdb {
class FileLock;
class Status;
}  // namespace rocksdb

namespace passaparola::store {

// Held until it goes. While we hold it nobody can open a store in the folder.
class FolderLock {
 public:
  // `what` says in errors what the folder is, as "store". Errors: in_use (names the process), io.
  static Result<FolderLock> take(const std::filesystem::path& folder, std::string_view what);

 private:
  struct Unlock {
    void operator()(rocksdb::FileLock* lock) const;
  };
  std::unique_ptr<rocksdb::FileLock, Unlock> lock_;
};

// Whether RocksDB says that the lock is another's, and the Error that names who that is.
bool is_locked(const rocksdb::Status& status);
Error in_use(const std::filesystem::path& folder, std::string_view what);

}  // namespace passaparola::store
