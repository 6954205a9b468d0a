#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::appstore, text); }

std::string review(std::string_view extra) {
  return R"({"author":{"uri":{"label":"https://itunes.apple.com/it/reviews/id42"},)"
         R"("name":{"label":"Anna"},"label":""},"im:version":{"label":"1.2"},)"
         R"("id":{"label":"77"},"title":{"label":"Bella"},)"
         R"("content":{"label":"a < b & c","attributes":{"type":"text"}},)"
         R"("link":{"attributes":{"rel":"related","href":"https://e.example/review?id=1&t=2"}},)"
         R"("im:voteSum":{"label":"3"},"im:voteCount":{"label":"4"})" +
         std::string(extra) + "}";
}

constexpr std::string_view kRated =
    R"(,"im:rating":{"label":"2"},"updated":{"label":"2026-01-02T03:04:05-07:00"})";

std::string feed(std::string_view entry, std::string_view extra = {}) {
  return R"({"feed":{"author":{},"entry":)" + std::string(entry) + std::string(extra) +
         R"(,"id":{"label":"https://itunes.apple.com/it/rss/customerreviews/id=1/json"}}})";
}

constexpr std::string_view kFeedTime = R"(,"updated":{"label":"2026-02-03T00:00:00Z"})";

std::string xml(std::string_view entries, std::string_view id = "/rss/customerreviews/id=1/xml") {
  return "<feed xmlns:im=\"http://itunes.apple.com/rss\" xmlns=\"http://www.w3.org/2005/Atom\" "
         "xml:lang=\"it\"><id>https://itunes.apple.com/it" +
         std::string(id) + "</id><updated>2026-02-03T00:00:00Z</updated>" + std::string(entries) +
         "</feed>";
}

constexpr std::string_view kApp =
    "<entry><updated>2026-01-01T00:00:00Z</updated><id>1</id><title>The App</title>"
    "<im:name>The App</im:name></entry>";

std::string xml_review(std::string_view updated) {
  return "<entry>" + std::string(updated) +
         "<id>77</id><title>Bella</title><content type=\"text\"> a &lt; b &amp; c\n</content>"
         "<im:voteSum>3</im:voteSum><im:voteCount>4</im:voteCount><im:rating>2</im:rating>"
         "<im:version>1.2</im:version><author><name>Anna</name>"
         "<uri>https://itunes.apple.com/it/reviews/id42</uri></author>"
         "<link rel=\"related\" href=\"https://e.example/review?id=1&amp;t=2\"/>"
         "<content type=\"html\">&lt;table&gt;x&lt;/table&gt;</content></entry>";
}

TEST(AppStore, AReviewIsTheSameFromBothForms) {
  const Decoded json = decode(feed("[" + review(kRated) + "]"));
  const Decoded atom(Format::rss, xml(xml_review("<updated>2026-01-02T03:04:05-07:00</updated>")));
  ASSERT_EQ(json.outcome(), "post");
  EXPECT_EQ(json.lines(), atom.lines());
  const PostView& post = json.post();
  EXPECT_EQ(post.source, "appstore");
  EXPECT_EQ(post.id, "77");
  EXPECT_EQ(post.kind, PostKind::review);
  EXPECT_EQ(post.author.id, "42");
  EXPECT_EQ(post.author.name, "Anna");
  EXPECT_EQ(post.title, "Bella");
  EXPECT_EQ(post.text, "a < b & c");
  EXPECT_EQ(post.rating->value, 2);
  EXPECT_EQ(post.rating->max, 5);
  EXPECT_EQ(post.engagement.likes, 3);
  EXPECT_EQ(post.url, "https://e.example/review?id=1&t=2");
  EXPECT_EQ(post.lang, "");
  EXPECT_EQ(format_rfc3339(post.created_at), "2026-01-02T10:04:05.000Z");
}

TEST(AppStore, ManyOneOrNoEntries) {
  const std::string one = review(kRated);
  EXPECT_EQ(decode(feed("[" + one + "," + one + "]")).batch.posts.size(), 2U);
  EXPECT_EQ(decode(feed(one)).batch.posts.size(), 1U);
  EXPECT_EQ(decode(R"({"feed":{"author":{}}})").batch.records, 0U);
}

TEST(AppStore, TheAppItselfIsIgnored) {
  const Decoded json = decode(feed("[" + review("") + "," + review(kRated) + "]"));
  EXPECT_EQ(json.batch.ignored, 1U);
  EXPECT_EQ(json.batch.posts.size(), 1U);
  const Decoded atom(Format::rss, xml(std::string(kApp) + xml_review("")));
  EXPECT_EQ(atom.batch.ignored, 1U);
  EXPECT_EQ(atom.batch.posts.size(), 1U);
}

TEST(AppStore, OtherFeedsOfTheStoreStayFeeds) {
  const Decoded decoded(Format::rss, xml(kApp, "/rss/topfreeapplications/xml"));
  ASSERT_EQ(decoded.outcome(), "post");
  EXPECT_EQ(decoded.post().source, "rss");
  EXPECT_EQ(decoded.post().kind, PostKind::post);
  EXPECT_EQ(decoded.post().rating, std::nullopt);
  EXPECT_EQ(decoded.post().lang, "it");
}

TEST(AppStore, OnlyEntriesOfAtomAreReviews) {
  const Decoded decoded(
      Format::rss,
      "<rss xmlns:im=\"http://itunes.apple.com/rss\"><channel><item><guid>g</guid>"
      "<title>t</title><description>d</description><pubDate>2026-01-01</pubDate>"
      "<im:rating>5</im:rating></item></channel></rss>");
  ASSERT_EQ(decoded.outcome(), "post");
  EXPECT_EQ(decoded.post().source, "rss");
  EXPECT_EQ(decoded.post().text, "d");
  EXPECT_EQ(decoded.post().rating, std::nullopt);
}

TEST(AppStore, AReviewWithoutATimeHasThatOfItsFeed) {
  const std::string undated = review(R"(,"im:rating":{"label":"2"})");
  const Decoded json = decode(feed(undated, kFeedTime));
  ASSERT_EQ(json.outcome(), "post");
  EXPECT_EQ(format_rfc3339(json.post().created_at), "2026-02-03T00:00:00.000Z");
  const Decoded atom(Format::rss, xml(xml_review("")));
  EXPECT_EQ(atom.lines(), json.lines());
  EXPECT_EQ(decode(feed(undated)).outcome(), "missing_field");
}

TEST(AppStore, AnAuthorWithoutAPageIsAName) {
  std::string line = review(kRated);
  line.replace(line.find("/reviews/id42"), 13, "/people/id42");
  EXPECT_EQ(decode(feed(line)).post().author.id, "Anna");
  line.replace(line.find("/people/id42"), 12, "/reviews/id4x");
  EXPECT_EQ(decode(feed(line)).post().author.id, "Anna");
}

TEST(AppStore, Outcomes) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const std::string long_label = R"({"label":")" + std::string(kMaxTextBytes + 1, 'a') + "\"}";
  const Case cases[] = {
      {"7", "not_an_object"},
      {"{}", "missing_field"},
      {feed("7"), "not_an_object"},
      {feed("[7]"), "not_an_object"},
      {feed(R"({"im:rating":{"label":"5"},"updated":{"label":"2026-01-01T00:00:00Z"}})"),
       "missing_field"},
      {feed(review(R"(,"im:rating":{"label":"6"})"), kFeedTime), "bad_value"},
      {feed(review(R"(,"im:rating":{"label":"0"})"), kFeedTime), "bad_value"},
      {feed(review(R"(,"im:rating":{"label":"4.5"})"), kFeedTime), "bad_value"},
      {feed(review(R"(,"im:rating":5)"), kFeedTime), "bad_value"},
      {feed(review(R"(,"im:rating":{"label":"5"},"updated":{"label":"soon"})")), "invalid_time"},
      {feed(R"({"id":{"label":"1"},"im:rating":{"label":"5"},"content":)" + long_label + "}",
            kFeedTime),
       "text_too_long"},
      {feed(R"({"id":{"label":"1"},"im:rating":{"label":"5"}})", kFeedTime), "post"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.line).outcome(), c.expected) << c.line.substr(0, 99);
}

TEST(AppStore, IsRecognised) {
  EXPECT_EQ(detect(feed("[]")), Format::appstore);
  EXPECT_EQ(detect(R"({"feed":{"entry":)" + review(kRated) + "}}"), Format::appstore);
  EXPECT_EQ(detect(R"({"feed":{"entry":[{},)" + review(kRated) + "]}}"), Format::appstore);
  EXPECT_EQ(detect(R"({"feed":{"entry":[{"im:name":{"label":"x"}}]}})"), Format::autodetect);
  EXPECT_EQ(detect(R"({"feed":{}})"), Format::autodetect);
}

}  // namespace
}  // namespace passaparola::ingest
