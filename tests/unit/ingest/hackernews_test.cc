#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::hackernews, text); }

constexpr std::string_view kComment =
    R"({"by":"anna","id":12,"kids":[13,14],"parent":11,"text":"It&#x27;s <i>fine</i>:<p>)"
    R"(<a href=\"https:&#x2F;&#x2F;e.example&#x2F;a\" rel=\"nofollow\">e.example</a>",)"
    R"("time":1314211127,"type":"comment"})";

constexpr std::string_view kCommentFound =
    R"({"objectID":"12","author":"anna","parent_id":11,"story_id":10,"story_title":"S",)"
    R"("title":null,"points":null,"comment_text":"It&#x27;s <i>fine</i>:<p>)"
    R"(<a href=\"https:&#x2F;&#x2F;e.example&#x2F;a\" rel=\"nofollow\">e.example</a>",)"
    R"("created_at":"2011-08-24T18:38:47Z","created_at_i":1314211127,)"
    R"("_tags":["comment","author_anna","story_10"]})";

std::string page(std::string_view hits) {
  return R"({"nbHits":1,"hits":[)" + std::string(hits) + "]}";
}

std::string with(std::string_view extra) {
  return R"({"id":1,"type":"story","by":"a","time":1,"title":"t",)" + std::string(extra) + "}";
}

TEST(HackerNews, ACommentIsTheSameFromBothInterfaces) {
  const Decoded item = decode(kComment);
  const Decoded found = decode(page(kCommentFound));
  ASSERT_EQ(item.outcome(), "post");
  ASSERT_EQ(found.outcome(), "post");
  for (const PostView& post : {item.post(), found.post()}) {
    EXPECT_EQ(post.source, "hackernews");
    EXPECT_EQ(post.id, "12");
    EXPECT_EQ(post.op, PostOp::create);
    EXPECT_EQ(post.kind, PostKind::reply);
    EXPECT_EQ(post.author.id, "anna");
    EXPECT_EQ(post.author.handle, "anna");
    EXPECT_EQ(post.text, "It's fine:\ne.example");
    EXPECT_EQ(post.title, "");
    EXPECT_EQ(post.reply_to_id, "11");
    EXPECT_EQ(post.url, "https://news.ycombinator.com/item?id=12");
    EXPECT_EQ(post.created_at.milliseconds, 1'314'211'127'000);
    ASSERT_EQ(post.links.size(), 1U);
    EXPECT_EQ(post.links[0], "https://e.example/a");
  }
  // Only the search knows the story, only the item its answers.
  EXPECT_EQ(item.post().thread, "");
  EXPECT_EQ(found.post().thread, "10");
  EXPECT_EQ(item.post().engagement.replies, 2);
}

TEST(HackerNews, StoriesJobsAndPolls) {
  const Decoded story =
      decode(R"({"id":1,"type":"story","by":"a","time":1,"title":"A &amp; B","score":111,)"
             R"("descendants":71,"kids":[2],"url":"https://e.example"})");
  EXPECT_EQ(story.post().text, "A & B");
  EXPECT_EQ(story.post().title, "");
  EXPECT_EQ(story.post().kind, PostKind::post);
  EXPECT_EQ(story.post().engagement.likes, 111);
  EXPECT_EQ(story.post().engagement.replies, 71);
  ASSERT_EQ(story.post().links.size(), 1U);
  const Decoded job =
      decode(R"({"id":1,"type":"job","by":"a","time":1,"title":"T","text":"b","url":""})");
  EXPECT_EQ(job.post().title, "T");
  EXPECT_EQ(job.post().text, "b");
  EXPECT_TRUE(job.post().links.empty());
  const Decoded option =
      decode(R"({"id":3,"type":"pollopt","by":"a","time":1,"poll":2,"text":"yes","score":5})");
  EXPECT_EQ(option.post().kind, PostKind::post);
  EXPECT_EQ(option.post().thread, "2");
  const Decoded found = decode(page(
      R"({"objectID":"7","author":"a","created_at_i":5,"title":"T","story_text":"b","points":3,)"
      R"("story_id":7,"num_comments":4,"url":"https://e.example","_tags":["story","story_7"]})"));
  EXPECT_EQ(found.post().id, "7");
  EXPECT_EQ(found.post().kind, PostKind::post);
  EXPECT_EQ(found.post().thread, "");
  EXPECT_EQ(found.post().text, "b");
  EXPECT_EQ(found.post().engagement.likes, 3);
  EXPECT_EQ(found.post().engagement.replies, 4);
}

TEST(HackerNews, WhatIsGoneIsRemoved) {
  for (const char* line : {R"({"deleted":true,"id":9,"parent":8,"time":1,"type":"comment"})",
                           R"({"dead":true,"id":9,"by":"a","text":"x","time":1,"type":"comment"})",
                           R"({"dead":true,"id":9})"}) {
    const Decoded decoded = decode(line);
    ASSERT_EQ(decoded.outcome(), "post") << line;
    EXPECT_EQ(decoded.post().op, PostOp::remove);
    EXPECT_EQ(decoded.post().id, "9");
    EXPECT_EQ(decoded.post().text, "");
    EXPECT_EQ(decoded.post().reply_to_id, "");
  }
  EXPECT_EQ(decode(with(R"("deleted":false)")).post().op, PostOp::create);
}

TEST(HackerNews, Outcomes) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const std::string long_text(kMaxTextBytes + 1, 'a');
  const Case cases[] = {{"null", "ignored"},
                        {"[null]", "ignored"},
                        {R"({"id":"a","created":1,"karma":2})", "ignored"},
                        {R"({"items":[1],"profiles":["a"]})", "ignored"},
                        {R"({"hits":[]})", ""},
                        {R"({"error":"Permission denied"})", "stream_error"},
                        {R"({"message":"bad","status":400})", "stream_error"},
                        {"9130260", "not_an_object"},
                        {"[1]", "not_an_object"},
                        {page("7"), "not_an_object"},
                        {R"({"type":"story","by":"a","time":1,"title":"t"})", "missing_field"},
                        {R"({"id":1,"by":"a","time":1,"title":"t"})", "missing_field"},
                        {R"({"id":1,"type":"story","by":"a","title":"t"})", "missing_field"},
                        {R"({"id":1,"type":"story","by":"a","time":1})", "missing_field"},
                        {R"({"id":1,"type":"user","time":1,"title":"t"})", "bad_value"},
                        {R"({"id":0,"type":"story","time":1,"title":"t"})", "bad_value"},
                        {R"({"id":"x","type":"story","time":1,"title":"t"})", "bad_value"},
                        {R"({"id":[],"type":"story","time":1,"title":"t"})", "wrong_type"},
                        {R"({"id":1,"type":"story","time":true,"title":"t"})", "wrong_type"},
                        {R"({"id":1,"type":"story","time":-1,"title":"t"})", "invalid_time"},
                        {R"({"id":1,"type":"story","time":1e30,"title":"t"})", "invalid_time"},
                        {R"({"id":1,"type":"story","time":1,"title":7})", "wrong_type"},
                        {with(R"("text":[])"), "wrong_type"},
                        {R"({"id":1,"type":"story","time":1,"title":"t","by":7})", "wrong_type"},
                        {with("\"text\":\"" + long_text + "\""), "text_too_long"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.line).outcome(), c.expected) << c.line.substr(0, 99);
}

TEST(HackerNews, IsRecognised) {
  EXPECT_EQ(detect(kComment), Format::hackernews);
  EXPECT_EQ(detect(page(kCommentFound)), Format::hackernews);
  EXPECT_EQ(detect(kCommentFound), Format::hackernews);
  EXPECT_EQ(detect(R"({"deleted":true,"id":9,"time":1,"type":"comment"})"), Format::hackernews);
  EXPECT_EQ(detect(R"({"id":9,"time":1,"type":"comment"})"), Format::autodetect);
  EXPECT_EQ(detect(R"({"id":9,"time":1,"by":"a","type":"order"})"), Format::autodetect);
  EXPECT_EQ(detect(R"({"hits":[{"objectID":"1"}]})"), Format::autodetect);
}

TEST(HackerNews, CutsGiveTheSamePosts) {
  const std::string line(kComment);
  EXPECT_TRUE(same_however_cut(Format::hackernews, line + "\nnull\n" + line + "\n"));
}

}  // namespace
}  // namespace passaparola::ingest
