// What acts become beside the post that is answered: the rules, one by one, and how the store finds
// that post.
#include "store/parent.h"

#include <gtest/gtest.h>

#include "core/limits.h"
#include "support.h"

namespace passaparola::store {
namespace {

MentionFacts facts(Act act, Label label = Label::neutral, float polarity = 0) {
  MentionFacts made;
  made.label = label;
  made.polarity = polarity;
  made.act_count = 1;
  made.acts[0] = {act, false, 0.9F};
  return made;
}

class SettledActs : public testing::Test {
 protected:
  // The confidence of `act` when its mention, in a reply, has this parent; 0: it went.
  double settle(ActHit act, const Parent& parent) {
    acts_ = {act};
    Mention mention = answer();
    settle_acts(parent, mention, arena_);
    return mention.acts.empty() ? 0 : mention.acts[0].confidence;
  }
  Mention answer() {
    Mention mention;
    mention.post.kind = PostKind::reply;
    mention.post.text = "Adoro la Moka Nera";
    mention.matches = matches_;
    mention.acts = acts_;
    mention.sentiment.label = Label::positive;
    return mention;
  }
  static ActHit hit(Act act, ParentNeed need, double confidence = 0.7) {
    ActHit made;
    made.act = act;
    made.needs = need;
    made.confidence = confidence;
    return made;
  }

  Arena arena_;
  std::vector<Match> matches_{{"r", "moka nera", Field::text, 0, 9, 18}};
  std::vector<ActHit> acts_;
};

TEST_F(SettledActs, ADefenceNeedsCriticism) {
  const ActHit defence = hit(Act::defend, ParentNeed::criticism);
  for (const MentionFacts& critical :
       {facts(Act::complain), facts(Act::churn), facts(Act::anti_recommend),
        facts(Act::idea, Label::negative), facts(Act::idea, Label::neutral, -0.31F)}) {
    EXPECT_DOUBLE_EQ(settle(defence, {.about_brand = critical}), 0.85);
  }
  for (const MentionFacts& kind : {facts(Act::praise, Label::positive, 0.8F), facts(Act::seek),
                                   facts(Act::idea, Label::neutral, -0.3F)}) {
    EXPECT_EQ(settle(defence, {.about_brand = kind}), 0);
  }
}

TEST_F(SettledActs, HelpNeedsAQuestionOrAComplaint) {
  const ActHit help = hit(Act::help, ParentNeed::question);
  MentionFacts question = facts(Act::compare);
  question.asks = true;
  EXPECT_DOUBLE_EQ(settle(help, {.about_brand = question}), 0.85);
  EXPECT_DOUBLE_EQ(settle(help, {.about_brand = facts(Act::complain)}), 0.85);
  EXPECT_DOUBLE_EQ(settle(help, {.seeks = true}), 0.85) << "about another brand";
  EXPECT_EQ(settle(help, {.about_brand = facts(Act::praise)}), 0);
  const ActHit consent = hit(Act::recommend, ParentNeed::question, 0.55);
  EXPECT_DOUBLE_EQ(settle(consent, {.about_brand = question}), 0.775);
  EXPECT_EQ(settle(consent, {.about_brand = facts(Act::complain)}), 0) << "that is no question";
}

TEST_F(SettledActs, StayWhereNothingIsKnownAndGoInOnesOwnThread) {
  const ActHit defence = hit(Act::defend, ParentNeed::criticism);
  EXPECT_DOUBLE_EQ(settle(defence, {}), 0.7);
  EXPECT_EQ(settle(defence, {.is_own = true}), 0);
  EXPECT_DOUBLE_EQ(settle(hit(Act::praise, ParentNeed::none), {.about_brand = facts(Act::praise)}),
                   0.7);
  acts_ = {defence};
  Mention mention = answer();
  EXPECT_FALSE(settle_acts({}, mention, arena_));
}

TEST_F(SettledActs, AnAnswerToASeekerRecommendsToOthers) {
  acts_ = {hit(Act::praise, ParentNeed::none, 0.9)};
  Mention mention = answer();
  EXPECT_TRUE(settle_acts({.seeks = true}, mention, arena_));
  ASSERT_EQ(mention.acts.size(), 2U);
  const ActHit& recommend = mention.acts[1];
  EXPECT_EQ(recommend.act, Act::recommend);
  EXPECT_TRUE(recommend.to_others);
  EXPECT_TRUE(recommend.parent_fits);
  EXPECT_DOUBLE_EQ(recommend.confidence, 0.8);
  EXPECT_EQ(recommend.cue, "Moka Nera");
  acts_ = {hit(Act::recommend, ParentNeed::none, 0.9)};
  mention = answer();
  EXPECT_TRUE(settle_acts({.seeks = true}, mention, arena_));
  ASSERT_EQ(mention.acts.size(), 1U);
  EXPECT_TRUE(mention.acts[0].to_others);
  EXPECT_DOUBLE_EQ(mention.acts[0].confidence, 0.95);
}

TEST_F(SettledActs, NotEveryReplyIsAnAnswer) {
  const auto recommends = [&](Mention mention) {
    settle_acts({.seeks = true}, mention, arena_);
    return !mention.acts.empty();
  };
  EXPECT_TRUE(recommends(answer()));
  Mention post = answer();
  post.post.kind = PostKind::post;
  EXPECT_FALSE(recommends(post));
  Mention neutral = answer();
  neutral.sentiment.label = Label::neutral;
  EXPECT_FALSE(recommends(neutral));
  Mention quoted = answer();
  matches_[0].field = Field::quote;
  EXPECT_FALSE(recommends(quoted)) << "the brand is only named in what is quoted";
  matches_[0].field = Field::text;
  Mention own = answer();
  own.post.author.id = own.post.reply_to_author_id = "a";
  EXPECT_FALSE(recommends(own));
  const std::vector<Penalty> owned{{Signal::brand_owned, 1, {}, Field::text, 0, 0}};
  Mention official = answer();
  official.authenticity.penalties = owned;
  EXPECT_FALSE(recommends(official));
  acts_ = {hit(Act::seek, ParentNeed::none)};
  Mention seeks = answer();
  settle_acts({.seeks = true}, seeks, arena_);
  EXPECT_EQ(seeks.acts.size(), 1U);
}

TEST_F(SettledActs, AFullListLosesItsLeastSureAct) {
  for (std::size_t i = 0; i < kMaxActs; ++i) {
    acts_.push_back(hit(Act::praise, ParentNeed::none, 0.91 - 0.05 * static_cast<double>(i)));
  }
  Mention mention = answer();
  settle_acts({.seeks = true}, mention, arena_);
  ASSERT_EQ(mention.acts.size(), kMaxActs);
  EXPECT_EQ(mention.acts[3].act, Act::recommend) << "in the order of confidence";
}

class ParentInStore : public testing::Test {
 protected:
  static TestPost complaint(std::string id) {
    TestPost made = post(std::move(id));
    made.author = "did:plc:carla003";
    made.label = Label::negative;
    made.act = Act::complain;
    return made;
  }
  static TestPost defence(std::string id, std::string parent) {
    TestPost made = post(std::move(id));
    made.author = "did:plc:bruno002";
    made.reply_author = "did:plc:carla003";
    made.reply_to = std::move(parent);
    made.act = Act::defend;
    made.needs = ParentNeed::criticism;
    return made;
  }
  // "fits", "unknown", or "gone".
  std::string defence_of(const std::string& id) const {
    const auto mention = store->mention(mention_id("bluesky", id, "moka_nera"));
    if (!mention) return "no mention";
    if ((*mention)->acts.empty()) return "gone";
    return (*mention)->acts[0].parent_fits ? "fits" : "unknown";
  }

  TemporaryFolder folder;
  std::unique_ptr<Store> store = open_store(folder.path());
};

TEST_F(ParentInStore, IsFoundInTheSameCommitOrBefore) {
  commit(*store, {complaint("p"), defence("same", "p")});
  commit(*store, {defence("later", "p"), defence("nobody", "q")});
  store = (store.reset(), open_store(folder.path()));
  commit(*store, {defence("reopened", "p")});
  EXPECT_EQ(defence_of("same"), "fits");
  EXPECT_EQ(defence_of("later"), "fits");
  EXPECT_EQ(defence_of("reopened"), "fits");
  EXPECT_EQ(defence_of("nobody"), "unknown");
}

TEST_F(ParentInStore, IsUnknownBeforeItComesAlsoInTheSameCommit) {
  commit(*store, {defence("early", "p"), complaint("p")});
  EXPECT_EQ(defence_of("early"), "unknown");
}

TEST_F(ParentInStore, IsUnknownWhenDeletedHiddenOrOfAnotherBrand) {
  TestPost other = complaint("other");
  other.brands = {"caffe_uno"};
  commit(*store, {complaint("deleted"), complaint("p"), other, event(PostOp::remove, "deleted"),
                  defence("a", "deleted"), defence("b", "other")});
  EXPECT_EQ(defence_of("a"), "unknown");
  EXPECT_EQ(defence_of("b"), "unknown");
  commit(*store, {event(PostOp::hide_author, "", "did:plc:carla003"), defence("c", "p")});
  EXPECT_EQ(defence_of("c"), "unknown");
  commit(*store, {event(PostOp::show_author, "", "did:plc:carla003"), defence("d", "p")});
  EXPECT_EQ(defence_of("d"), "fits");
}

TEST_F(ParentInStore, ThatDoesNotFitTakesTheActFromEverywhere) {
  TestPost praise = complaint("p");
  praise.label = Label::positive;
  praise.act = Act::praise;
  commit(*store, {praise, defence("a", "p"), defence("self", "self")});
  EXPECT_EQ(defence_of("a"), "gone");
  EXPECT_EQ(defence_of("self"), "unknown") << "a post is not its own parent";
  const auto history = store->history("bluesky", "did:plc:bruno002", "moka_nera");
  ASSERT_TRUE(history);
  EXPECT_EQ(history->front().second.mentions[0].act_count, 0);
  EXPECT_EQ(history->front().second.aggregate.acts[static_cast<std::size_t>(Act::defend)], 1U)
      << "only the one whose parent is unknown";
}

TEST_F(ParentInStore, AnEditedAnswerIsSettledAgain) {
  commit(*store, {complaint("p"), defence("a", "q")});
  EXPECT_EQ(defence_of("a"), "unknown");
  TestPost edited = defence("a", "p");
  edited.op = PostOp::update;
  commit(*store, {edited});
  EXPECT_EQ(defence_of("a"), "fits");
}

TEST_F(ParentInStore, WhoNamesTheBrandToASeekerRecommendsIt) {
  TestPost seeker = complaint("p");
  seeker.label = Label::neutral;
  seeker.act = Act::seek;
  seeker.brands = {"caffe_uno"};
  TestPost answer = defence("a", "p");
  answer.act = Act::praise;
  answer.needs = ParentNeed::none;
  commit(*store, {seeker});
  commit(*store, {answer});
  const auto mention = store->mention(mention_id("bluesky", "a", "moka_nera"));
  ASSERT_TRUE(mention);
  ASSERT_EQ((*mention)->acts.size(), 2U);
  EXPECT_EQ((*mention)->acts[1].act, Act::recommend);
  const auto buckets = store->buckets("moka_nera", Store::BucketSize::day, {0}, {INT64_MAX});
  ASSERT_TRUE(buckets);
  EXPECT_EQ(buckets->front().recommendations, 1U);
}

}  // namespace
}  // namespace passaparola::store
