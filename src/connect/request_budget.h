// How many requests a source may make: so many an hour, and no more than an hour's at once. Pure.
#pragma once

#include <chrono>
#include <cstdint>

namespace passaparola::connect {

class RequestBudget {
 public:
  using Clock = std::chrono::steady_clock;

  // `per_hour` 0: as many as it likes.
  RequestBudget(std::uint64_t per_hour, Clock::time_point at)
      : per_hour_(static_cast<double>(per_hour)), left_(per_hour_), at_(at) {}

  // Takes one request; how long it has to wait for its turn.
  std::chrono::milliseconds spend(Clock::time_point at);

 private:
  const double per_hour_;
  double left_;  // below 0: as many are waiting
  Clock::time_point at_;
};

}  // namespace passaparola::connect
