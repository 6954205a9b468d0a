// The comparison of advocacy, loyalty, influencers and referral in ten aspects (FEATURES §F,
// A10-21) as the acceptance test of D.4: each aspect is something that the report shows of a
// person, and by it the four are told apart.
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/advocacy/histories.h"

namespace passaparola::advocacy {
namespace {

// Half a year of free words to others, and people who answer.
store::AuthorHistory advocate() {
  store::AuthorHistory history = history_of(
      {said(Act::recommend, 5, true), said(Act::help, 20), said(Act::recommend, 50, true),
       said(Act::defend, 80), said(Act::recommend, 110, true), said(Act::recommend, 140, true),
       said(Act::testimonial, 150)});
  answer(history, 6);
  return history;
}

// Buys again and again and says so, and tells nobody to.
store::AuthorHistory loyal() {
  return history_of({said(Act::purchase_intent, 5), said(Act::praise, 30),
                     said(Act::purchase_intent, 60), said(Act::praise, 90)});
}

// Labelled posts before many people.
store::AuthorHistory influencer(int posts = 10) {
  std::vector<MentionFacts> mentions;
  for (int i = 0; i < posts; ++i) {
    mentions.push_back(with(said(Act::recommend, 5 + 15 * i, true), Signal::platform_paid_flag, 0));
  }
  store::AuthorHistory history = history_of(std::move(mentions));
  history.author.followers = 80'000;
  answer(history, 60);
  return history;
}

// Recommends with a code that pays. No register of codes says which belong to a referral programme,
// so nobody is called referral_partner yet: who is one stands among the incentivised.
store::AuthorHistory referral(int posts = 6, bool rewarded = true) {
  std::vector<MentionFacts> mentions;
  for (int i = 0; i < posts; ++i) {
    MentionFacts facts = said(Act::recommend, 5 + 25 * i, true);
    facts.acts[facts.act_count++] = {Act::invite, false, 0.9F};
    mentions.push_back(rewarded ? with(facts, Signal::code, 0.3F) : facts);
  }
  return history_of(std::move(mentions));
}

double authenticity(const AuthorScore& score) {
  double sum = 0;
  for (const Contribution& c : score.contributions) sum += c.authenticity;
  return score.contributions.empty() ? 0 : sum / static_cast<double>(score.contributions.size());
}

struct Four {
  AuthorScore advocate = score_of(advocacy::advocate());
  AuthorScore loyal = score_of(advocacy::loyal());
  AuthorScore influencer = score_of(advocacy::influencer());
  AuthorScore referral = score_of(advocacy::referral());
};

TEST(Comparison, EachIsOfItsOwnClass) {
  const Four four;
  EXPECT_EQ(four.advocate.relation, RelationClass::advocate);
  EXPECT_GE(four.advocate.level, Level::advocate) << four.advocate.next_gate;
  EXPECT_EQ(four.loyal.relation, RelationClass::loyal);
  EXPECT_EQ(four.influencer.relation, RelationClass::influencer);
  EXPECT_EQ(four.referral.relation, RelationClass::incentivised);
  for (const AuthorScore* other : {&four.loyal, &four.influencer, &four.referral}) {
    EXPECT_EQ(other->level, Level::none);
    EXPECT_LT(other->score_low, four.advocate.score_low);
  }
}

// What they do it by: deeds towards others, staying, being paid, being rewarded.
TEST(Comparison, Driver) {
  const Four four;
  EXPECT_GT(four.advocate.recommending + four.advocate.defending + four.advocate.helping, 1);
  EXPECT_EQ(four.loyal.recommending + four.loyal.defending + four.loyal.helping, 0);
  EXPECT_GT(four.loyal.positivity, 0);
  EXPECT_EQ(four.influencer.recommending, 0);
  EXPECT_EQ(four.referral.commercial, 6U);
}

TEST(Comparison, Authenticity) {
  const Four four;
  EXPECT_DOUBLE_EQ(authenticity(four.advocate), 1);
  EXPECT_DOUBLE_EQ(authenticity(four.loyal), 1);
  EXPECT_NEAR(authenticity(four.referral), 0.3, 1e-6);
  EXPECT_DOUBLE_EQ(authenticity(four.influencer), 0);
}

// People who answer, not followers, and not those who answer advertising.
TEST(Comparison, Reach) {
  const Four four;
  EXPECT_EQ(four.advocate.responders, 6U);
  EXPECT_EQ(four.influencer.responders, 0U);
  store::AuthorHistory unknown = influencer();
  unknown.author.followers.reset();
  EXPECT_EQ(score_of(unknown).score, four.influencer.score);
}

// Mentions that somebody paid or rewarded.
TEST(Comparison, Cost) {
  const Four four;
  EXPECT_EQ(four.advocate.commercial, 0U);
  EXPECT_EQ(four.loyal.commercial, 0U);
  EXPECT_EQ(four.influencer.commercial, four.influencer.mentions);
  EXPECT_EQ(four.referral.commercial, four.referral.mentions);
}

// How much their opinions are worth as evidence.
TEST(Comparison, Trust) {
  const Four four;
  EXPECT_GT(four.advocate.evidence, four.loyal.evidence);
  EXPECT_GT(four.advocate.evidence, four.referral.evidence);
  EXPECT_EQ(four.influencer.evidence, 0);
  EXPECT_GT(four.advocate.positive_share, four.referral.positive_share);
}

// What there is to count: deeds, positive opinions and purchases, paid mentions, rewarded ones.
TEST(Comparison, Measurement) {
  const Four four;
  EXPECT_EQ(four.advocate.recommendations, 4U);
  EXPECT_EQ(four.advocate.defences, 1U);
  EXPECT_EQ(four.advocate.helps, 1U);
  EXPECT_EQ(four.loyal.recommendations, 0U);
  EXPECT_EQ(four.loyal.positive, 4);
  EXPECT_EQ(four.influencer.recommendations, 0U);
  EXPECT_EQ(four.influencer.counter_evidence.size(), 10U);
  EXPECT_EQ(four.referral.counter_evidence.size(), 6U);
}

// Advocacy pays over months; bought attention leaves no month behind it.
TEST(Comparison, TimeOfReturn) {
  const Four four;
  EXPECT_GE(four.advocate.active_months, 5U);
  EXPECT_GT(four.advocate.consistency, 0.5);
  EXPECT_EQ(four.influencer.active_months, 0U);
  EXPECT_EQ(four.loyal.active_months, 0U);
}

// Ten times as many paid posts make no advocate; twice as many free ones make more of one.
TEST(Comparison, Scalability) {
  EXPECT_EQ(score_of(influencer(100)).relation, RelationClass::influencer);
  EXPECT_EQ(score_of(influencer(100)).score, 0);
  EXPECT_NE(score_of(referral(60)).relation, RelationClass::advocate);
  store::AuthorHistory more = advocate();
  for (int i = 0; i < 4; ++i) {
    MentionFacts facts = said(Act::recommend, 10 + 30 * i, true);
    facts.seq = facts.fingerprint = 900 + static_cast<std::uint64_t>(i);
    more.mentions.push_back(facts);
  }
  EXPECT_GT(score_of(more).score_low, score_of(advocate()).score_low);
}

// The same words without the reward are an advocate's.
TEST(Comparison, Motivation) {
  EXPECT_EQ(score_of(referral(6, true)).relation, RelationClass::incentivised);
  EXPECT_EQ(score_of(referral(6, false)).relation, RelationClass::advocate);
}

// Free words that tell others to become customers.
TEST(Comparison, EffectOnAcquisition) {
  const Four four;
  const auto invited_freely = [](const AuthorScore& score) {
    return std::count_if(score.contributions.begin(), score.contributions.end(),
                         [](const Contribution& c) { return c.to_others && c.authenticity == 1; });
  };
  EXPECT_EQ(invited_freely(four.advocate), 4);
  EXPECT_EQ(invited_freely(four.loyal), 0);
  EXPECT_EQ(invited_freely(four.influencer), 0);
  EXPECT_EQ(invited_freely(four.referral), 0);
}

}  // namespace
}  // namespace passaparola::advocacy
