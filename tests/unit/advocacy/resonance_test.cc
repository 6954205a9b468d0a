// What others did with an author's words: influence, niche, defences and how they ended.
#include <gtest/gtest.h>

#include "unit/advocacy/histories.h"

namespace passaparola::advocacy {
namespace {

std::vector<MentionFacts> year_of(const MentionFacts& facts, std::size_t count) {
  std::vector<MentionFacts> mentions(count, facts);
  for (std::size_t i = 0; i < count; ++i) {
    mentions[i].created_at = days_ago(20 + 20 * static_cast<double>(i));
    mentions[i].ties = {100 + i, 100 + i, 0};
  }
  return mentions;
}

TEST(Influence, AnswersToPaidMentionsAreNoInfluence) {
  std::vector<MentionFacts> mentions = year_of(said(Act::recommend, 0), 4);
  mentions[0] = with(mentions[0], Signal::explicit_label, 0);
  store::AuthorHistory history = history_of(mentions);
  answer(history, 6);
  EXPECT_EQ(score_of(history).responders, 6U) << "to what is not known";
  for (ResponseFacts& response : history.responses) response.answered = 100;
  EXPECT_EQ(score_of(history).responders, 0U) << "to the paid one";
  for (ResponseFacts& response : history.responses) response.answered = 101;
  EXPECT_EQ(score_of(history).responders, 6U) << "to another";
}

TEST(Influence, AnAnswerStaysPaidForWhenTheMentionHasLeftTheWindow) {
  MentionFacts paid = with(said(Act::recommend, 380), Signal::code, 0.3F);
  paid.ties = {7, 7, 0};
  store::AuthorHistory history = history_of({paid, said(Act::recommend, 5)});
  answer(history, 2, 100);
  for (ResponseFacts& response : history.responses) response.answered = 7;
  EXPECT_EQ(score_of(history).responders, 0U);
}

TEST(Niche, OneAspectAndPeopleWhoComeBack) {
  std::vector<MentionFacts> mentions = year_of(said(Act::recommend, 0), 4);
  store::AuthorHistory history = history_of(mentions);
  answer(history, 4, 30);
  answer(history, 3, 10);  // three of the four again
  EXPECT_EQ(score_of(history).niche, 0) << "no rule tags aspects";
  for (MentionFacts& facts : history.mentions) facts.topic = 5;
  EXPECT_DOUBLE_EQ(score_of(history).niche, 0.75);
  for (std::size_t i = 0; i < 4; ++i) history.mentions[i].topic = static_cast<std::uint32_t>(5 + i);
  // Four equal aspects of eight that make Hmax: H = 2 of 3 bits.
  EXPECT_DOUBLE_EQ(score_of(history).niche, 0.75 * (1.0 - 2.0 / 3));
  EXPECT_EQ(score_of(history).topics, 4U);
}

TEST(Niche, TwoMentionsSayNothing) {
  std::vector<MentionFacts> mentions = year_of(said(Act::recommend, 0), 2);
  for (MentionFacts& facts : mentions) facts.topic = 5;
  store::AuthorHistory history = history_of(mentions);
  answer(history, 4, 30);
  answer(history, 4, 10);
  EXPECT_EQ(score_of(history).niche, 0);
}

MentionFacts defended(bool proven) {
  MentionFacts facts = said(Act::defend, 10);
  facts.acts[0].parent_fits = proven;
  facts.ties = {50, 40, static_cast<std::uint16_t>(0xABCD)};
  return facts;
}

ResponseFacts critic(double hours, Label label) {
  ResponseFacts response;
  response.seq = 99;
  response.created_at = {days_ago(10).milliseconds + static_cast<std::int64_t>(hours * 3'600'000)};
  response.responder = 0x12340000ABCD;
  response.answered = 50;
  response.label = label;
  return response;
}

TEST(Defence, IsProvenByTheCriticismThatItAnswers) {
  EXPECT_EQ(score_of({defended(false)}).proven_defences, 0U);
  EXPECT_EQ(score_of({defended(false)}).defences, 1U);
  EXPECT_EQ(score_of({defended(true)}).proven_defences, 1U);
  EXPECT_EQ(score_of({with(defended(true), Signal::explicit_label, 0)}).proven_defences, 0U);
}

TEST(Defence, IsSettledWhenTheCriticSoftensInTime) {
  const auto settled = [](const ResponseFacts& response) {
    store::AuthorHistory history = history_of({defended(true)});
    history.responses.push_back(response);
    return score_of(history).settled_defences;
  };
  EXPECT_EQ(settled(critic(71, Label::positive)), 1U);
  EXPECT_EQ(settled(critic(71, Label::neutral)), 1U);
  EXPECT_EQ(settled(critic(73, Label::positive)), 0U) << "too late";
  EXPECT_EQ(settled(critic(1, Label::negative)), 0U);
  EXPECT_EQ(settled(critic(1, Label::abstain)), 0U);
  ResponseFacts other = critic(1, Label::positive);
  other.responder = 0x12340000AB01;
  EXPECT_EQ(settled(other), 0U) << "somebody else";
  other = critic(1, Label::positive);
  other.answered = 51;
  EXPECT_EQ(settled(other), 0U) << "to another post";
}

}  // namespace
}  // namespace passaparola::advocacy
