// The merge operators: sums of author profiles and of buckets are kept by RocksDB, never re-read.
#include <rocksdb/merge_operator.h>

#include "store/database.h"
#include "store/row_codec.h"

namespace passaparola::store {
namespace {

class ProfileMerge final : public rocksdb::AssociativeMergeOperator {
 public:
  const char* Name() const override { return "passaparola.profile"; }
  bool Merge(const rocksdb::Slice&, const rocksdb::Slice* existing, const rocksdb::Slice& value,
             std::string* sum, rocksdb::Logger*) const override {
    const auto later = decode_profile(to_view(value));
    if (!later) return false;
    if (existing == nullptr) {
      *sum = value.ToString();
      return true;
    }
    const auto earlier = decode_profile(to_view(*existing));
    if (!earlier) return false;
    encode_profile(merged(*earlier, *later), *sum);
    return true;
  }
};

class BucketMerge final : public rocksdb::AssociativeMergeOperator {
 public:
  const char* Name() const override { return "passaparola.bucket"; }
  bool Merge(const rocksdb::Slice&, const rocksdb::Slice* existing, const rocksdb::Slice& value,
             std::string* sum, rocksdb::Logger*) const override {
    auto later = decode_bucket(to_view(value));
    if (!later) return false;
    if (existing != nullptr) {
      const auto earlier = decode_bucket(to_view(*existing));
      if (!earlier) return false;
      add(*later, *earlier);
    }
    encode_bucket(*later, *sum);
    return true;
  }
};

}  // namespace

std::shared_ptr<rocksdb::MergeOperator> profile_merge() { return std::make_shared<ProfileMerge>(); }
std::shared_ptr<rocksdb::MergeOperator> bucket_merge() { return std::make_shared<BucketMerge>(); }

}  // namespace passaparola::store
