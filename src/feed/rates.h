// How much each caller and each address may ask: a bucket that fills by itself, of which a request
// takes one. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace passaparola::feed {

class Rates {
 public:
  using Clock = std::chrono::steady_clock;

  // 0: whatever is asked is granted, and nothing is remembered.
  explicit Rates(std::size_t per_minute) : per_minute_(per_minute) {}

  // How somebody stands, as the RateLimit fields of an answer say it.
  struct Standing {
    std::size_t limit = 0;  // 0: none
    std::size_t remaining = 0;
    std::size_t reset_seconds = 0;  // until all is there again
    std::size_t retry_seconds = 0;  // until the next is granted; 0: this one was
  };

  // One more of `who`: granted, or refused when their bucket is empty.
  Standing take(const std::string& who, Clock::time_point at = Clock::now());

  // The same without taking.
  Standing look(const std::string& who, Clock::time_point at = Clock::now());

 private:
  struct Bucket {
    double left = 0;
    Clock::time_point at;
  };
  Standing count(const std::string& who, Clock::time_point at, double wanted);
  Bucket& bucket_of(const std::string& who, Clock::time_point at);
  void fill(Bucket& bucket, Clock::time_point at) const;

  const std::size_t per_minute_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
  Clock::time_point swept_at_;
};

}  // namespace passaparola::feed
