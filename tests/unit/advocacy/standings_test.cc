// How authors stand now, as filters ask it: the same as on the list, read once.
#include "advocacy/standings.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>

#include "core/limits.h"
#include "unit/advocacy/histories.h"
#include "unit/advocacy/store_fixture.h"

namespace passaparola::advocacy {
namespace {

class StandingsTest : public StoreTest {
 protected:
  // One recommendation of the brand, or a complaint; a mention as the feed would give it.
  Mention say(const std::string& author, double age_days, Act act = Act::recommend) {
    posts_.push_back("post" + std::to_string(posts_.size() + 1));
    authors_.push_back(author);
    PostView post;
    post.source = "bluesky";
    post.id = posts_.back();
    post.author.id = authors_.back();
    post.text = "Moka Nera";
    post.created_at = days_ago(age_days, author);
    const ActHit hit{act, act == Act::recommend, 0.9, "cue", Field::text, 0, 3};
    Mention mention;
    mention.brand = "moka_nera";
    mention.sentiment.label = act == Act::complain ? Label::negative : Label::positive;
    mention.sentiment.score = act == Act::complain ? -0.8 : 0.8;
    mention.sentiment.confidence = 1;
    mention.acts = {&hit, 1};
    mention.quality.depth = 0.5;
    mention.fingerprint = posts_.size();
    mention.post = post;
    commit(post, {&mention, 1});
    mention.acts = {};
    mention.seq = store_->last_seq();
    return mention;
  }

  // What a standing of `author` says besides its numbers.
  std::string relation(const Mention& mention) {
    const auto standing = standings().of(mention);
    return standing ? std::string(name_of(standing->relation)) : "unknown";
  }

  Standings& standings() {
    if (!standings_) {
      standings_ = std::make_unique<Standings>(*store_, default_config(), [this] { return now_; });
    }
    return *standings_;
  }

  Timestamp now_ = kAsOf;
  std::unique_ptr<Standings> standings_;
  std::deque<std::string> posts_, authors_;
};

TEST_F(StandingsTest, AreThoseOfTheListAndReadOnce) {
  Mention last;
  for (int i = 4; i >= 0; --i) last = say("anna", 4 + 20 * i);
  const auto standing = standings().of(last);
  ASSERT_TRUE(standing);
  const auto history = store_->history("bluesky", "anna", "moka_nera");
  ASSERT_TRUE(history);
  const AuthorScore score = score_author(history->front().second, kAsOf, default_config());
  EXPECT_EQ(standing->relation, RelationClass::advocate);
  EXPECT_EQ(standing->relation, score.relation);
  EXPECT_EQ(standing->type, score.style.type);
  EXPECT_EQ(standing->score, score.score);
  EXPECT_EQ(standing->score_low, score.score_low);
  EXPECT_EQ(standing->recommendations, 5U);
  EXPECT_EQ(standing->defences, 0U);
  EXPECT_EQ(standing->active_months, score.active_months);
  EXPECT_NEAR(standing->first_seen_days, 84, 1);
  EXPECT_TRUE(standings().of(last));
  EXPECT_EQ(standings().histories_read(), 1U);
}

TEST_F(StandingsTest, KnowTheMentionThatTheyAreAskedOf) {
  say("dario", 6, Act::complain);
  const Mention second = say("dario", 5, Act::complain);
  EXPECT_EQ(relation(second), "neutral");
  const Mention third = say("dario", 4, Act::complain);
  EXPECT_EQ(relation(third), "detractor");
  EXPECT_EQ(relation(second), "detractor") << "what is asked is how they stand now";
  EXPECT_EQ(standings().histories_read(), 2U);
}

TEST_F(StandingsTest, AreReadAgainAfterAWhile) {
  const Mention first = say("dario", 6, Act::complain);
  EXPECT_EQ(relation(first), "neutral");
  say("dario", 5, Act::complain);
  say("dario", 4, Act::complain);
  EXPECT_EQ(relation(first), "neutral");
  now_.milliseconds += static_cast<std::int64_t>(kStandingSeconds) * 1'000;
  EXPECT_EQ(relation(first), "detractor");
  now_.milliseconds -= 1;
  EXPECT_EQ(relation(first), "detractor");
  EXPECT_EQ(standings().histories_read(), 3U) << "a clock that was put back proves nothing";
}

TEST_F(StandingsTest, OfLongHistoriesServeLaterMentionsToo) {
  Mention mention;
  for (std::size_t i = 0; i < kLongHistoryMentions; ++i) mention = say("bot", 10);
  EXPECT_NE(relation(mention), "unknown");
  EXPECT_NE(relation(say("bot", 1)), "unknown");
  EXPECT_EQ(standings().histories_read(), 1U);
}

TEST_F(StandingsTest, OfNobodyKnownAreUnknown) {
  Mention mention = say("anna", 4);
  mention.post.author.id = "";
  EXPECT_EQ(relation(mention), "unknown");
  EXPECT_EQ(standings().histories_read(), 0U);
  mention.post.author.id = "zoe";
  EXPECT_EQ(relation(mention), "unknown");
  const Mention of_bruno = say("bruno", 4);
  PostView hiding;
  hiding.source = "bluesky";
  hiding.op = PostOp::hide_author;
  hiding.author.id = "bruno";
  hiding.created_at = kAsOf;
  commit(hiding, {});
  EXPECT_EQ(relation(of_bruno), "unknown");
}

TEST_F(StandingsTest, KeepABoundedNumber) {
  Mention mention = say("anna", 4);
  std::string author;
  mention.seq = 0;
  for (std::size_t i = 0; i <= kMaxStandings; ++i) {
    author = "author" + std::to_string(i);
    mention.post.author.id = author;
    standings().of(mention);
  }
  const std::uint64_t read = standings().histories_read();
  standings().of(mention);
  EXPECT_EQ(standings().histories_read(), read) << "the newest is kept";
  mention.post.author.id = "author0";
  standings().of(mention);
  EXPECT_EQ(standings().histories_read(), read + 1) << "the oldest had to go";
}

}  // namespace
}  // namespace passaparola::advocacy
