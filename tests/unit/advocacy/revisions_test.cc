// What is told of somebody whose post is gone.
#include "unit/advocacy/parse_json.h"

#include "advocacy/revisions.h"

#include "unit/advocacy/histories.h"
#include "unit/advocacy/store_fixture.h"

namespace passaparola::advocacy {
namespace {

class Revisions : public StoreTest {
 protected:
  void write(PostOp op, const std::string& id, double age_days) {
    PostView post;
    post.op = op;
    post.source = "bluesky";
    post.id = id;
    post.author.id = "did:plc:anna";
    post.author.handle = "anna.example";
    post.text = id;
    post.created_at = days_ago(age_days);
    const ActHit hit{Act::recommend, true, 0.9, "cue", Field::text, 0, 3};
    Mention mention;
    mention.brand = "moka_nera";
    mention.sentiment.label = Label::positive;
    mention.sentiment.score = 0.8;
    mention.sentiment.confidence = 0.9;
    mention.acts = {&hit, 1};
    mention.quality.depth = 0.5;
    mention.post = post;
    if (op == PostOp::remove) return commit(post, {});
    commit(post, {&mention, 1});
  }

  store::RevisionPage told() {
    auto page = revisions(*store_, query_, default_config());
    EXPECT_TRUE(page) << page.error().message;
    return page ? *std::move(page) : store::RevisionPage();
  }

  const RevisionQuery query_{"moka_nera", 0, 100, kAsOf};
};

TEST_F(Revisions, SayWhoStoodWhereAndWhy) {
  for (int i = 0; i < 12; ++i) {
    write(PostOp::create, "post" + std::to_string(i), 100 - 8 * i);
  }
  EXPECT_EQ(to_json(query_, told()), R"({"revisions":[],"next_after":0,"more":false})");
  for (int i = 0; i < 11; ++i) write(PostOp::remove, "post" + std::to_string(i), 0);
  const store::RevisionPage page = told();
  rapidjson::Document document;
  ASSERT_FALSE(document.Parse(to_json(query_, page).c_str()).HasParseError());
  ASSERT_EQ(document["revisions"].Size(), 1U);
  EXPECT_FALSE(document["more"].GetBool());
  const auto& event = document["revisions"][0];
  EXPECT_EQ(event["number"].GetUint64(), document["next_after"].GetUint64());
  EXPECT_STREQ(event["event"].GetString(), "score.revised");
  EXPECT_STREQ(event["brand"].GetString(), "moka_nera");
  EXPECT_STREQ(event["author"]["id"].GetString(), "did:plc:anna");
  EXPECT_STREQ(event["reason"].GetString(), "source_delete");
  EXPECT_STREQ(event["at"].GetString(), "2026-11-30T00:00:00.000Z");
  EXPECT_STREQ(event["before"]["class"].GetString(), "advocate");
  EXPECT_STRNE(event["after"]["class"].GetString(), "advocate");
  EXPECT_LT(event["after"]["score_low"].GetDouble(), event["before"]["score_low"].GetDouble());
  const std::string line = to_ndjson(query_, page);
  rapidjson::Document one;
  ASSERT_FALSE(one.Parse(line.c_str()).HasParseError());
  EXPECT_EQ(one, document["revisions"][0]);
  EXPECT_EQ(line.back(), '\n');
}

TEST_F(Revisions, NameNobodyOfWhomNothingIsLeft) {
  for (int i = 0; i < 9; ++i) write(PostOp::create, "post" + std::to_string(i), 100 - 8 * i);
  told();
  for (int i = 0; i < 9; ++i) write(PostOp::remove, "post" + std::to_string(i), 0);
  rapidjson::Document event;
  ASSERT_FALSE(event.Parse(to_ndjson(query_, told()).c_str()).HasParseError());
  EXPECT_TRUE(event["author"].IsNull());
  EXPECT_TRUE(event["after"].IsNull());
}

TEST_F(Revisions, OfABrandThatNobodyKnowsAreNotFound) {
  const auto page = revisions(*store_, query_, default_config());
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace passaparola::advocacy
