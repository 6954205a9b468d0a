// Intervals: where a share, or the difference of two shares, truly lies with 95 % confidence when
// what was counted was drawn at random.
#pragma once

#include <cstdint>

namespace passaparola {

struct Interval {
  double low = 0;
  double high = 1;
};

// Of a share, `part` of `of` (above 0): Wilson's score interval.
Interval wilson_interval(std::uint64_t part, std::uint64_t of);

// Of the difference of two shares of one sample that exclude each other, (a - b) / of, in [-1, 1]:
// Newcombe's hybrid of two Wilson intervals for paired shares (1998, method 10). Holds its 95 %
// where the usual ±1.96 standard errors fall to 80 % and less, in samples of ten and near the ends.
Interval difference_interval(std::uint64_t a, std::uint64_t b, std::uint64_t of);

}  // namespace passaparola
