// What the English and the Italian scorer share: the scale of valences (-4 to 4 a word) and the
// way from their sum to a score in [-1, 1]. Constants and formulas: C.J. Hutto and E. Gilbert,
// "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace passaparola::sentiment {

inline constexpr double kCapitalsEmphasis = 0.733;  // a word in capitals among others that are not
inline constexpr double kNegation = -0.74;          // what a negation makes of a valence
inline constexpr double kBooster = 0.293;           // what an intensifier adds
inline constexpr double kPolarScore = 0.05;         // from here a sentence score is not neutral

// A word of the text that carries an opinion.
struct ValenceHit {
  std::uint32_t begin = 0;  // bytes of the original text
  std::uint32_t end = 0;
  double alone = 0;   // after negation and intensity
  double weight = 0;  // and after what an adversative makes of it
  bool negated = false;
};

inline double normalized(double sum) {
  constexpr double kAlpha = 15;  // about the largest sum that is expected
  return std::clamp(sum / std::sqrt(sum * sum + kAlpha), -1.0, 1.0);
}

// What exclamation and question marks of `text` add to the size of a sum.
double punctuation_emphasis(std::string_view text);

// The sum with the emphasis added in its own direction, as a score.
inline double score_of(double sum, double emphasis) {
  if (sum > 0) sum += emphasis;
  if (sum < 0) sum -= emphasis;
  return normalized(sum);
}

}  // namespace passaparola::sentiment
