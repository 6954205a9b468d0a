// Logistic regression over three classes, the neutral one being what the others are compared with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace passaparola::training {

struct Example {
  std::vector<std::pair<std::uint32_t, float>> features;  // index, value
  int gold = 0;                                           // -1, 0, 1
  double weight = 1;
};

// What a feature adds to the log odds of positive ([0]) and of negative ([1]) against neutral.
using FeatureWeights = std::vector<std::array<double, 2>>;

// Minimizes the weighted sum of the examples' log losses plus half of pull[feature] times the
// square of each weight, by L-BFGS (Liu and Nocedal 1989) from zero. Deterministic.
FeatureWeights fit(const std::vector<const Example*>& examples, const std::vector<double>& pull);

// Log odds of positive and negative.
std::array<double, 2> log_odds(const Example& example, const FeatureWeights& weights);

}  // namespace passaparola::training
