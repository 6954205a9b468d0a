// An Env for RocksDB whose files only their owner can read. Internal.
#pragma once

namespace rocksdb {
class Env;
}

namespace passaparola::store {

rocksdb::Env* private_files();  // one for the process

}  // namespace passaparola::store
