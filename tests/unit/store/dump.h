// Every byte of a closed store, so that tests can compare two.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/options.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "core/hash.h"
#include "store/database.h"
#include "store/row_codec.h"
#include "support.h"

namespace passaparola::store {

// A value as it counts. Buckets that hold nothing are as good as none: a mention that comes and
// goes in one commit leaves none. That a commit knew an author's span outright is of no meaning
// once all is merged.
inline std::string meaning_of(Family family, std::string_view key, std::string_view value) {
  if (family == Family::buckets && decode_bucket(value) == BucketCounters{}) return "";
  std::string kept(value);
  if (family == Family::mentions && key.size() == sizeof(AuthorKey)) {
    auto profile = decode_profile(value);
    if (!profile) throw std::runtime_error("a profile is damaged");
    profile->exact_span = false;
    kept.clear();
    encode_profile(*profile, kept);
  }
  return to_hex(key) + " = " + to_hex(kept) + '\n';
}

// Every key and value of each family, merges done.
inline std::map<Family, std::string> dump(const std::filesystem::path& folder) {
  const auto database = Database::open(folder, small_options());
  if (!database) throw std::runtime_error(database.error().message);
  std::map<Family, std::string> all;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    const auto scan = (*database)->scan_all(family);
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
      all[family] += meaning_of(family, to_view(scan->key()), to_view(scan->value()));
    }
    if (!scan->status().ok()) throw std::runtime_error(scan->status().ToString());
  }
  return all;
}

}  // namespace passaparola::store
