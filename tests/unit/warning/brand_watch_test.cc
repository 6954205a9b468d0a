#include <gmock/gmock.h>

#include "unit/warning/made_up_brand.h"

namespace passaparola::warning {
namespace {

using testing::HasSubstr;

struct Outcome {
  std::vector<Alert> alerts;

  // From the onset on; negative: none of at least that level came.
  double minutes_to(Level level, Timestamp onset) const {
    for (const Alert& alert : alerts) {
      if (alert.at >= onset && alert.level >= level) {
        return static_cast<double>(alert.at.milliseconds - onset.milliseconds) / kMinute;
      }
    }
    return -1;
  }
  int raised() const {
    int count = 0;
    for (const Alert& alert : alerts) count += alert.before == Level::none;
    return count;
  }
};

Outcome live(const MadeUpBrand& brand) {
  BrandWatch watch({});
  Outcome outcome;
  brand.live([&](const Observation& one) { watch.observe(one); },
             [&](Timestamp at) {
               if (auto alert = watch.evaluate(at)) outcome.alerts.push_back(*std::move(alert));
             });
  return outcome;
}

TEST(BrandWatch, ACrisisIsToldSoonWhateverTheBrandsSize) {
  for (const double rate : {0.3, 3.0, 30.0}) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      MadeUpBrand brand{.critics_an_hour = rate, .crisis = Crisis::sudden, .seed = seed};
      const double sudden = live(brand).minutes_to(Level::watch, brand.onset());
      brand.crisis = Crisis::spreading;
      const Outcome spreading = live(brand);
      const double first = spreading.minutes_to(Level::watch, brand.onset());
      if (rate >= 3) {
        EXPECT_TRUE(0 < sudden && sudden <= 30) << rate << " " << seed << ": " << sudden;
        EXPECT_TRUE(0 < first && first <= 45) << rate << " " << seed << ": " << first;
        const double crisis = spreading.minutes_to(Level::crisis, brand.onset());
        EXPECT_TRUE(0 < crisis && crisis <= 250) << rate << " " << seed << ": " << crisis;
      } else {
        EXPECT_TRUE(0 < first && first <= 240) << rate << " " << seed << ": " << first;
      }
      brand.crisis = Crisis::slow;
      const double slow = live(brand).minutes_to(Level::watch, brand.onset());
      EXPECT_TRUE(0 < slow && slow <= (rate >= 3 ? 12 : 36) * 60) << rate << ": " << slow;
    }
  }
}

TEST(BrandWatch, BotsRaiseNothing) {
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    const MadeUpBrand brand{.crisis = Crisis::bots, .seed = seed};
    const double minutes = live(brand).minutes_to(Level::watch, brand.onset());
    EXPECT_TRUE(minutes < 0 || minutes > 180) << seed << ": " << minutes;
  }
}

TEST(BrandWatch, ChanceRaisesLittle) {
  int raised = 0;
  double months = 0;
  for (const double rate : {0.1, 1.0, 10.0, 100.0}) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      const MadeUpBrand brand{.critics_an_hour = rate, .seed = seed};
      raised += live(brand).raised();
      months += static_cast<double>(brand.days) / 30;
    }
  }
  EXPECT_LT(raised / months, 1) << raised << " in " << months << " months";
}

// Many at once, the usual nothing, an hour ago.
std::vector<Observation> people(std::size_t count, Timestamp at, const std::string& source) {
  std::vector<Observation> all;
  for (std::size_t i = 0; i < count; ++i) {
    Observation one;
    one.seq = i + 1;
    one.at = at;
    one.author = i + 1;
    one.source = source;
    one.is_negative = true;
    all.push_back(one);
  }
  return all;
}

class KnownBrand : public testing::Test {
 protected:
  KnownBrand() {
    Observation first;
    first.at = {0};
    watch_.observe(first);
    for (; at_.milliseconds < 30 * kDay; at_.milliseconds += kStep) watch_.evaluate(at_);
  }
  void observe(const std::vector<Observation>& all) {
    for (const Observation& one : all) watch_.observe(one);
  }
  std::optional<Alert> next() {
    at_.milliseconds += kStep;
    return watch_.evaluate(at_);
  }

  BrandWatch watch_{Settings()};
  Timestamp at_{0};
};

TEST_F(KnownBrand, AnAlertSaysWhyAndByWhichMentions) {
  auto critics = people(12, at_, "bluesky");
  for (Observation& one : critics) one.aspect = "safety";
  critics[3].was_advocate = true;
  observe(critics);
  Observation defender;
  defender.at = at_;
  defender.author = 99;
  defender.defends = true;
  watch_.observe(defender);
  Observation bot = critics[0];
  bot.author = 77;
  bot.is_authentic = false;
  watch_.observe(bot);
  const auto alert = next();
  ASSERT_TRUE(alert);
  EXPECT_EQ(alert->level, Level::warn);
  EXPECT_EQ(alert->before, Level::none);
  EXPECT_EQ(alert->since, at_);
  EXPECT_EQ(alert->picture.critics, 12U);
  EXPECT_EQ(alert->picture.weight, 14);
  EXPECT_EQ(alert->picture.turned_advocates, 1U);
  EXPECT_EQ(alert->picture.defenders, 1U);
  EXPECT_EQ(alert->picture.set_aside, 1U);
  EXPECT_THAT(alert->picture.new_aspects, testing::ElementsAre("safety"));
  EXPECT_THAT(alert->picture.mentions, testing::ElementsAre(12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1));
  EXPECT_THAT(alert->reasons,
              testing::ElementsAre(HasSubstr("12 people spoke badly of it in the last hour; 0.0"),
                                   HasSubstr("14 times as many"), HasSubstr("1 of them were"),
                                   HasSubstr("new in a week: safety"), HasSubstr("1 people defend"),
                                   HasSubstr("1 mentions of voices")));
  EXPECT_FALSE(next()) << "what was told is not told again";
}

TEST_F(KnownBrand, ALevelGoesWhenItHasBeenCalmForAnHour) {
  observe(people(12, at_, "bluesky"));
  ASSERT_TRUE(next());
  std::optional<Alert> gone;
  int steps = 0;
  for (; steps < 100 && !gone; ++steps) gone = next();
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->before, Level::warn);
  EXPECT_EQ(gone->level, Level::none);
  EXPECT_EQ(steps, 23) << "an hour until the critics are an hour old, and an hour of calm";
}

TEST_F(KnownBrand, OnePersonIsOneCriticHoweverMuchTheyWrite) {
  auto same = people(100, at_, "bluesky");
  for (Observation& one : same) one.author = 1;
  observe(same);
  EXPECT_FALSE(next());
  EXPECT_EQ(watch_.picture(at_).critics, 1U);
}

TEST_F(KnownBrand, AWatchOnTwoSourcesIsAWarningAndAfterTwoHoursACrisis) {
  std::vector<Level> levels;
  for (int i = 0; i < 40; ++i) {
    auto some = people(3, at_, "bluesky"), others = people(3, at_, "reddit");
    for (Observation& one : some) one.author += 10U * i;
    for (Observation& one : others) one.author += 100'000 + 10U * i;
    observe(some);
    observe(others);
    if (const auto alert = next()) levels.push_back(alert->level);
  }
  EXPECT_THAT(levels, testing::ElementsAre(Level::warn, Level::crisis));
}

TEST(BrandWatch, OfABrandThatIsNewNothingIsUsual) {
  BrandWatch watch({});
  for (const Observation& one : people(50, {kMadeHour}, "bluesky")) watch.observe(one);
  EXPECT_FALSE(watch.evaluate({kMadeHour + kStep}));
  EXPECT_EQ(watch.picture({kMadeHour + kStep}).critics, 50U);
}

}  // namespace
}  // namespace passaparola::warning
