// Signs of accounts that are no free people (FEATURES D.4), and the referral partner.
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/advocacy/histories.h"

namespace passaparola::advocacy {
namespace {

std::vector<MentionFacts> months_of(std::size_t count) {
  std::vector<MentionFacts> mentions;
  for (std::size_t i = 0; i < count; ++i) {
    mentions.push_back(said(Act::recommend, 5 + 30 * static_cast<double>(i)));
  }
  return mentions;
}

double penalty_of(const AuthorScore& score, std::string_view signal) {
  for (const AuthorPenalty& penalty : score.penalties) {
    if (penalty.signal == signal) return penalty.penalty;
  }
  return 0;
}

AuthorScore with_account(std::int32_t days, std::int64_t posts) {
  std::vector<MentionFacts> mentions = months_of(4);
  for (MentionFacts& facts : mentions) {
    facts.account_days = days;
    facts.account_posts = posts;
  }
  return score_of(mentions);
}

TEST(AuthorSigns, ANewAccount) {
  EXPECT_EQ(penalty_of(with_account(29, 500), "new_account"), 0.2);
  EXPECT_EQ(penalty_of(with_account(30, 500), "new_account"), 0);
  EXPECT_EQ(penalty_of(with_account(-1, -1), "new_account"), 0) << "its age is not known";
  EXPECT_DOUBLE_EQ(with_account(29, 500).authenticity, 0.8);
}

TEST(AuthorSigns, AnAccountIsAsOldAsAtItsLastMention) {
  std::vector<MentionFacts> mentions = months_of(2);
  mentions[0].account_days = 40;  // the newer one
  mentions[1].account_days = 10;
  EXPECT_TRUE(score_of(mentions).penalties.empty());
}

TEST(AuthorSigns, AnAccountThatIsThereForOneBrand) {
  EXPECT_EQ(penalty_of(with_account(400, 4), "single_brand"), 0.3);
  EXPECT_EQ(penalty_of(with_account(400, 5), "single_brand"), 0);
}

TEST(AuthorSigns, VolumeOfTheAccountsWholeLife) {
  EXPECT_EQ(penalty_of(with_account(100, 5'000), "volume"), 0) << "fifty a day are not more";
  EXPECT_EQ(penalty_of(with_account(100, 5'100), "volume"), 0.3);
  EXPECT_EQ(penalty_of(with_account(100, 14'500), "volume"), 0.6);
}

std::vector<MentionFacts> reviews(std::size_t count, float stars, float depth, double apart_days) {
  std::vector<MentionFacts> mentions;
  for (std::size_t i = 0; i < count; ++i) {
    MentionFacts facts = said(Act::praise, 5.2 + apart_days * static_cast<double>(i));
    facts.kind = PostKind::review;
    facts.stars = stars;
    facts.depth = depth;
    mentions.push_back(facts);
  }
  return mentions;
}

TEST(AuthorSigns, ReviewAbuse) {
  EXPECT_EQ(penalty_of(score_of(reviews(3, 5, 0.6F, 0)), "reviews"), 0.6) << "on one day";
  EXPECT_EQ(penalty_of(score_of(reviews(2, 5, 0.6F, 0)), "reviews"), 0);
  EXPECT_EQ(penalty_of(score_of(reviews(3, 4, 0.6F, 0)), "reviews"), 0);
  EXPECT_EQ(penalty_of(score_of(reviews(3, 5, 0.6F, 3)), "reviews"), 0);
  EXPECT_EQ(penalty_of(score_of(reviews(2, 1, 0.1F, 3)), "reviews"), 0.3) << "without a word";
  EXPECT_EQ(penalty_of(score_of(reviews(2, 3, 0.1F, 3)), "reviews"), 0);
  EXPECT_EQ(penalty_of(score_of(reviews(1, 1, 0.1F, 3)), "reviews"), 0) << "once is nothing";
}

TEST(AuthorSigns, BurstsThatTheStoreSaw) {
  std::vector<MentionFacts> mentions = months_of(6);
  mentions[0] = with(mentions[0], Signal::burst, 0.4F);
  EXPECT_EQ(penalty_of(score_of(mentions), "burst"), 0);
  mentions[1] = with(mentions[1], Signal::burst, 0.4F);
  EXPECT_EQ(penalty_of(score_of(mentions), "burst"), 0.6);
  EXPECT_NE(score_of(mentions).relation, RelationClass::advocate);
}

TEST(RelationClass, ReferralPartnersHaveARegisteredCode) {
  std::vector<MentionFacts> mentions = months_of(6);
  for (std::size_t i = 0; i < 2; ++i) mentions[i] = with(mentions[i], Signal::code, 0.3F);
  EXPECT_EQ(score_of(mentions).relation, RelationClass::advocate);
  for (std::size_t i = 0; i < 2; ++i) mentions[i].registered_code = true;
  EXPECT_EQ(score_of(mentions).relation, RelationClass::referral_partner);
  EXPECT_EQ(score_of(mentions).level, Level::none);
  // Labelled advertising is first an influencer's.
  for (std::size_t i = 0; i < 3; ++i) mentions[i] = with(mentions[i], Signal::explicit_label, 0);
  EXPECT_EQ(score_of(mentions).relation, RelationClass::influencer);
}

TEST(AuthorSigns, APenaltyNeverRaisesAScore) {
  const AuthorScore clean = score_of(months_of(4));
  for (const AuthorScore& signed_one : {with_account(10, 3), with_account(1, 200)}) {
    EXPECT_LT(signed_one.score, clean.score);
    EXPECT_LT(signed_one.score_low, clean.score_low);
  }
}

}  // namespace
}  // namespace passaparola::advocacy
