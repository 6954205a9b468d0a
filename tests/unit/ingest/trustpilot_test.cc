#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::trustpilot, text); }

std::string review(std::string_view extra = {}) {
  return R"({"id":"507f","title":"Bene","text":"Mi piace","language":"it",)"
         R"("createdAt":"2013-09-07T13:37:00","updatedAt":"2013-09-07T13:37:00",)"
         R"("numberOfLikes":10,"stars":4,"companyReply":{"text":"grazie"},)"
         R"("consumer":{"id":"c1","displayName":"Anna","numberOfReviews":3})" +
         std::string(extra) + "}";
}

std::string page(std::string_view reviews) {
  return R"({"links":[],"reviews":[)" + std::string(reviews) + "]}";
}

std::string replaced(std::string line, std::string_view from, std::string_view to) {
  line.replace(line.find(from), from.size(), to);
  return line;
}

TEST(Trustpilot, AReview) {
  const Decoded decoded = decode(page(review()));
  ASSERT_EQ(decoded.batch.records, 1U);
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.source, "trustpilot");
  EXPECT_EQ(post.id, "507f");
  EXPECT_EQ(post.op, PostOp::create);
  EXPECT_EQ(post.kind, PostKind::review);
  EXPECT_EQ(post.author.id, "c1");
  EXPECT_EQ(post.author.name, "Anna");
  EXPECT_EQ(post.author.posts, 3);
  EXPECT_EQ(post.title, "Bene");
  EXPECT_EQ(post.text, "Mi piace");
  EXPECT_EQ(post.lang, "it");
  EXPECT_EQ(post.rating->value, 4);
  EXPECT_EQ(post.rating->max, 5);
  EXPECT_EQ(post.url, "https://www.trustpilot.com/reviews/507f");
  EXPECT_EQ(post.engagement.likes, 10);
  EXPECT_EQ(post.engagement.replies, 1);
  EXPECT_EQ(format_rfc3339(post.created_at), "2013-09-07T13:37:00.000Z");
}

TEST(Trustpilot, TimesAndEdits) {
  const std::string updated = R"("updatedAt":"2013-09-07T13:37:00")";
  const std::string edited = replaced(review(), updated, R"("updatedAt":"2013-09-08T00:00:00")");
  EXPECT_EQ(decode(edited).post().op, PostOp::update);
  EXPECT_EQ(decode(replaced(review(), updated, R"("updatedAt":null)")).post().op, PostOp::create);
  const Decoded zoned = decode(replaced(review(), "13:37:00", "13:37:00+02:00"));
  EXPECT_EQ(format_rfc3339(zoned.post().created_at), "2013-09-07T11:37:00.000Z");
  EXPECT_EQ(zoned.post().op, PostOp::update);
}

TEST(Trustpilot, Outcomes) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const Case cases[] = {
      {R"({"fault":{"faultstring":"Invalid ApiKey"}})", "stream_error"},
      {R"({"message":"Unknown business unit"})", "stream_error"},
      {R"({"error":"invalid_token"})", "stream_error"},
      {page(""), ""},
      {page("7"), "not_an_object"},
      {"7", "not_an_object"},
      {"{}", "missing_field"},
      {replaced(review(), R"("id":"507f",)", ""), "missing_field"},
      {replaced(review(), R"("stars":4,)", ""), "missing_field"},
      {replaced(review(), R"("createdAt":"2013-09-07T13:37:00",)", ""), "missing_field"},
      {replaced(review(), R"("stars":4)", R"("stars":"4")"), "wrong_type"},
      {replaced(review(), R"("stars":4)", R"("stars":0)"), "bad_value"},
      {replaced(review(), R"("id":"507f")", R"("id":507)"), "wrong_type"},
      {replaced(review(), R"("text":"Mi piace")", R"("text":[])"), "wrong_type"},
      {replaced(review(), "13:37:00", "noon"), "invalid_time"},
      {replaced(review(), "Mi piace", std::string(kMaxTextBytes + 1, 'a')), "text_too_long"},
      {replaced(replaced(review(), "Mi piace", ""), "Bene", ""), "post"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.line).outcome(), c.expected) << c.line.substr(0, 99);
}

TEST(Trustpilot, IsRecognised) {
  EXPECT_EQ(detect(page(review())), Format::trustpilot);
  EXPECT_EQ(detect(review()), Format::trustpilot);
  EXPECT_EQ(detect(page("")), Format::autodetect);
  EXPECT_EQ(detect(page(R"({"id":"1","stars":4})")), Format::autodetect);
}

}  // namespace
}  // namespace passaparola::ingest
