#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::googleplaces, text); }

// `members` of a legacy review, of the place "P".
std::string legacy(std::string_view members) {
  return R"({"result":{"place_id":"P","url":"https://maps.example/?cid=1","reviews":[{)" +
         std::string(members) + R"(}]},"status":"OK"})";
}

constexpr std::string_view kLegacy =
    R"("author_name":"Anna","author_url":"https://www.google.com/maps/contrib/123/reviews",)"
    R"("language":"it","rating":4,"relative_time_description":"un mese fa","text":"Buono",)"
    R"("time":1497657494)";

std::string page(std::string_view reviews) {
  return R"({"reviews":[)" + std::string(reviews) + "]}";
}

std::string modern(std::string_view extra) {
  return R"({"name":"places/P/reviews/R","rating":4,"publishTime":"2025-01-08T08:22:09.598435Z",)"
         R"("authorAttribution":{"displayName":"Anna",)"
         R"("uri":"https://www.google.com/maps/contrib/123/reviews"},)"
         R"("googleMapsUri":"https://maps.example/r")" +
         std::string(extra) + "}";
}

std::string business(std::string_view extra) {
  return R"({"name":"accounts/1/locations/2/reviews/R","reviewId":"R",)"
         R"("createTime":"2026-03-01T10:00:00.123456789Z")" +
         std::string(extra) + "}";
}

TEST(GooglePlaces, ALegacyReview) {
  const Decoded decoded = decode(legacy(kLegacy));
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.source, "google");
  EXPECT_EQ(post.id, "P/123");
  EXPECT_EQ(post.op, PostOp::update);
  EXPECT_EQ(post.kind, PostKind::review);
  EXPECT_EQ(post.author.id, "123");
  EXPECT_EQ(post.author.name, "Anna");
  EXPECT_EQ(post.text, "Buono");
  EXPECT_EQ(post.lang, "it");
  EXPECT_EQ(post.rating->value, 4);
  EXPECT_EQ(post.rating->max, 5);
  EXPECT_EQ(post.url, "https://maps.example/?cid=1");
  EXPECT_EQ(post.created_at.milliseconds, 1'497'657'494'000);
}

TEST(GooglePlaces, ALegacyReviewIsNamedByPlaceAndAuthorOnly) {
  std::string edited(kLegacy);
  edited.replace(edited.find("Buono"), 5, "Pessimo");
  edited.replace(edited.find("1497657494"), 10, "1597657494");
  EXPECT_EQ(decode(legacy(edited)).post().id, "P/123");
  std::string other(kLegacy);
  other.replace(other.find("contrib/123"), 11, "contrib/124");
  EXPECT_EQ(decode(legacy(other)).post().id, "P/124");
  other.replace(other.find("contrib/124"), 11, "people/124x");
  EXPECT_EQ(decode(legacy(other)).post().id, "P/https://www.google.com/maps/people/124x/reviews");
  for (const char* strange : {"contrib/12x", "contrib/"}) {
    std::string line(kLegacy);
    line.replace(line.find("contrib/123"), 11, strange);
    const std::string whole = "https://www.google.com/maps/" + std::string(strange) + "/reviews";
    EXPECT_EQ(decode(legacy(line)).post().author.id, whole);
  }
}

TEST(GooglePlaces, AReviewOfThePlacesApi) {
  const Decoded decoded =
      decode(page(modern(R"(,"text":{"text":"Good","languageCode":"en"},)"
                         R"("originalText":{"text":"Buono","languageCode":"it"})")));
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.source, "google");
  EXPECT_EQ(post.id, "places/P/reviews/R");
  EXPECT_EQ(post.op, PostOp::update);
  EXPECT_EQ(post.kind, PostKind::review);
  EXPECT_EQ(post.author.id, "123");
  EXPECT_EQ(post.text, "Buono");
  EXPECT_EQ(post.lang, "it");
  EXPECT_EQ(post.rating->value, 4);
  EXPECT_EQ(post.url, "https://maps.example/r");
  EXPECT_EQ(format_rfc3339(post.created_at), "2025-01-08T08:22:09.598Z");
  const Decoded untranslated =
      decode(page(modern(R"(,"text":{"text":"Good","languageCode":"en"})")));
  EXPECT_EQ(untranslated.post().text, "Good");
  EXPECT_EQ(untranslated.post().lang, "en");
  EXPECT_EQ(decode(page(modern(""))).post().text, "");
}

TEST(GooglePlaces, AReviewOfABusinessProfile) {
  const Decoded decoded = decode(page(business(
      R"(,"reviewer":{"displayName":"Anna"},"starRating":"FIVE","comment":"Buono",)"
      R"("updateTime":"2026-03-01T10:00:00.123456789Z","reviewReply":{"comment":"ciao"})")));
  ASSERT_EQ(decoded.batch.records, 1U);
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.source, "google");
  EXPECT_EQ(post.id, "accounts/1/locations/2/reviews/R");
  EXPECT_EQ(post.op, PostOp::create);
  EXPECT_EQ(post.author.id, "");
  EXPECT_EQ(post.author.name, "Anna");
  EXPECT_EQ(post.text, "Buono");
  EXPECT_EQ(post.rating->value, 5);
  EXPECT_EQ(post.engagement.replies, 1);
  EXPECT_EQ(format_rfc3339(post.created_at), "2026-03-01T10:00:00.123Z");
}

TEST(GooglePlaces, ABusinessReviewMayBeAnonymousWordlessAndEdited) {
  const Decoded decoded =
      decode(page(business(R"(,"reviewer":{"isAnonymous":true},"starRating":"ONE",)"
                           R"("updateTime":"2026-03-02T10:00:00Z")")));
  ASSERT_EQ(decoded.outcome(), "post");
  EXPECT_EQ(decoded.post().op, PostOp::update);
  EXPECT_EQ(decoded.post().author.name, "");
  EXPECT_EQ(decoded.post().text, "");
  EXPECT_EQ(decoded.post().rating->value, 1);
  EXPECT_EQ(decoded.post().engagement.replies, 0);
  const char* names[] = {"ONE", "TWO", "THREE", "FOUR", "FIVE"};
  for (int i = 0; i < 5; ++i) {
    const std::string stars = R"(,"starRating":")" + std::string(names[i]) + "\"";
    EXPECT_EQ(decode(business(stars)).post().rating->value, i + 1);
  }
}

TEST(GooglePlaces, Outcomes) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const std::string long_text(kMaxTextBytes + 1, 'a');
  const std::string author = R"("author_url":"https://e.example/contrib/1",)";
  const Case cases[] = {
      {R"({"error":{"code":403}})", "stream_error"},
      {R"({"error_message":"m","status":"REQUEST_DENIED"})", "stream_error"},
      {R"({"result":{"place_id":"P"},"status":"OK"})", ""},
      {"{}", "ignored"},
      {R"({"id":"P"})", "ignored"},
      {R"({"averageRating":4.5,"totalReviewCount":100})", "ignored"},
      {page(""), ""},
      {page("7"), "not_an_object"},
      {"7", "not_an_object"},
      {R"({"result":{"reviews":[7]}})", "not_an_object"},
      {R"({"result":{"reviews":[{)" + std::string(kLegacy) + "}]}}", "missing_field"},
      {legacy(R"("rating":4,"text":"t","time":1)"), "missing_field"},
      {legacy(author + R"("rating":4,"text":"t")"), "missing_field"},
      {legacy(author + R"("text":"t","time":1)"), "missing_field"},
      {legacy(author + R"("rating":9,"text":"t","time":1)"), "bad_value"},
      {legacy(author + R"("rating":4,"text":7,"time":1)"), "wrong_type"},
      {legacy(author + R"("rating":4,"text":")" + long_text + R"(","time":1)"), "text_too_long"},
      {legacy(author + R"("rating":4,"time":1)"), "post"},
      {page(R"({"what":1})"), "missing_field"},
      {page(modern(R"(,"text":"plain")")), "wrong_type"},
      {page(modern(R"(,"text":{"text":7})")), "wrong_type"},
      {page(R"({"name":"n","rating":4})"), "missing_field"},
      {page(R"({"name":"n","rating":4,"publishTime":"soon"})"), "invalid_time"},
      {page(R"({"name":"n","publishTime":"2026-01-01T00:00:00Z"})"), "missing_field"},
      {business(R"(,"starRating":"SIX")"), "bad_value"},
      {business(R"(,"starRating":5)"), "wrong_type"},
      {business(R"(,"starRating":"STAR_RATING_UNSPECIFIED")"), "missing_field"},
      {business(R"(,"starRating":"STAR_RATING_UNSPECIFIED","comment":"c")"), "post"},
      {R"({"reviewId":"R","starRating":"ONE"})", "missing_field"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.line).outcome(), c.expected) << c.line.substr(0, 99);
}

TEST(GooglePlaces, IsRecognised) {
  EXPECT_EQ(detect(legacy(kLegacy)), Format::googleplaces);
  EXPECT_EQ(detect(page(modern(""))), Format::googleplaces);
  EXPECT_EQ(detect(page(business(R"(,"starRating":"ONE")"))), Format::googleplaces);
  EXPECT_EQ(detect(modern("")), Format::googleplaces);
  EXPECT_EQ(detect(R"({"result":{"place_id":"P"}})"), Format::autodetect);
  EXPECT_EQ(detect(page(R"({"name":"n","rating":4})")), Format::autodetect);
}

}  // namespace
}  // namespace passaparola::ingest
