// Recommendation Balance against the definition of FEATURES D.5, series 3.
#include "advocacy/balance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "unit/advocacy/histories.h"

namespace passaparola::advocacy {
namespace {

Stance stance(const store::AuthorHistory& history, double from_days_ago = 30,
              double to_days_ago = 0) {
  return stance_of(history, days_ago(from_days_ago), days_ago(to_days_ago), default_config());
}

Stance stance(std::vector<MentionFacts> mentions) {
  return stance(history_of(std::move(mentions)));
}

MentionFacts refused(double age_days) {
  MentionFacts facts = said(Act::anti_recommend, age_days);
  facts.label = Label::negative;
  facts.polarity = -0.6F;
  return facts;
}

TEST(Stance, OneAuthenticRecommendationAnswerOrDefence) {
  MentionFacts answer = said(Act::recommend, 3, true);
  answer.kind = PostKind::reply;
  EXPECT_EQ(stance({said(Act::recommend, 3)}), Stance::promoter);
  EXPECT_EQ(stance({answer}), Stance::promoter);
  EXPECT_EQ(stance({said(Act::defend, 3)}), Stance::promoter);
  EXPECT_EQ(stance({said(Act::help, 3)}), Stance::passive);
  EXPECT_EQ(stance({said(Act::praise, 3), said(Act::praise, 4)}), Stance::passive);
  EXPECT_EQ(stance({said(Act::testimonial, 3)}), Stance::passive);
}

// P = (1 + positive) / (2 + positive + negative).
TEST(Stance, ThePositiveShareOfAPromoter) {
  std::vector<MentionFacts> mentions{said(Act::recommend, 3), said(Act::praise, 4), complained(5)};
  EXPECT_EQ(stance(mentions), Stance::promoter);  // 3/5
  mentions.push_back(complained(6));
  EXPECT_EQ(stance(mentions), Stance::passive);  // 3/6
}

TEST(Stance, OneAntiRecommendationOrTwoComplaints) {
  EXPECT_EQ(stance({refused(3)}), Stance::detractor);
  EXPECT_EQ(stance({complained(3)}), Stance::passive);
  EXPECT_EQ(stance({complained(3), complained(4)}), Stance::detractor);  // P = 1/4
  EXPECT_EQ(stance({complained(3), complained(4), said(Act::praise, 5)}),
            Stance::detractor);  // 2/5
  EXPECT_EQ(stance({complained(3), complained(4), said(Act::praise, 5), said(Act::praise, 6)}),
            Stance::passive);  // 3/6
}

TEST(Stance, WhoIsBothIsADetractor) {
  std::vector<MentionFacts> mentions{refused(3)};
  for (int i = 0; i < 9; ++i) mentions.push_back(said(Act::recommend, 4 + i));
  EXPECT_EQ(stance(mentions), Stance::detractor);
}

TEST(Stance, NobodyIsCountedWithoutAnAuthenticOpinion) {
  MentionFacts neutral = said(Act::seek, 3);
  neutral.label = Label::neutral;
  neutral.polarity = 0;
  EXPECT_EQ(stance({neutral}), Stance::none);
  EXPECT_EQ(stance(std::vector<MentionFacts>{}), Stance::none);
  EXPECT_EQ(stance({with(said(Act::recommend, 3), Signal::explicit_label, 0)}), Stance::none);
  EXPECT_EQ(stance({with(refused(3), Signal::declared_bot, 0)}), Stance::none);
  MentionFacts repost = said(Act::recommend, 3);
  repost.kind = PostKind::repost;
  EXPECT_EQ(stance({repost}), Stance::none);
  // The brand's own people, whatever else they say.
  EXPECT_EQ(stance({with(said(Act::praise, 3), Signal::employee_bio, 0), said(Act::recommend, 4)}),
            Stance::none);
  // An inauthentic author: one text again and again.
  std::vector<MentionFacts> copies(9, said(Act::recommend, 3));
  for (MentionFacts& copy : copies) copy.fingerprint = 42;
  EXPECT_EQ(stance(copies), Stance::none);
}

TEST(Stance, OnlyTheWindowCounts) {
  const store::AuthorHistory history = history_of({said(Act::recommend, 30), refused(10)});
  EXPECT_EQ(stance(history, 30, 10), Stance::promoter);  // from the one, up to before the other
  EXPECT_EQ(stance(history, 30, 9.9), Stance::detractor);
  EXPECT_EQ(stance(history, 29.9, 10), Stance::none);
  EXPECT_EQ(stance(history, 10, 10), Stance::none);
  EXPECT_EQ(stance(history, 5, 10), Stance::none);
}

TEST(Stance, AWindowOfYearsIsAsGoodAsOneOfDays) {
  EXPECT_EQ(stance(history_of({said(Act::recommend, 1500)}), 2000, 0), Stance::promoter);
}

RecommendationBalance balance(std::uint64_t promoters, std::uint64_t passives,
                              std::uint64_t detractors,
                              const AdvocacyConfig& config = default_config()) {
  return balance_of({promoters, passives, detractors}, config);
}

TEST(Balance, IsPromotersLessDetractorsInPercent) {
  const RecommendationBalance result = balance(50, 30, 20);
  ASSERT_TRUE(result.balance.has_value());
  EXPECT_DOUBLE_EQ(*result.balance, 30);
  EXPECT_DOUBLE_EQ(result.negative_rate, 0.2);
  EXPECT_NEAR(result.negative_interval.low, 0.1334, 5e-5);
  EXPECT_NEAR(result.negative_interval.high, 0.2888, 5e-5);
}

TEST(Balance, OfFewerThanThirtyAuthorsIsNotShown) {
  const RecommendationBalance few = balance(20, 5, 4);
  EXPECT_FALSE(few.balance.has_value());
  EXPECT_EQ(few.counts.authors(), 29U);
  EXPECT_EQ(few.needed, 30U);
  EXPECT_TRUE(balance(20, 5, 5).balance.has_value());
  EXPECT_FALSE(balance(0, 0, 0).balance.has_value());
}

// The interval of the bootstrap against its theory: the mean of n draws of +1, 0 and -1.
TEST(Balance, TheIntervalIsAsWideAsTheorySays) {
  for (const StanceCounts& counts : {StanceCounts{50, 30, 20}, {300, 400, 300}, {10, 5, 20}}) {
    const RecommendationBalance result = balance_of(counts, default_config());
    EXPECT_EQ(result.draws, 2000U);
    const auto n = static_cast<double>(counts.authors());
    const double p = static_cast<double>(counts.promoters) / n;
    const double d = static_cast<double>(counts.detractors) / n;
    const double half = 196 * std::sqrt((p + d - (p - d) * (p - d)) / n);
    EXPECT_NEAR(result.interval.low, *result.balance - half, 0.15 * half);
    EXPECT_NEAR(result.interval.high, *result.balance + half, 0.15 * half);
  }
}

TEST(Balance, OfOneMindThereIsNothingToDraw) {
  const RecommendationBalance result = balance(40, 0, 0);
  EXPECT_EQ(*result.balance, 100);
  EXPECT_EQ(result.interval.low, 100);
  EXPECT_EQ(result.interval.high, 100);
}

TEST(Balance, TheSameDrawsEveryTime) {
  const RecommendationBalance a = balance(50, 30, 20), b = balance(50, 30, 20);
  EXPECT_EQ(a.interval.low, b.interval.low);
  EXPECT_EQ(a.interval.high, b.interval.high);
  // And on every machine; these are by another program with the same generator.
  EXPECT_DOUBLE_EQ(a.interval.low, 14);
  EXPECT_DOUBLE_EQ(a.interval.high, 45);
}

TEST(Balance, ForVeryManyAuthorsTheNormalDistributionStandsIn) {
  const RecommendationBalance drawn = balance(9'000, 8'000, 3'000);
  const RecommendationBalance normal = balance(9'001, 8'000, 3'000);
  EXPECT_EQ(drawn.draws, 2000U);
  EXPECT_EQ(normal.draws, 0U);
  EXPECT_NEAR(drawn.interval.low, normal.interval.low, 0.1);
  EXPECT_NEAR(drawn.interval.high, normal.interval.high, 0.1);
}

// How often the interval has the truth when the authors are a sample of many.
TEST(Balance, TheIntervalHoldsTheTruth) {
  std::mt19937_64 random(1);
  const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  AdvocacyConfig config;
  config.balance.draws = 400;
  int held = 0;
  constexpr int kSamples = 800;
  for (int i = 0; i < kSamples; ++i) {
    StanceCounts counts;
    for (int author = 0; author < 60; ++author) {
      const double u = unit();
      counts.add(u < 0.4 ? Stance::promoter : u < 0.6 ? Stance::detractor : Stance::passive);
    }
    const Interval interval = balance_of(counts, config).interval;
    held += interval.low <= 20 && 20 <= interval.high;
  }
  EXPECT_GT(held, 0.92 * kSamples);
  EXPECT_LT(held, 0.98 * kSamples);
}

std::vector<MentionFacts> any_words(std::mt19937_64& random) {
  constexpr Act kActs[] = {Act::recommend, Act::defend, Act::praise, Act::idea};
  std::vector<MentionFacts> mentions(1 + random() % 5);
  for (MentionFacts& facts : mentions) {
    const double age = static_cast<double>(random() % 2800) / 100 + 0.5;
    const std::uint64_t kind = random() % 8;
    facts = kind == 0 ? refused(age) : kind < 3 ? complained(age) : said(kActs[random() % 4], age);
    if (random() % 6 == 0) facts = with(facts, Signal::code, 0.3F);
  }
  return mentions;
}

int side(Stance stance) {
  return stance == Stance::promoter ? 1 : stance == Stance::detractor ? -1 : 0;
}

TEST(StanceProperty, OneMoreAuthenticRecommendationNeverTurnsAnybodyAgainst) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 2000; ++round) {
    std::vector<MentionFacts> mentions = any_words(random);
    const Stance before = stance(mentions);
    mentions.push_back(said(Act::recommend, static_cast<double>(random() % 28) + 1));
    ASSERT_GE(side(stance(mentions)), side(before)) << "round " << round;
  }
}

TEST(StanceProperty, OrderOfArrivalDoesNotMatter) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 500; ++round) {
    store::AuthorHistory history = history_of(any_words(random));
    const Stance before = stance(history);
    std::shuffle(history.mentions.begin(), history.mentions.end(), random);
    ASSERT_EQ(stance(history), before) << "round " << round;
  }
}

}  // namespace
}  // namespace passaparola::advocacy
