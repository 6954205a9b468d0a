// RocksDB's own log, the file LOG of a store. Internal.
#pragma once

#include <memory>
#include <string>

namespace rocksdb {
class Logger;
}

namespace passaparola::store {

// A log in a file (0600) that is made anew. A line that cannot be written is dropped: RocksDB's own
// logger, as Debian builds it, aborts the process at the first line after one that failed, which a
// full disk is enough for. nullptr when the file cannot be made.
std::shared_ptr<rocksdb::Logger> open_info_log(const std::string& path);

}  // namespace passaparola::store
