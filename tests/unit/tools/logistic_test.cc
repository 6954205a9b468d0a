// What the trainer learns from examples whose answer is known.
#include "train_lexicon/logistic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <random>

#include "train_lexicon/figures.h"

namespace passaparola::training {
namespace {

// Feature 0 always stands, 1 speaks well, 2 speaks badly, 3 says nothing.
struct Sample {
  Sample() {
    std::mt19937 random(7);
    for (int i = 0; i < 600; ++i) {
      const int gold = i % 3 - 1;
      Features& of = features.emplace_back(Features{{0, 1.0F}});
      if (gold == 1) of.emplace_back(1, 1.0F);
      if (gold == -1) of.emplace_back(2, 1.0F);
      if (random() % 2 == 0) of.emplace_back(3, 1.0F);
      examples.push_back({&of, gold, 1});
    }
  }

  std::deque<Features> features;
  std::vector<Example> examples;
};

TEST(Logistic, LearnsWhatSpeaksWellAndBadly) {
  const Sample all;
  const auto weights = fit(all.examples, {1, 1, 1, 1});
  EXPECT_GT(weights[1][0], 2);
  EXPECT_GT(weights[2][1], 2);
  EXPECT_LT(std::abs(weights[3][0]), 0.5);
  Figures figures;
  for (const Example& example : all.examples) {
    const auto z = log_odds(*example.features, weights);
    figures.add(example.gold, z[0] > 0 && z[0] >= z[1] ? 1 : z[1] > 0 ? -1 : 0);
  }
  EXPECT_NE(figures.line().find("accuracy 1.000  macro-F1 1.000"), std::string::npos)
      << figures.line();
}

// With one feature that always stands the best answer is known: the logs of the shares' ratios.
TEST(Logistic, FindsTheSharesOfTheClasses) {
  const Features always{{0, 1.0F}};
  std::vector<Example> all;
  for (int i = 0; i < 1000; ++i) all.push_back({&always, i < 500 ? 0 : i < 800 ? 1 : -1, 1});
  const auto weights = fit(all, {0});
  EXPECT_NEAR(weights[0][0], std::log(0.6), 0.01);
  EXPECT_NEAR(weights[0][1], std::log(0.4), 0.01);
}

TEST(Logistic, OfTwoClassesTheOtherOutputStaysAtZero) {
  const Features always{{0, 1.0F}};
  std::vector<Example> all;
  for (int i = 0; i < 1000; ++i) all.push_back({&always, i < 200 ? 1 : 0, 1});
  const auto weights = fit(all, {0}, Classes::two);
  EXPECT_NEAR(weights[0][0], std::log(0.25), 0.01);
  EXPECT_EQ(weights[0][1], 0);
}

TEST(Logistic, ThePullDrawsWeightsToZero) {
  const Sample all;
  const auto loose = fit(all.examples, {1, 1, 1, 1});
  const auto tight = fit(all.examples, {1, 100, 1, 1});
  EXPECT_LT(tight[1][0], loose[1][0]);
  EXPECT_GT(tight[1][0], 0);
}

TEST(Logistic, GivesTheSameWeightsEveryTime) {
  const Sample all;
  EXPECT_EQ(fit(all.examples, {1, 1, 1, 1}), fit(all.examples, {1, 1, 1, 1}));
}

}  // namespace
}  // namespace passaparola::training
