#include "core/json.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace passaparola {
namespace {

TEST(Json, AMentionIsWrittenAsTheContractSays) {
  PostView post;
  post.source = "bluesky";
  post.id = "at://did:plc:abc/app.bsky.feed.post/3k";
  post.author.id = "did:plc:abc";
  post.author.handle = "anna.example";
  post.author.followers = 312;
  post.text = "Adoro la #MokaNera, ve la consiglio!";
  post.lang = "it";
  post.created_at = *parse_rfc3339("2026-11-21T10:00:00Z");
  const std::array tags{std::string_view("brand.moka_nera")};
  const std::array actions{RuleAction{RuleAction::Kind::alert, "crisis", 0},
                           RuleAction{RuleAction::Kind::score, "love", 3},
                           RuleAction{RuleAction::Kind::route, "press", 0}};
  const std::array rules{RuleHit{"moka_nera.mention", 7, tags, actions}};
  const std::array matches{Match{"moka_nera.mention", "#mokanera", Field::text, 0, 9, 18}};
  const std::array hits{SentimentHit{"adoro", Field::text, 0, 5, 0.8, false}};
  const std::array acts{ActHit{Act::recommend, true, 0.95, "ve la consiglio", Field::text, 20, 35}};
  Mention mention;
  mention.seq = 4711;
  mention.brand = "moka_nera";
  mention.rules = rules;
  mention.matches = matches;
  mention.sentiment = {Label::positive, 0.82, 0.9, hits};
  mention.acts = acts;
  mention.lang = "it";
  mention.ruleset = "r";
  mention.lexicon = "l";
  mention.post = post;
  std::string json;
  JsonWriter writer(json);
  write_mention(writer, mention, 1);
  EXPECT_EQ(
      json,
      "{\"seq\":4711,\"cursor\":\"p000000010000000000001267\",\"mention_id\":\"" +
          mention_id(post.source, post.id, "moka_nera") +
          "\",\"brand\":\"moka_nera\",\"rules\":[{\"id\":\"moka_nera.mention\",\"version\":7,"
          "\"tags\":[\"brand.moka_nera\"],\"scores\":[{\"name\":\"love\",\"amount\":3.0}],"
          "\"routes\":[\"press\"],\"alerts\":[\"crisis\"]}],"
          "\"matches\":[{\"rule\":\"moka_nera.mention\","
          "\"atom\":\"#mokanera\",\"field\":\"text\",\"begin\":9,\"end\":18,"
          "\"matched\":\"#MokaNera\"}],\"sentiment\":{\"label\":\"positive\",\"score\":0.82,"
          "\"confidence\":0.9,\"hits\":[{\"term\":\"adoro\",\"begin\":0,\"end\":5,\"weight\":0.8,"
          "\"negated\":false}]},\"acts\":[{\"act\":\"recommend\",\"to_others\":true,"
          "\"confidence\":0.95,\"cue\":\"ve la consiglio\",\"begin\":20,\"end\":35}],"
          "\"authenticity\":{\"score\":1.0,\"penalties\":[]},\"relation_hint\":null,"
          "\"lang\":\"it\",\"duplicate_of\":null,\"copies\":0,\"copies_by_author\":0,"
          "\"ruleset\":\"r\",\"lexicon\":\"l\",\"post\":{\"op\":\"create\","
          "\"source\":\"bluesky\",\"id\":\"at://did:plc:abc/app.bsky.feed.post/3k\","
          "\"kind\":\"post\",\"author\":{\"id\":\"did:plc:abc\",\"handle\":\"anna.example\","
          "\"followers\":312},\"text\":\"Adoro la #MokaNera, ve la consiglio!\",\"lang\":\"it\","
          "\"created_at\":\"2026-11-21T10:00:00.000Z\"}}");
}

TEST(Json, ActsSayWhatTheyNeedAndMentionsWhatTheyCopy) {
  const std::array acts{
      ActHit{Act::defend, false, 0.75, "to be fair", Field::text, 0, 10, ParentNeed::criticism},
      ActHit{Act::recommend, true, 0.8, "Moka", Field::text, 4, 8, ParentNeed::question, true}};
  Mention mention;
  mention.acts = acts;
  mention.copies = {"00ff00000000000000000000000000ab", 7, 2};
  std::string json;
  JsonWriter writer(json);
  write_mention(writer, mention, 1);
  for (const std::string_view part :
       {"\"begin\":0,\"end\":10,\"needs_parent\":\"criticism\",\"parent_fits\":false}",
        "\"begin\":4,\"end\":8,\"needs_parent\":\"question\",\"parent_fits\":true}",
        "\"duplicate_of\":\"00ff00000000000000000000000000ab\",\"copies\":7,"
        "\"copies_by_author\":2"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  }
}

TEST(Json, TextIsEscaped) {
  std::string json;
  JsonWriter writer(json);
  writer.string(std::string_view("\"\\\x01\n\xE2\x80\xAE</script>", 16));
  EXPECT_EQ(json, "\"\\\"\\\\\\u0001\\n\xE2\x80\xAE</script>\"");
}

TEST(Json, ScoresArePublishedWithFourDecimals) {
  EXPECT_EQ(rounded(0.123456), 0.1235);
  EXPECT_FALSE(std::signbit(rounded(-0.00001)));
}

TEST(MentionId, IsOfSourcePostAndBrandTogether) {
  EXPECT_EQ(mention_id("x", "1", "b").size(), 32U);
  EXPECT_NE(mention_id("x", "1", "b"), mention_id("x", "1", "c"));
  EXPECT_NE(mention_id("x1", "", "b"), mention_id("x", "1", "b"));
}

}  // namespace
}  // namespace passaparola
