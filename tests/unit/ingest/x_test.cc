#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::x, text); }

constexpr std::string_view kStatus =
    R"({"created_at":"Fri Jul 24 08:13:54 +0000 2015","id":505874924095815700,)"
    R"("id_str":"505874924095815681","full_text":"caff\u00e8 &amp; latte &lt;3","text":"cut",)"
    R"("user":{"id_str":"7","screen_name":"anna","name":"Anna","description":"b",)"
    R"("followers_count":2},)"
    R"("lang":"it","favorite_count":3,"in_reply_to_status_id_str":"4",)"
    R"("in_reply_to_user_id_str":"5",)"
    R"("entities":{"urls":[{"url":"https://t.co/a","expanded_url":"https://e.example/a"}]}})";

TEST(X, AStatusOfTheFirstInterface) {
  const Decoded decoded = decode(kStatus);
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.id, "505874924095815681");
  EXPECT_EQ(post.text, "caff\xC3\xA8 & latte <3");
  EXPECT_EQ(post.author.handle, "anna");
  EXPECT_EQ(post.author.followers, 2);
  EXPECT_EQ(post.kind, PostKind::reply);
  EXPECT_EQ(post.reply_to_author_id, "5");
  EXPECT_EQ(post.url, "https://x.com/anna/status/505874924095815681");
  ASSERT_EQ(post.links.size(), 1U);
  EXPECT_EQ(post.links[0], "https://e.example/a");
  EXPECT_EQ(format_rfc3339(post.created_at), "2015-07-24T08:13:54.000Z");
}

TEST(X, VersionsOfAPostAreOnePost) {
  const Decoded first = decode(
      R"({"data":{"id":"505874924095815681","text":"t",)"
      R"("edit_history_tweet_ids":["505874924095815681"]}})");
  EXPECT_EQ(first.post().id, "505874924095815681");
  EXPECT_EQ(first.post().op, PostOp::create);
  const Decoded edited =
      decode(R"({"data":{"id":"505874924095815999","text":"better",)"
             R"("edit_history_tweet_ids":["505874924095815681","505874924095815999"]}})");
  EXPECT_EQ(edited.post().id, "505874924095815681");
  EXPECT_EQ(edited.post().op, PostOp::update);
  EXPECT_EQ(edited.post().text, "better");
  EXPECT_EQ(edited.post().url, "https://x.com/i/status/505874924095815999");
}

TEST(X, ALineOfTheSecondInterface) {
  const Decoded decoded =
      decode(R"({"data":{"id":"9","text":"RT @b: cut...","author_id":"1","lang":"it",)"
             R"("created_at":"2026-01-02T03:04:05.000Z","conversation_id":"9",)"
             R"("public_metrics":{"like_count":4,"impression_count":8},)"
             R"("referenced_tweets":[{"type":"retweeted","id":"8"}]},)"
             R"("includes":{"users":[{"id":"1","username":"anna",)"
             R"("public_metrics":{"followers_count":6}}],)"
             R"("tweets":[{"id":"8","text":"the whole &amp; full text",)"
             R"("entities":{"urls":[{"expanded_url":"https://e.example"}]}}]},)"
             R"("matching_rules":[{"id":"1","tag":""}]})");
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.kind, PostKind::repost);
  EXPECT_EQ(post.repost_of, "8");
  EXPECT_EQ(post.text, "the whole & full text");
  EXPECT_EQ(post.author.handle, "anna");
  EXPECT_EQ(post.author.followers, 6);
  EXPECT_EQ(post.engagement.views, 8);
  EXPECT_EQ(post.thread, "");
  ASSERT_EQ(post.links.size(), 1U);
}

TEST(X, AnIdHoldsTheTimeThatALineLeavesOut) {
  const Decoded decoded = decode(R"({"data":{"id":"505874924095815681","text":"t"}})");
  ASSERT_EQ(decoded.outcome(), "post");
  EXPECT_EQ(format_rfc3339(decoded.post().created_at).substr(0, 16), "2014-08-31T00:29");
  EXPECT_EQ(decoded.post().url, "https://x.com/i/status/505874924095815681");
}

TEST(X, Outcomes) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const Case cases[] = {
      {"", ""},
      {"\r\n", "ignored"},
      {R"({"errors":[{"title":"operational-disconnect"}]})", "stream_error"},
      {R"({"title":"ConnectionException","detail":"d","type":"t"})", "stream_error"},
      {R"({"data":[{"id":"123","text":"Hello"}],"errors":[]})", "missing_field"},
      {R"({"data":{"id":7,"text":"t"}})", "wrong_type"},
      {R"({"data":{"id":"505874924095815681","text":7}})", "wrong_type"},
      {R"({"data":{"id":"505874924095815681"}})", "missing_field"},
      {R"({"data":7})", "wrong_type"},
      {R"({"data":[7]})", "not_an_object"},
      {R"({"statuses":[]})", ""},
      {R"({"meta":{"result_count":0}})", "ignored"},
      {R"({"limit":{"track":1}})", "ignored"},
      {R"({"id_str":"505874924095815681","text":"t","created_at":"soon"})", "invalid_time"},
      {R"({"id_str":"505874924095815681","text":")" + std::string(kMaxTextBytes + 1, 'a') + "\"}",
       "text_too_long"},
      {R"({"id_str":"505874924095815681","text":"archive"})", "post"},
      {R"({"delete":{"status":{"id_str":"1","user_id_str":"2"},"timestamp_ms":"1000"}})", "post"},
      {R"({"delete":{}})", "missing_field"},
      {"7", "not_an_object"}};
  for (const Case& c : cases) EXPECT_EQ(decode(c.line).outcome(), c.expected) << c.line;
}

TEST(X, ADeletionNamesThePost) {
  const Decoded decoded =
      decode(R"({"delete":{"status":{"id":12,"user_id":2},"timestamp_ms":"1000"}})");
  EXPECT_EQ(decoded.post().op, PostOp::remove);
  EXPECT_EQ(decoded.post().id, "12");
  EXPECT_EQ(decoded.post().created_at.milliseconds, 1000);
}

TEST(X, CutsGiveTheSamePosts) {
  const std::string line(kStatus);
  EXPECT_TRUE(same_however_cut(Format::x, line + "\r\n\r\n" + line + "\r\n"));
}

}  // namespace
}  // namespace passaparola::ingest
