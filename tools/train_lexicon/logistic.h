// Logistic regression: two classes, or three of which the middle one is what the others are
// compared with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace passaparola::training {

using Features = std::vector<std::pair<std::uint32_t, float>>;  // index, value

struct Example {
  const Features* features = nullptr;
  int gold = 0;  // 0, 1; of three classes also -1
  double weight = 1;
};

// What a feature adds to the log odds of 1 ([0]) and of -1 ([1]) against 0.
using FeatureWeights = std::vector<std::array<double, 2>>;

enum class Classes : std::uint8_t { two, three };

// Minimizes the weighted sum of the examples' log losses plus half of pull[feature] times the
// square of each weight, by L-BFGS (Liu and Nocedal 1989) from zero. Deterministic.
FeatureWeights fit(const std::vector<Example>& examples, const std::vector<double>& pull,
                   Classes classes = Classes::three);

// Log odds of 1 and -1.
std::array<double, 2> log_odds(const Features& features, const FeatureWeights& weights);

}  // namespace passaparola::training
