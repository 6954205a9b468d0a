#include "core/pace.h"

#include <algorithm>
#include <ctime>
#include <thread>

#include "core/check.h"

namespace passaparola {
namespace {

thread_local Pace* pace_of_thread = nullptr;

Pace::Duration processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Pace::Pace(int rests, Duration slice, Duration most, const std::atomic<bool>& hurry)
    : rests_(rests), slice_(slice), most_(most), hurry_(hurry) {
  CHECK(pace_of_thread == nullptr, "a thread has one pace");
  pace_of_thread = this;
  begin();
}

Pace::~Pace() { pace_of_thread = nullptr; }

void Pace::begin() {
  first_ = worked_ = processor_time();
  left_ = most_;
  since_ = std::chrono::steady_clock::now();
}

Pace::Duration Pace::owed() {
  if (hurry_) return Duration{0};
  return std::clamp(rests_ * (processor_time() - first_) - (most_ - left_), Duration{0}, left_);
}

void Pace::rest_if_due() {
  // The clock of the wall is cheap to read and shows no less.
  if (left_ <= Duration{0} || std::chrono::steady_clock::now() - since_ < slice_) return;
  const Duration worked = processor_time() - worked_;
  if (worked < slice_ || hurry_) return;
  // While others had its processor it rested too.
  const Duration waited = std::max(std::chrono::steady_clock::now() - since_ - worked, Duration{0});
  const Duration rest = std::clamp(rests_ * worked - waited, Duration{0}, left_);
  left_ -= std::min(rest + waited, left_);
  if (rest > Duration{0}) std::this_thread::sleep_for(rest);
  worked_ = processor_time();
  since_ = std::chrono::steady_clock::now();
}

void give_way() {
  // Even a cheap clock costs as much as some steps do.
  thread_local unsigned steps = 0;
  if (pace_of_thread != nullptr && ++steps % 8 == 0) pace_of_thread->rest_if_due();
}

}  // namespace passaparola
