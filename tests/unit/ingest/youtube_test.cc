#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::youtube, text); }

std::string comment(std::string_view id, std::string_view extra = {}) {
  return R"({"kind":"youtube#comment","id":")" + std::string(id) +
         R"(","snippet":{"authorDisplayName":"@anna","authorChannelId":{"value":"UC1"},)"
         R"("textDisplay":"a &lt;3 b","likeCount":4,"publishedAt":"2026-01-02T03:04:05Z",)"
         R"("updatedAt":"2026-01-02T03:04:05Z")" +
         std::string(extra) + "}}";
}

std::string thread(std::string_view top, std::string_view replies) {
  return R"({"kind":"youtube#commentThread","id":"c1","snippet":{"videoId":"v1",)"
         R"("topLevelComment":)" +
         std::string(top) + R"(,"totalReplyCount":3},"replies":{"comments":[)" +
         std::string(replies) + "]}}";
}

std::string page(std::string_view items) {
  return R"({"kind":"youtube#commentThreadListResponse","pageInfo":{},"items":[)" +
         std::string(items) + "]}";
}

TEST(YouTube, AThreadWithItsReplies) {
  const std::string reply = comment("c1.r", R"(,"parentId":"c1","textOriginal":"x & y")");
  const Decoded decoded = decode(page(thread(comment("c1"), reply)));
  ASSERT_EQ(decoded.batch.posts.size(), 2U);
  const PostView& post = decoded.post();
  EXPECT_EQ(post.source, "youtube");
  EXPECT_EQ(post.id, "c1");
  EXPECT_EQ(post.op, PostOp::create);
  EXPECT_EQ(post.kind, PostKind::reply);
  EXPECT_EQ(post.author.id, "UC1");
  EXPECT_EQ(post.author.handle, "anna");
  EXPECT_EQ(post.author.name, "@anna");
  EXPECT_EQ(post.text, "a <3 b");
  EXPECT_EQ(post.thread, "v1");
  EXPECT_EQ(post.reply_to_id, "v1");
  EXPECT_EQ(post.url, "https://www.youtube.com/watch?v=v1&lc=c1");
  EXPECT_EQ(format_rfc3339(post.created_at), "2026-01-02T03:04:05.000Z");
  EXPECT_EQ(post.engagement.likes, 4);
  EXPECT_EQ(post.engagement.replies, 3);
  EXPECT_EQ(decoded.post(1).id, "c1.r");
  EXPECT_EQ(decoded.post(1).text, "x & y");
  EXPECT_EQ(decoded.post(1).thread, "v1");
  EXPECT_EQ(decoded.post(1).reply_to_id, "c1");
  EXPECT_EQ(decoded.post(1).engagement.replies, std::nullopt);
}

TEST(YouTube, CommentsAlone) {
  const Decoded decoded =
      decode(R"({"kind":"youtube#commentListResponse","items":[)" +
             comment("c1.r", R"(,"parentId":"c1")") + "," + comment("c2") + "]}");
  ASSERT_EQ(decoded.batch.posts.size(), 2U);
  EXPECT_EQ(decoded.post().reply_to_id, "c1");
  EXPECT_EQ(decoded.post().thread, "");
  EXPECT_EQ(decoded.post().url, "");
  EXPECT_EQ(decoded.post(1).reply_to_id, "");
}

TEST(YouTube, OriginalTextIsTakenBeforeWhatWasDisplayed) {
  EXPECT_EQ(decode(comment("c", R"(,"textOriginal":"a &lt; b")")).post().text, "a &lt; b");
  const auto displayed = [](std::string_view text) {
    std::string line = comment("c");
    line.replace(line.find("a &lt;3 b"), 9, text);
    return std::string(decode(line).post().text);
  };
  EXPECT_EQ(displayed(R"(uno<br>due <a href=\"https://e.example\">tre</a>)"), "uno\ndue tre");
  EXPECT_EQ(displayed(R"(uno <b>\ndue &amp; tre)"), "uno <b>\ndue &amp; tre");
}

TEST(YouTube, EditedAndHidden) {
  std::string edited = comment("c");
  edited.replace(edited.rfind("04:05Z"), 6, "04:06Z");
  EXPECT_EQ(decode(edited).post().op, PostOp::update);
  EXPECT_EQ(decode(comment("c", R"(,"moderationStatus":"heldForReview")")).outcome(), "ignored");
  EXPECT_EQ(decode(comment("c", R"(,"moderationStatus":"published")")).outcome(), "post");
}

TEST(YouTube, AnAuthorWhoIsGone) {
  std::string line = comment("c");
  const std::string channel = R"("authorChannelId":{"value":"UC1"},)";
  line.erase(line.find(channel), channel.size());
  line.replace(line.find("@anna"), 5, "Anna");
  const Decoded decoded = decode(line);
  EXPECT_EQ(decoded.post().author.id, "");
  EXPECT_EQ(decoded.post().author.handle, "");
  EXPECT_EQ(decoded.post().author.name, "Anna");
}

TEST(YouTube, Outcomes) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const std::string long_text(kMaxTextBytes + 1, 'a');
  const Case cases[] = {
      {R"({"error":{"code":403,"message":"m","errors":[{"domain":"d","reason":"r"}]}})",
       "stream_error"},
      {R"({"error":"error message"})", "stream_error"},
      {page(""), ""},
      {page("7"), "not_an_object"},
      {"7", "not_an_object"},
      {page(thread(comment("c"), "7")), "post"},
      {R"({"id":"c"})", "missing_field"},
      {R"({"snippet":{"textOriginal":"t","publishedAt":"2026-01-02T03:04:05Z"}})", "missing_field"},
      {R"({"id":7,"snippet":{"textOriginal":"t","publishedAt":"2026-01-02T03:04:05Z"}})",
       "wrong_type"},
      {R"({"id":"c","snippet":{"publishedAt":"2026-01-02T03:04:05Z"}})", "missing_field"},
      {R"({"id":"c","snippet":{"textOriginal":7,"publishedAt":"2026-01-02T03:04:05Z"}})",
       "wrong_type"},
      {R"({"id":"c","snippet":{"textOriginal":"t"}})", "missing_field"},
      {R"({"id":"c","snippet":{"textOriginal":"t","publishedAt":7}})", "wrong_type"},
      {R"({"id":"c","snippet":{"textOriginal":"t","publishedAt":"yesterday"}})", "invalid_time"},
      {comment("c", ",\"textOriginal\":\"" + long_text + "\""), "text_too_long"},
      {comment(std::string(kMaxIdBytes + 1, 'c')), "field_too_long"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.line).outcome(), c.expected) << c.line.substr(0, 99);
}

TEST(YouTube, ABadReplyIsDroppedAlone) {
  const Decoded decoded = decode(page(thread(comment("c"), "7," + comment("d"))));
  EXPECT_EQ(decoded.batch.posts.size(), 2U);
  EXPECT_EQ(decoded.batch.rejects.size(), 1U);
}

TEST(YouTube, IsRecognised) {
  EXPECT_EQ(detect(page("")), Format::youtube);
  EXPECT_EQ(detect(page(thread(comment("c"), ""))), Format::youtube);
  EXPECT_EQ(detect(comment("c")), Format::youtube);
  EXPECT_EQ(detect(R"({"kind":"youtube#video","id":"v"})"), Format::autodetect);
}

}  // namespace
}  // namespace passaparola::ingest
