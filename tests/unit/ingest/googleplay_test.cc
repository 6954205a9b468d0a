#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::googleplay, text); }

std::string with_comments(std::string_view comments) {
  return R"({"reviewId":"gp:1","authorName":"Anna","comments":[)" + std::string(comments) + "]}";
}

// `words` are members of the comment, each with a comma behind it.
std::string review(std::string_view words) {
  return with_comments(R"({"userComment":{)" + std::string(words) +
                       R"("lastModified":{"seconds":"1486482936","nanos":525000000},)"
                       R"("starRating":3,"reviewerLanguage":"en_US","thumbsUpCount":2}},)"
                       R"({"developerComment":{"text":"sorry","lastModified":{"seconds":"1"}}})");
}

std::string page(std::string_view reviews) {
  return R"({"reviews":[)" + std::string(reviews) + R"(],"tokenPagination":{}})";
}

TEST(GooglePlay, AReview) {
  const Decoded decoded = decode(page(review(R"("text":"So so",)")));
  ASSERT_EQ(decoded.batch.records, 1U);
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.source, "googleplay");
  EXPECT_EQ(post.id, "gp:1");
  EXPECT_EQ(post.op, PostOp::update);
  EXPECT_EQ(post.kind, PostKind::review);
  EXPECT_EQ(post.author.id, "");
  EXPECT_EQ(post.author.name, "Anna");
  EXPECT_EQ(post.text, "So so");
  EXPECT_EQ(post.title, "");
  EXPECT_EQ(post.lang, "en-US");
  EXPECT_EQ(post.rating->value, 3);
  EXPECT_EQ(post.rating->max, 5);
  EXPECT_EQ(post.engagement.likes, 2);
  EXPECT_EQ(post.engagement.replies, 1);
  EXPECT_EQ(post.created_at.milliseconds, 1'486'482'936'000);
}

TEST(GooglePlay, TitlesStandBeforeATab) {
  const Decoded titled = decode(review(R"("text":"Good\tIt is\tgood",)"));
  EXPECT_EQ(titled.post().title, "Good");
  EXPECT_EQ(titled.post().text, "It is\tgood");
  const Decoded untitled = decode(review(R"("text":"\tIt is good",)"));
  EXPECT_EQ(untitled.post().title, "");
  EXPECT_EQ(untitled.post().text, "It is good");
}

TEST(GooglePlay, WhatTheAuthorWroteIsKept) {
  const std::string words = R"("text":"Beautiful","originalText":"Bello\tDavvero",)";
  EXPECT_EQ(decode(review(words)).post().title, "Bello");
  EXPECT_EQ(decode(review(words)).post().text, "Davvero");
  EXPECT_EQ(decode(review(R"("text":"Beautiful","originalText":"",)")).post().text, "Beautiful");
}

TEST(GooglePlay, Outcomes) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const auto comment = [](std::string_view members) {
    return with_comments(R"({"userComment":{)" + std::string(members) + "}}");
  };
  const std::string long_text(kMaxTextBytes + 1, 'a');
  const Case cases[] = {
      {R"({"error":{"code":401}})", "stream_error"},
      {"{}", "ignored"},
      {R"({"tokenPagination":{"nextPageToken":"t"}})", "ignored"},
      {page(""), ""},
      {page("7"), "not_an_object"},
      {"7", "not_an_object"},
      {R"({"reviewId":"1"})", "missing_field"},
      {with_comments(R"({"developerComment":{"text":"t"}})"), "missing_field"},
      {with_comments("7"), "missing_field"},
      {R"({"comments":[{"userComment":{"text":"t","starRating":1,"lastModified":{"seconds":1}}}]})",
       "missing_field"},
      {comment(R"("text":"t","lastModified":{"seconds":"1"})"), "missing_field"},
      {comment(R"("text":"t","starRating":1)"), "missing_field"},
      {comment(R"("text":"t","starRating":1,"lastModified":{"nanos":1})"), "missing_field"},
      {comment(R"("text":"t","starRating":"1","lastModified":{"seconds":"1"})"), "wrong_type"},
      {comment(R"("text":"t","starRating":6,"lastModified":{"seconds":"1"})"), "bad_value"},
      {comment(R"("text":"t","starRating":0,"lastModified":{"seconds":"1"})"), "bad_value"},
      {comment(R"("text":7,"starRating":1,"lastModified":{"seconds":"1"})"), "wrong_type"},
      {comment(R"("text":"t","starRating":1,"lastModified":{"seconds":"1x"})"), "invalid_time"},
      {comment(R"("text":"t","starRating":1,"lastModified":{"seconds":""})"), "invalid_time"},
      {comment(R"("starRating":1,"lastModified":{"seconds":1})"), "post"},
      {review("\"text\":\"" + long_text + "\","), "text_too_long"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.line).outcome(), c.expected) << c.line.substr(0, 99);
}

TEST(GooglePlay, ABadReviewIsDroppedAlone) {
  const Decoded decoded = decode(page("{\"reviewId\":\"2\"}," + review("")));
  EXPECT_EQ(decoded.batch.posts.size(), 1U);
  EXPECT_EQ(decoded.batch.rejects.size(), 1U);
}

TEST(GooglePlay, IsRecognised) {
  EXPECT_EQ(detect(page(review(""))), Format::googleplay);
  EXPECT_EQ(detect(review("")), Format::googleplay);
  EXPECT_EQ(detect(page(R"({"reviewId":"1"})")), Format::autodetect);
  EXPECT_EQ(detect("{}"), Format::autodetect);
}

}  // namespace
}  // namespace passaparola::ingest
