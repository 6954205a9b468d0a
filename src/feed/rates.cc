#include "feed/rates.h"

#include <algorithm>
#include <cmath>

#include "core/limits.h"

namespace passaparola::feed {
namespace {

std::size_t whole_seconds(double seconds) {
  return static_cast<std::size_t>(std::ceil(std::max(0.0, seconds)));
}

}  // namespace

Rates::Standing Rates::take(const std::string& who, Clock::time_point at) {
  return count(who, at, 1);
}

Rates::Standing Rates::look(const std::string& who, Clock::time_point at) {
  return count(who, at, 0);
}

Rates::Standing Rates::count(const std::string& who, Clock::time_point at, double wanted) {
  if (per_minute_ == 0) return {};
  const std::lock_guard lock(mutex_);
  Bucket& bucket = bucket_of(who, at);
  fill(bucket, at);
  const double most = static_cast<double>(per_minute_);
  const double seconds_each = 60 / most;
  Standing standing;
  standing.limit = per_minute_;
  if (bucket.left >= 1) {
    bucket.left -= wanted;
  } else {
    standing.retry_seconds =
        std::max<std::size_t>(1, whole_seconds((1 - bucket.left) * seconds_each));
  }
  standing.remaining = static_cast<std::size_t>(std::max(0.0, bucket.left));
  standing.reset_seconds = whole_seconds((most - bucket.left) * seconds_each);
  return standing;
}

void Rates::fill(Bucket& bucket, Clock::time_point at) const {
  const double most = static_cast<double>(per_minute_);
  const double seconds = std::chrono::duration<double>(at - bucket.at).count();
  bucket.left = std::min(most, bucket.left + std::max(0.0, seconds) * most / 60);
  bucket.at = std::max(bucket.at, at);
}

// Who has been still until their bucket was full again need not be remembered. When even so too
// many are known, all new ones together have one bucket: to ask from many addresses gains nothing.
Rates::Bucket& Rates::bucket_of(const std::string& who, Clock::time_point at) {
  const auto found = buckets_.find(who);
  if (found != buckets_.end()) return found->second;
  const Bucket full{static_cast<double>(per_minute_), at};
  if (buckets_.size() >= kMaxMeasured && at - swept_at_ >= std::chrono::seconds(1)) {
    swept_at_ = at;
    std::erase_if(buckets_, [&](const auto& entry) {
      Bucket bucket = entry.second;
      fill(bucket, at);
      return bucket.left >= full.left;
    });
  }
  const bool is_room = buckets_.size() < kMaxMeasured;
  return buckets_.try_emplace(is_room ? who : std::string(), full).first->second;
}

}  // namespace passaparola::feed
