#include "connect/request_budget.h"

#include <gtest/gtest.h>

namespace passaparola::connect {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(RequestBudget, AnHoursWorthMayGoAtOnceAndTheRestWaitsInTurn) {
  const RequestBudget::Clock::time_point begin{};
  RequestBudget budget(60, begin);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(budget.spend(begin), milliseconds(0)) << i;
  EXPECT_EQ(budget.spend(begin), minutes(1));
  EXPECT_EQ(budget.spend(begin), minutes(2));
  EXPECT_EQ(budget.spend(begin + minutes(2)), minutes(1)) << "two were due, and one is now";
  EXPECT_EQ(budget.spend(begin + minutes(10)), milliseconds(0));
}

TEST(RequestBudget, WhatIsNotSpentDoesNotGrowBeyondAnHour) {
  const RequestBudget::Clock::time_point begin{};
  RequestBudget budget(10, begin);
  const auto later = begin + std::chrono::hours(50);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(budget.spend(later), milliseconds(0)) << i;
  EXPECT_EQ(budget.spend(later), minutes(6));
}

TEST(RequestBudget, WithoutOneNothingWaits) {
  RequestBudget budget(0, {});
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(budget.spend({}), milliseconds(0));
}

}  // namespace
}  // namespace passaparola::connect
