#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::reddit, text); }

std::string comment(std::string_view id, std::string_view extra = {}) {
  std::string line = R"({"kind":"t1","data":{"id":")" + std::string(id) + "\"";
  line += R"(,"author":"anna","body":"a &lt; b","created_utc":1700000000.5,"link_id":"t3_l",)"
          R"("parent_id":"t3_l","permalink":"/r/x/1/","score":-2,"edited":false)";
  if (!extra.empty()) line += "," + std::string(extra);
  return line + "}}";
}

std::string listing(std::string_view children) {
  return R"({"kind":"Listing","data":{"after":null,"children":[)" + std::string(children) + "]}}";
}

TEST(Reddit, CommentsWithTheirReplies) {
  const std::string inner = comment("c2", R"("replies":"")");
  const Decoded decoded = decode(
      listing(comment("c1", "\"replies\":" + listing(inner)) + R"(,{"kind":"more","data":{}})"));
  ASSERT_EQ(decoded.batch.posts.size(), 2U);
  EXPECT_EQ(decoded.batch.ignored, 1U);
  const PostView& post = decoded.post();
  EXPECT_EQ(post.id, "t1_c1");
  EXPECT_EQ(decoded.post(1).id, "t1_c2");
  EXPECT_EQ(post.text, "a < b");
  EXPECT_EQ(post.kind, PostKind::reply);
  EXPECT_EQ(post.thread, "t3_l");
  EXPECT_EQ(post.author.id, "anna");
  EXPECT_EQ(post.url, "https://www.reddit.com/r/x/1/");
  EXPECT_EQ(post.engagement.likes, -2);
  EXPECT_EQ(post.created_at.milliseconds, 1'700'000'000'500);
}

TEST(Reddit, FlatObjectsOfDumps) {
  const Decoded decoded = decode(
      R"({"id":"1994vu","subreddit":"italy","created_utc":1361875919,"title":"Ciao","selftext":"",)"
      R"("num_comments":19,"permalink":"http://www.reddit.com/r/italy/comments/1994vu/",)"
      R"("url":"https://e.example/p"})");
  ASSERT_EQ(decoded.outcome(), "post");
  EXPECT_EQ(decoded.post().id, "t3_1994vu");
  EXPECT_EQ(decoded.post().text, "Ciao");
  EXPECT_EQ(decoded.post().title, "");
  EXPECT_EQ(decoded.post().author.id, "");
  EXPECT_EQ(decoded.post().engagement.replies, 19);
  ASSERT_EQ(decoded.post().links.size(), 1U);
}

TEST(Reddit, DeletedAndEdited) {
  for (const char* gone : {"[deleted]", "[removed]"}) {
    std::string line = comment("c");
    line.replace(line.find("a &lt; b"), 8, gone);
    const Decoded decoded = decode(line);
    EXPECT_EQ(decoded.post().op, PostOp::remove);
    EXPECT_EQ(decoded.post().id, "t1_c");
    EXPECT_EQ(decoded.post().text, "");
  }
  EXPECT_EQ(decode(comment("c", R"("edited":1700000001.0)")).post().op, PostOp::create);
  std::string edited = comment("c");
  edited.replace(edited.find("false"), 5, "1700000001.0");
  EXPECT_EQ(decode(edited).post().op, PostOp::update);
  std::string orphan = comment("c");
  orphan.replace(orphan.find("anna"), 4, "[deleted]");
  EXPECT_EQ(decode(orphan).post().author.id, "");
}

TEST(Reddit, Outcomes) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const Case cases[] = {
      {R"({"message":"Unauthorized","error":401})", "stream_error"},
      {R"({"fields":["title"],"explanation":"x","message":"Bad","reason":"TOO_LONG"})",
       "stream_error"},
      {R"({"kind":"t2","data":{}})", "ignored"},
      {R"({"kind":"Listing","data":{}})", "missing_field"},
      {listing("7"), "not_an_object"},
      {R"({"id":"a","title":"t"})", "missing_field"},
      {R"({"id":"a","title":"t","created_utc":"1"})", "wrong_type"},
      {R"({"id":"a","title":"t","created_utc":-1})", "invalid_time"},
      {R"({"id":1,"title":"t","created_utc":1})", "wrong_type"},
      {R"({"id":"a","title":7,"created_utc":1})", "wrong_type"},
      {R"({"id":"a","body":"","created_utc":1})", "missing_field"},
      {R"({"id":"a","body":")" + std::string(kMaxTextBytes + 1, 'a') + R"(","created_utc":1})",
       "text_too_long"},
      {"3", "not_an_object"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.line).outcome(), c.expected) << c.line.substr(0, 99);
}

TEST(Reddit, APageOfCommentsIsTwoListings) {
  const Decoded decoded = decode("[" + listing("") + "," + listing(comment("c")) + "]");
  EXPECT_EQ(decoded.batch.posts.size(), 1U);
}

TEST(Reddit, CutsGiveTheSamePosts) {
  EXPECT_TRUE(same_however_cut(Format::reddit, comment("a") + "\n" + comment("b") + "\n"));
}

}  // namespace
}  // namespace passaparola::ingest
