// What the trainer learns from examples whose answer is known.
#include "train_lexicon/logistic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "train_lexicon/figures.h"

namespace passaparola::training {
namespace {

std::vector<const Example*> pointers_to(const std::vector<Example>& examples) {
  std::vector<const Example*> pointers;
  for (const Example& example : examples) pointers.push_back(&example);
  return pointers;
}

// Feature 0 always stands, 1 speaks well, 2 speaks badly, 3 says nothing.
std::vector<Example> examples() {
  std::mt19937 random(7);
  std::vector<Example> all;
  for (int i = 0; i < 600; ++i) {
    Example example;
    example.gold = i % 3 - 1;
    example.features = {{0, 1.0F}};
    if (example.gold == 1) example.features.emplace_back(1, 1.0F);
    if (example.gold == -1) example.features.emplace_back(2, 1.0F);
    if (random() % 2 == 0) example.features.emplace_back(3, 1.0F);
    all.push_back(example);
  }
  return all;
}

TEST(Logistic, LearnsWhatSpeaksWellAndBadly) {
  const auto all = examples();
  const auto weights = fit(pointers_to(all), {1, 1, 1, 1});
  EXPECT_GT(weights[1][0], 2);
  EXPECT_GT(weights[2][1], 2);
  EXPECT_LT(std::abs(weights[3][0]), 0.5);
  Figures figures;
  for (const Example& example : all) {
    const auto z = log_odds(example, weights);
    figures.add(example.gold, z[0] > 0 && z[0] >= z[1] ? 1 : z[1] > 0 ? -1 : 0);
  }
  EXPECT_NE(figures.line().find("accuracy 1.000  macro-F1 1.000"), std::string::npos)
      << figures.line();
}

// With one feature that always stands the best answer is known: the logs of the shares' ratios.
TEST(Logistic, FindsTheSharesOfTheClasses) {
  std::vector<Example> all;
  for (int i = 0; i < 1000; ++i) {
    all.push_back({{{0, 1.0F}}, i < 500 ? 0 : i < 800 ? 1 : -1, 1});
  }
  const auto weights = fit(pointers_to(all), {0});
  EXPECT_NEAR(weights[0][0], std::log(0.6), 0.01);
  EXPECT_NEAR(weights[0][1], std::log(0.4), 0.01);
}

TEST(Logistic, ThePullDrawsWeightsToZero) {
  const auto all = examples();
  const auto loose = fit(pointers_to(all), {1, 1, 1, 1});
  const auto tight = fit(pointers_to(all), {1, 100, 1, 1});
  EXPECT_LT(tight[1][0], loose[1][0]);
  EXPECT_GT(tight[1][0], 0);
}

TEST(Logistic, GivesTheSameWeightsEveryTime) {
  const auto all = examples();
  EXPECT_EQ(fit(pointers_to(all), {1, 1, 1, 1}), fit(pointers_to(all), {1, 1, 1, 1}));
}

}  // namespace
}  // namespace passaparola::training
