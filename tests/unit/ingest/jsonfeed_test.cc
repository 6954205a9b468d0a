#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::jsonfeed, text); }

std::string feed(std::string_view items, std::string_view version = "1.1") {
  return R"({"version":"https://jsonfeed.org/version/)" + std::string(version) +
         R"(","title":"F","language":"it","authors":[{"name":"Feed"}],"items":[)" +
         std::string(items) + "]}";
}

constexpr std::string_view kItem =
    R"({"id":"g1","url":"https://e.example/1","title":"A & T",)"
    R"("content_html":"<p>Uno <a href=\"https://l.example\">due</a></p>",)"
    R"("content_text":"no","summary":"no","authors":[{"name":"Ada"},{"name":"Bea"}],)"
    R"("date_published":"2015-07-24T08:13:54-05:00"})";

TEST(JsonFeed, AnItemIsThatOfTheSameFeedAsXml) {
  const Decoded decoded = decode(feed(kItem));
  ASSERT_EQ(decoded.outcome(), "post");
  const Decoded xml(
      Format::rss,
      "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>"
      "<language>it</language><item><guid>g1</guid><link>https://e.example/1</link>"
      "<title>A &amp;amp; T</title><description>&lt;p&gt;Uno &lt;a "
      "href=\"https://l.example\"&gt;due&lt;/a&gt;&lt;/p&gt;</description>"
      "<dc:creator>Ada</dc:creator><pubDate>Fri, 24 Jul 2015 08:13:54 EST</pubDate></item>"
      "</channel></rss>");
  EXPECT_EQ(decoded.lines(), xml.lines());
  const PostView& post = decoded.post();
  EXPECT_EQ(post.source, "rss");
  EXPECT_EQ(post.id, "g1");
  EXPECT_EQ(post.text, "Uno due");
  EXPECT_EQ(post.title, "A & T");
  EXPECT_EQ(post.author.id, "Ada");
  EXPECT_EQ(post.lang, "it");
  EXPECT_EQ(format_rfc3339(post.created_at), "2015-07-24T13:13:54.000Z");
  ASSERT_EQ(post.links.size(), 1U);
}

TEST(JsonFeed, WhatAnItemLacksItsFeedGives) {
  const Decoded decoded =
      decode(feed(R"({"id":7,"content_text":"a <b> &amp; c","date_modified":"2026-01-01"})"));
  ASSERT_EQ(decoded.outcome(), "post");
  EXPECT_EQ(decoded.post().id, "7");
  EXPECT_EQ(decoded.post().text, "a <b> &amp; c");
  EXPECT_EQ(decoded.post().author.id, "Feed");
  EXPECT_EQ(decoded.post().lang, "it");
  EXPECT_EQ(format_rfc3339(decoded.post().created_at), "2026-01-01T00:00:00.000Z");
  const Decoded own = decode(
      feed(R"({"url":"https://e.example/2","summary":"s","language":"en","author":{"name":"Bea"},)"
           R"("date_published":"2026-01-01T00:00:00Z"})",
           "1"));
  ASSERT_EQ(own.outcome(), "post");
  EXPECT_EQ(own.post().id, "https://e.example/2");
  EXPECT_EQ(own.post().text, "s");
  EXPECT_EQ(own.post().lang, "en");
  EXPECT_EQ(own.post().author.id, "Bea");
}

TEST(JsonFeed, Outcomes) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const std::string date = R"("date_published":"2026-01-01T00:00:00Z")";
  const std::string long_text(kMaxTextBytes + 1, 'a');
  const Case cases[] = {
      {"7", "not_an_object"},
      {"{}", "missing_field"},
      {feed(""), ""},
      {feed("7"), "not_an_object"},
      {feed(R"({"content_text":"t",)" + date + "}"), "missing_field"},
      {feed(R"({"id":"1",)" + date + "}"), "missing_field"},
      {feed(R"({"id":"1","content_text":"t"})"), "invalid_time"},
      {feed(R"({"id":"1","content_text":7,)" + date + "}"), "wrong_type"},
      {feed(R"({"id":"1","content_text":"t","date_published":7})"), "wrong_type"},
      {feed(R"({"id":[],"content_text":"t",)" + date + "}"), "missing_field"},
      {feed(R"({"id":"1","content_text":")" + long_text + "\"," + date + "}"), "text_too_long"},
      {feed(R"({"id":")" + std::string(kMaxIdBytes + 1, 'a') + R"(","content_text":"t",)" + date +
            "}"),
       "field_too_long"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.line).outcome(), c.expected) << c.line.substr(0, 99);
}

TEST(JsonFeed, RejectsNameTheLineOfTheirFeed) {
  const Decoded decoded = decode(feed(kItem) + "\n" + feed("7,{}") + "\n");
  EXPECT_EQ(decoded.batch.posts.size(), 1U);
  ASSERT_EQ(decoded.batch.rejects.size(), 2U);
  EXPECT_EQ(decoded.batch.rejects[0].line, 2U);
  EXPECT_EQ(decoded.batch.rejects[1].line, 2U);
}

TEST(JsonFeed, IsRecognised) {
  EXPECT_EQ(detect(feed(kItem)), Format::jsonfeed);
  EXPECT_EQ(detect(feed("", "1")), Format::jsonfeed);
  EXPECT_EQ(detect(R"({"version":"1.1","items":[]})"), Format::autodetect);
}

}  // namespace
}  // namespace passaparola::ingest
