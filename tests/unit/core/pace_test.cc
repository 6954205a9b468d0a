#include "core/pace.h"

#include <gtest/gtest.h>

#include <ctime>

namespace passaparola {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Keeps a processor busy for so long, in small steps.
void work(milliseconds time) {
  const auto processor_time = [] {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  };
  for (const auto end = processor_time() + time; processor_time() < end;) give_way();
}

TEST(Pace, AThreadWithoutOneDoesNotRest) {
  give_way();
  work(milliseconds(1));
}

TEST(Pace, RestsBetweenSlicesAndOwesNothingThen) {
  const std::atomic<bool> hurry{false};
  Pace pace(9, milliseconds(1), milliseconds(1000), hurry);
  const auto begin = Clock::now();
  work(milliseconds(10));
  EXPECT_GE(Clock::now() - begin, milliseconds(80));
  EXPECT_LE(pace.owed(), milliseconds(30));  // for the last slice, which was not full
}

TEST(Pace, RestsNoLongerThanItMay) {
  const std::atomic<bool> hurry{false};
  Pace pace(1'000'000, milliseconds(1), milliseconds(20), hurry);
  work(milliseconds(5));
  EXPECT_EQ(pace.owed().count(), 0);
  pace.begin();
  work(milliseconds(1));
  EXPECT_LE(pace.owed(), milliseconds(20));
}

TEST(Pace, OwesWhatItDidNotRestBetween) {
  const std::atomic<bool> hurry{false};
  Pace pace(9, milliseconds(1000), milliseconds(250), hurry);
  work(milliseconds(2));
  EXPECT_GE(pace.owed(), milliseconds(18));
}

TEST(Pace, InAHurryItDoesNotRest) {
  const std::atomic<bool> hurry{true};
  Pace pace(1'000'000, milliseconds(1), std::chrono::hours(1), hurry);
  work(milliseconds(3));
  EXPECT_EQ(pace.owed().count(), 0);
}

}  // namespace
}  // namespace passaparola
