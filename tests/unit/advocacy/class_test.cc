#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/advocacy/histories.h"

namespace passaparola::advocacy {
namespace {

using testing::HasSubstr;

std::vector<MentionFacts> advocates_words(double newest_age = 5) {
  std::vector<MentionFacts> mentions;
  for (int i = 0; i < 5; ++i) mentions.push_back(said(Act::recommend, newest_age + 20 * i, true));
  return mentions;
}

std::vector<MentionFacts> labelled(std::size_t paid, std::size_t free) {
  std::vector<MentionFacts> mentions;
  for (std::size_t i = 0; i < paid + free; ++i) {
    MentionFacts facts = said(Act::recommend, 1 + 10.0 * static_cast<double>(i), true);
    mentions.push_back(i < paid ? with(facts, Signal::explicit_label, 0) : facts);
  }
  return mentions;
}

TEST(Class, NamesGoThereAndBack) {
  for (int i = 0; i <= static_cast<int>(RelationClass::neutral); ++i) {
    const auto relation = static_cast<RelationClass>(i);
    EXPECT_EQ(parse_relation_class(name_of(relation)), relation);
  }
  EXPECT_FALSE(parse_relation_class("king").has_value());
  EXPECT_EQ(name_of(Level::champion), "champion");
}

TEST(Class, AdvocateByGates) {
  const AuthorScore score = score_of(advocates_words());
  EXPECT_EQ(score.relation, RelationClass::advocate);
  EXPECT_EQ(score.level, Level::advocate);
  EXPECT_THAT(score.next_gate, HasSubstr("one more defence of the brand"));
}

TEST(Class, TheBrandsOwnVoiceIsNeverAnAdvocate) {
  auto mentions = advocates_words();
  mentions[4] = with(mentions[4], Signal::employee_bio, 1);
  const AuthorScore score = score_of(mentions);
  EXPECT_EQ(score.relation, RelationClass::affiliated);
  EXPECT_EQ(score.level, Level::none);
  EXPECT_EQ(score.contributions.size(), 4U);
}

TEST(Class, AnInfluencerIsLabelledOftenOrOnceBeforeManyPeople) {
  EXPECT_EQ(score_of(labelled(3, 7)).relation, RelationClass::influencer);
  EXPECT_EQ(score_of(labelled(1, 9)).relation, RelationClass::advocate);
  store::AuthorHistory wide = history_of(labelled(1, 9));
  wide.author.followers = 10'000;
  EXPECT_EQ(score_of(wide).relation, RelationClass::influencer);
  wide.author.followers = 9'999;
  EXPECT_EQ(score_of(wide).relation, RelationClass::advocate);
}

TEST(Class, FollowersAloneChangeNothing) {
  store::AuthorHistory history = history_of(advocates_words());
  const double before = score_of(history).score;
  history.author.followers = 5'000'000;
  EXPECT_EQ(score_of(history).score, before);
  EXPECT_EQ(score_of(history).relation, RelationClass::advocate);
}

TEST(Class, WhoRecommendsForARewardIsIncentivised) {
  auto mentions = advocates_words();
  for (std::size_t i = 0; i < 3; ++i) mentions[i] = with(mentions[i], Signal::code, 0.3F);
  EXPECT_EQ(score_of(mentions).relation, RelationClass::incentivised);
  // Most words are free, and yet half of the good ones are paid with a gift.
  std::vector<MentionFacts> chatter{with(said(Act::praise, 1), Signal::gift, 0.4F),
                                    said(Act::praise, 9)};
  for (int i = 0; i < 8; ++i) chatter.push_back(said(Act::seek, 10 + i));
  EXPECT_EQ(score_of(chatter).relation, RelationClass::incentivised);
}

TEST(Class, ALittleCommerceKeepsACandidateFromAdvocacy) {
  auto mentions = advocates_words();
  mentions[0] = with(mentions[0], Signal::code, 0.3F);
  const AuthorScore score = score_of(mentions);
  EXPECT_EQ(score.level, Level::candidate);
  EXPECT_THAT(score.next_gate, HasSubstr("a commercial share below 0.2 (now 0.20)"));
}

TEST(Class, ADetractorComplainsOnMoreThanOneDay) {
  EXPECT_EQ(score_of({complained(1), complained(9), complained(20)}).relation,
            RelationClass::detractor);
  EXPECT_EQ(score_of({complained(1), complained(1), complained(1)}).relation,
            RelationClass::neutral);
  EXPECT_EQ(score_of({complained(1), complained(2)}).relation, RelationClass::neutral);
}

TEST(Class, Loyal) {
  EXPECT_EQ(score_of({said(Act::testimonial, 3)}).relation, RelationClass::loyal);
  EXPECT_EQ(score_of({said(Act::praise, 3), said(Act::praise, 4), said(Act::praise, 5)}).relation,
            RelationClass::loyal);
  EXPECT_EQ(score_of({said(Act::praise, 3), said(Act::praise, 4)}).relation,
            RelationClass::neutral);
  EXPECT_EQ(score_of({said(Act::testimonial, 3), complained(4)}).relation, RelationClass::neutral);
}

TEST(Class, DeclaredBotsAreInauthentic) {
  std::vector<MentionFacts> mentions;
  for (const MentionFacts& facts : advocates_words()) {
    mentions.push_back(with(facts, Signal::declared_bot, 0));
  }
  const AuthorScore score = score_of(mentions);
  EXPECT_EQ(score.relation, RelationClass::inauthentic);
  EXPECT_DOUBLE_EQ(score.authenticity, 0.05);
  ASSERT_EQ(score.penalties.size(), 1U);
  EXPECT_EQ(score.penalties[0].signal, "declared_bot");
  EXPECT_EQ(explain(score.penalties[0]),
            "declared_bot: 5 of 5 mentions are by a declared bot (penalty 1)");
}

TEST(Authenticity, VolumeOfOneDay) {
  std::vector<MentionFacts> mentions(50, said(Act::seek, 1));
  EXPECT_DOUBLE_EQ(score_of(mentions).authenticity, 1);
  mentions.push_back(said(Act::seek, 1));
  EXPECT_DOUBLE_EQ(score_of(mentions).authenticity, 0.7);
  mentions.resize(145, said(Act::seek, 1));
  EXPECT_DOUBLE_EQ(score_of(mentions).authenticity, 0.4);
}

TEST(Level, SpanAndDays) {
  std::vector<MentionFacts> mentions;
  for (int i = 0; i < 6; ++i) mentions.push_back(said(Act::recommend, 1 + i, true));
  const AuthorScore hasty = score_of(mentions);
  EXPECT_EQ(hasty.level, Level::candidate);
  EXPECT_THAT(hasty.next_gate, HasSubstr("advocate: 23 more days of span"));
  const AuthorScore same_day = score_of({said(Act::recommend, 1), said(Act::recommend, 1)});
  EXPECT_EQ(same_day.level, Level::none);
  EXPECT_THAT(same_day.next_gate, HasSubstr("candidate: one more recommendation on another day"));
}

TEST(Level, NextGateOfTheFirstWord) {
  const AuthorScore score = score_of({said(Act::praise, 1)});
  EXPECT_THAT(score.next_gate, HasSubstr("candidate: 2 more recommendations on 2 days"));
  EXPECT_THAT(score.next_gate, HasSubstr("score_low 20 (now "));
}

TEST(Level, ChampionNeedsNothingMore) {
  std::vector<MentionFacts> mentions;
  for (int i = 0; i < 12; ++i) mentions.push_back(said(Act::recommend, 5 + 15 * i, true));
  for (int i = 0; i < 4; ++i) mentions.push_back(said(Act::defend, 8 + 15 * i));
  const AuthorScore score = score_of(mentions);
  EXPECT_EQ(score.level, Level::champion) << score.next_gate;
  EXPECT_EQ(score.next_gate, "");
}

TEST(Level, AnAdvocateWhoComplainsIsAtRisk) {
  auto mentions = advocates_words(40);
  EXPECT_FALSE(score_of(mentions).at_risk);
  mentions.push_back(complained(3));
  EXPECT_TRUE(score_of(mentions).at_risk);
  mentions.back() = complained(31);
  EXPECT_FALSE(score_of(mentions).at_risk);
}

TEST(Level, AStrangerWhoComplainsIsNotAtRisk) {
  EXPECT_FALSE(score_of({said(Act::praise, 9), complained(3)}).at_risk);
}

TEST(Level, ManyComplaintsStillShowWhoWasAnAdvocate) {
  auto mentions = advocates_words(40);
  for (int i = 0; i < 4; ++i) mentions.push_back(complained(1 + i));
  const AuthorScore score = score_of(mentions);
  EXPECT_LT(score.level, Level::advocate);
  EXPECT_TRUE(score.at_risk);
}

// So many people answer, so many of them on a second day.
store::AuthorHistory answered_by(std::uint64_t people, std::uint64_t returning) {
  store::AuthorHistory history = history_of(advocates_words());
  answer(history, people, 5);
  answer(history, returning, 9);
  return history;
}

TEST(MicroAdvocate, IsAnAdvocateForAFewWhoComeBack) {
  EXPECT_TRUE(score_of(answered_by(5, 3)).micro_advocate);
  EXPECT_FALSE(score_of(answered_by(5, 2)).micro_advocate);
  EXPECT_FALSE(score_of(answered_by(2, 2)).micro_advocate);
  EXPECT_FALSE(score_of(answered_by(0, 0)).micro_advocate);
  EXPECT_EQ(score_of(answered_by(5, 3)).returning_responders, 3U);
}

TEST(MicroAdvocate, OneLongConversationIsNoReturn) {
  store::AuthorHistory history = answered_by(5, 0);
  answer(history, 5, 5.1);
  EXPECT_EQ(score_of(history).responders, 5U);
  EXPECT_EQ(score_of(history).returning_responders, 0U);
}

TEST(MicroAdvocate, TheAudienceIsSmallOrUnknown) {
  store::AuthorHistory history = answered_by(5, 5);
  history.author.followers = 9'999;
  EXPECT_TRUE(score_of(history).micro_advocate);
  history.author.followers = 10'000;
  EXPECT_FALSE(score_of(history).micro_advocate);
}

TEST(MicroAdvocate, NobodyBelowAnAdvocateIsOne) {
  store::AuthorHistory history = history_of({said(Act::recommend, 5), said(Act::recommend, 50)});
  answer(history, 5, 5);
  answer(history, 5, 9);
  ASSERT_EQ(score_of(history).level, Level::candidate);
  EXPECT_FALSE(score_of(history).micro_advocate);
}

TEST(MicroAdvocate, IsShownInEveryForm) {
  IdentifyReport report;
  report.brand = "moka_nera";
  report.authors.resize(1);
  report.authors[0].score = score_of(answered_by(5, 3));
  EXPECT_THAT(to_table(report, false),
              HasSubstr("micro-advocate: 3 of the 5 people who answer come back"));
  EXPECT_THAT(to_json(report, false), HasSubstr("\"returning_responders\":3,"));
  EXPECT_THAT(to_ndjson(report, false), HasSubstr("\"micro_advocate\":true,"));
  EXPECT_THAT(to_csv(report), HasSubstr(",3,true\r\n"));
}

TEST(MicroAdvocate, DoesNotMoveTheScore) {
  EXPECT_EQ(score_of(answered_by(5, 0)).score, score_of(answered_by(5, 5)).score);
  EXPECT_EQ(score_of(answered_by(5, 5)).niche, 0);
}

TEST(Level, SilentAdvocatesLapse) {
  EXPECT_FALSE(score_of(advocates_words(179)).lapsed);
  EXPECT_TRUE(score_of(advocates_words(181)).lapsed);
  const AuthorScore gone = score_of(advocates_words(800));
  EXPECT_TRUE(gone.lapsed);
  EXPECT_EQ(gone.level, Level::none);
  EXPECT_FALSE(score_of({said(Act::recommend, 300)}).lapsed);
}

}  // namespace
}  // namespace passaparola::advocacy
