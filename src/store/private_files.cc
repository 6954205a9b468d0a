// RocksDB makes its files readable for everybody; people's posts are for the owner of the store.
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <sys/stat.h>

#include "store/info_log.h"
#include "store/private_files.h"

namespace passaparola::store {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

class PrivateFiles final : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "passaparola.private_files"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* debug) override {
    return closed_to_others(name, target()->NewWritableFile(name, options, file, debug));
  }
  IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* file,
                              IODebugContext* debug) override {
    return closed_to_others(name, target()->ReopenWritableFile(name, options, file, debug));
  }
  IOStatus LockFile(const std::string& name, const IOOptions& options, rocksdb::FileLock** lock,
                    IODebugContext* debug) override {
    return closed_to_others(name, target()->LockFile(name, options, lock, debug));
  }
  IOStatus NewLogger(const std::string& name, const IOOptions& /*options*/,
                     std::shared_ptr<rocksdb::Logger>* logger, IODebugContext* /*debug*/) override {
    *logger = open_info_log(name);
    return *logger ? IOStatus::OK() : IOStatus::IOError("cannot make the log", name);
  }

 private:
  static IOStatus closed_to_others(const std::string& name, IOStatus made) {
    if (made.ok() && ::chmod(name.c_str(), S_IRUSR | S_IWUSR) != 0) {
      return IOStatus::IOError("cannot close to others", name);
    }
    return made;
  }
};

}  // namespace

rocksdb::Env* private_files() {
  // Lives as long as the process: RocksDB's threads may use it until the very end.
  static rocksdb::Env* const env =
      rocksdb::NewCompositeEnv(std::make_shared<PrivateFiles>(rocksdb::FileSystem::Default()))
          .release();
  return env;
}

}  // namespace passaparola::store
