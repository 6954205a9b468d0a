// The personas of FEATURES D.3. The table prints S and S_lo and leaves out days, confidences and
// responders. Those that give its figures are stated here: polarity .8 and d' .75 throughout, A 1.
#include <gtest/gtest.h>

#include <cmath>

#include "unit/advocacy/histories.h"

namespace passaparola::advocacy {
namespace {

double printed(double score) { return std::round(score * 10) / 10; }

struct Said {
  Act act;
  double age_days;
  bool to_others = false;
};

store::AuthorHistory persona(float confidence, std::uint64_t responders,
                             std::initializer_list<Said> words) {
  std::vector<MentionFacts> mentions;
  for (const Said& word : words) {
    MentionFacts facts = word.act == Act::complain ? complained(word.age_days)
                                                   : said(word.act, word.age_days, word.to_others);
    facts.acts[0].confidence = confidence;
    mentions.push_back(facts);
  }
  store::AuthorHistory history = history_of(std::move(mentions));
  answer(history, responders);
  return history;
}

void expect_row(const store::AuthorHistory& history, double score, double score_low, Level level) {
  const AuthorScore scored = score_of(history);
  EXPECT_DOUBLE_EQ(printed(scored.score), score) << scored.score;
  EXPECT_DOUBLE_EQ(printed(scored.score_low), score_low) << scored.score_low;
  EXPECT_EQ(scored.level, level) << scored.next_gate;
}

TEST(Persona, OneRecommendation) {
  expect_row(persona(0.85F, 0, {{Act::recommend, 26}}), 21.9, 10.4, Level::none);
}

TEST(Persona, TwoStrongRecommendationsToOthers) {
  expect_row(persona(0.99F, 1, {{Act::recommend, 0, true}, {Act::recommend, 57, true}}), 40.9, 26.3,
             Level::candidate);
}

TEST(Persona, ThreeRecommendationsAndATestimonial) {
  expect_row(persona(0.57F, 0,
                     {{Act::recommend, 0},
                      {Act::recommend, 26},
                      {Act::recommend, 52},
                      {Act::testimonial, 78}}),
             47.5, 36.8, Level::advocate);
}

TEST(Persona, FiveRecommendationsTwoHelpsOneDefence) {
  expect_row(persona(0.51F, 4,
                     {{Act::recommend, 18},
                      {Act::help, 20},
                      {Act::defend, 22},
                      {Act::help, 24},
                      {Act::recommend, 30},
                      {Act::recommend, 60},
                      {Act::recommend, 90},
                      {Act::recommend, 120}}),
             60.0, 52.0, Level::advocate);
}

TEST(Persona, TwelvePraises) {
  std::vector<MentionFacts> mentions;
  for (int i = 0; i < 12; ++i) mentions.push_back(said(Act::praise, 5 * i));
  store::AuthorHistory history = history_of(std::move(mentions));
  answer(history, 3);
  expect_row(history, 19.5, 14.5, Level::none);
  EXPECT_EQ(score_of(history).relation, RelationClass::loyal);
}

TEST(Persona, TenLabelledPostsWithSixtyResponders) {
  std::vector<MentionFacts> mentions;
  for (int i = 0; i < 10; ++i) {
    mentions.push_back(with(said(Act::recommend, 10 * i, true), Signal::explicit_label, 0));
  }
  store::AuthorHistory history = history_of(std::move(mentions));
  answer(history, 60);
  const AuthorScore scored = score_of(history);
  EXPECT_EQ(scored.score, 0);
  EXPECT_EQ(scored.score_low, 0);
  EXPECT_EQ(scored.responders, 0U);
  EXPECT_EQ(scored.level, Level::none);
  EXPECT_EQ(scored.relation, RelationClass::influencer);
  EXPECT_EQ(scored.counter_evidence.size(), 10U);
}

TEST(Persona, EducatorWithEightHelpsAndTwoAnswers) {
  store::AuthorHistory history = persona(0.5F, 9,
                                         {{Act::help, 4},
                                          {Act::help, 5},
                                          {Act::help, 6},
                                          {Act::help, 7},
                                          {Act::help, 8},
                                          {Act::help, 17},
                                          {Act::recommend, 47, true},
                                          {Act::help, 78},
                                          {Act::help, 109},
                                          {Act::recommend, 139, true}});
  // Looked at in the middle of a month, these days are in six months.
  for (MentionFacts& facts : history.mentions) {
    facts.created_at.milliseconds -= 14 * kMillisecondsPerDay;
  }
  for (ResponseFacts& response : history.responses) response.created_at = days_ago(20);
  const AuthorScore scored = score_author(history, days_ago(14), default_config());
  EXPECT_DOUBLE_EQ(printed(scored.score), 53.3) << scored.score;
  EXPECT_DOUBLE_EQ(printed(scored.score_low), 47.4) << scored.score_low;
  EXPECT_EQ(scored.level, Level::advocate) << scored.next_gate;
  EXPECT_EQ(scored.active_months, 6U);
  EXPECT_EQ(scored.style.type, AuthorType::educator) << explain(scored.style.doubt);
}

TEST(Persona, TenRecommendationsFiveHelpsThreeDefencesTwoIdeas) {
  expect_row(persona(0.63F, 6, {{Act::help, 4},        {Act::recommend, 5},   {Act::defend, 6},
                                {Act::idea, 7},        {Act::help, 8},        {Act::recommend, 9},
                                {Act::help, 10},       {Act::defend, 11},     {Act::help, 12},
                                {Act::idea, 13},       {Act::help, 14},       {Act::defend, 15},
                                {Act::recommend, 30},  {Act::recommend, 60},  {Act::recommend, 90},
                                {Act::recommend, 120}, {Act::recommend, 150}, {Act::recommend, 180},
                                {Act::recommend, 210}, {Act::recommend, 240}}),
             80.3, 75.6, Level::champion);
}

TEST(Persona, ThreeRecommendationsThreeComplaints) {
  const store::AuthorHistory history = persona(0.53F, 5,
                                               {{Act::recommend, 34},
                                                {Act::complain, 62},
                                                {Act::recommend, 90},
                                                {Act::complain, 118},
                                                {Act::recommend, 146},
                                                {Act::complain, 174}});
  expect_row(history, 26.8, 19.2, Level::none);
  EXPECT_DOUBLE_EQ(score_of(history).positive_share, 0.5);
}

}  // namespace
}  // namespace passaparola::advocacy
