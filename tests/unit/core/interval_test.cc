#include "core/interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace passaparola {
namespace {

TEST(WilsonInterval, IsWhatTablesOfItSay) {
  const auto expect = [](std::uint64_t part, std::uint64_t of, double low, double high) {
    const Interval interval = wilson_interval(part, of);
    EXPECT_NEAR(interval.low, low, 5e-5);
    EXPECT_NEAR(interval.high, high, 5e-5);
  };
  expect(8, 10, 0.4902, 0.9433);
  expect(50, 100, 0.4038, 0.5962);
  expect(0, 10, 0.0, 0.2775);
  expect(10, 10, 0.7225, 1.0);
  expect(1, 1, 0.2065, 1.0);
}

// By another program that has Newcombe's method for a table of pairs, none of which is both.
TEST(DifferenceInterval, IsNewcombesOfPairs) {
  const auto expect = [](std::uint64_t a, std::uint64_t b, std::uint64_t of, double low,
                         double high) {
    const Interval interval = difference_interval(a, b, of);
    EXPECT_NEAR(interval.low, low, 5e-5) << a << ' ' << b << ' ' << of;
    EXPECT_NEAR(interval.high, high, 5e-5) << a << ' ' << b << ' ' << of;
  };
  expect(12, 3, 20, 0.0812, 0.6961);
  expect(0, 0, 10, -0.2775, 0.2775);
  expect(10, 0, 10, 0.6075, 1.0);
  expect(50, 30, 100, 0.0253, 0.3613);
  expect(7, 7, 14, -0.464, 0.464);
  expect(1, 0, 1, -0.1221, 1.0);
  expect(0, 1, 1, -1.0, 0.1221);
}

TEST(DifferenceInterval, HoldsTheTruthNineteenTimesOfTwenty) {
  std::mt19937_64 random(1);
  const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  struct Truth {
    std::uint64_t n;
    double p, q;
  };
  for (const Truth truth : {Truth{10, .8, .15}, {30, .5, .2}, {30, .9, .02}, {100, .3, .3}}) {
    constexpr int kSamples = 4000;
    int held = 0;
    for (int i = 0; i < kSamples; ++i) {
      std::uint64_t a = 0, b = 0;
      for (std::uint64_t j = 0; j < truth.n; ++j) {
        const double u = unit();
        a += u < truth.p ? 1 : 0;
        b += u >= truth.p && u < truth.p + truth.q ? 1 : 0;
      }
      const Interval interval = difference_interval(a, b, truth.n);
      held += interval.low <= truth.p - truth.q && truth.p - truth.q <= interval.high;
    }
    EXPECT_GT(held, 0.935 * kSamples) << truth.n << ' ' << truth.p << ' ' << truth.q;
  }
}

}  // namespace
}  // namespace passaparola
