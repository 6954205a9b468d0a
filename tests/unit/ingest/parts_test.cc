// The small parts that decoders share: HTML, times, formats.
#include <gtest/gtest.h>

#include "decoded.h"
#include "ingest/feed_time.h"
#include "ingest/html_text.h"

namespace passaparola::ingest {
namespace {

std::string text_of(std::string_view html) {
  Arena arena;
  return std::string(html_to_text(html, arena).text);
}

TEST(HtmlText, ShowsWhatABrowserShows) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"  a\n  b ", "a b"},
      {"<p>a</p><p>b</p>", "a\nb"},
      {"a<br>b<br/>c<br />d", "a\nb\nc\nd"},
      {"1 < 2 & 3 <3", "1 < 2 & 3 <3"},
      {"&lt;b&gt; &amp;amp; &#233;&#xE9; &euro;&#128; &apos;",
       "<b> &amp; \u00E9\u00E9 \u20AC\u20AC '"},
      {"&nosuch; &#; &#xZ; &amp", "&nosuch; &#; &#xZ; &amp"},
      {"&#0;&#xD800;&#99999999;", "\uFFFD\uFFFD\uFFFD"},
      {"a<script>x<b></script>b<STYLE>p</Style>c", "abc"},
      {"a<!-- <p>x</p> -->b", "ab"},
      {"a<!-- never ends", "a"},
      {"a<b title=\"1>2\">c</b>", "ac"},
      {"a<b title=\"never ends", "a"},
      {"a<script>never ends", "a"},
      {"<a href=x>l</a></p></p>", "l"},
      {"<?xml?><!doctype x>a</ b>c", "ac"}};
  for (const auto& [html, text] : cases) EXPECT_EQ(text_of(html), text) << html;
}

TEST(HtmlText, IsLinearInHostileInput) {
  for (const char* piece : {"<", "<a ", "<a href=\"", "</", "<!--", "<script>", "</script", "&",
                            "&#", "<a b='c' ", "\" ", "<a \" "}) {
    std::string html;
    while (html.size() < kMaxRecordBytes) html += piece;
    EXPECT_LE(text_of(html).size(), html.size());
  }
}

TEST(HtmlText, LinksAreBoundedAndCountedOnce) {
  std::string html;
  for (std::size_t i = 0; i < 2 * kMaxLinks; ++i) {
    html += "<a href='https://e.example/" + std::to_string(i / 2) + "'>x</a>";
  }
  html += "<a href='javascript:x'>y</a>";
  Arena arena;
  const HtmlText converted = html_to_text(html, arena);
  ASSERT_EQ(converted.links.size(), kMaxLinks);
  EXPECT_EQ(converted.links[1], "https://e.example/1");
}

TEST(HtmlText, LinksMayBeWrittenAsReferences) {
  Arena arena;
  const std::string_view html =
      "<a href='https:&#x2F;&#x2F;e.example&#x2F;?a&amp;b'>x</a><a "
      "href='http&#58;//f.example'>y</a>"
      "<a href='javascript:&#x2F;&#x2F;'>z</a><a href='httpx:&#x2F;&#x2F;g'>z</a>";
  const HtmlText converted = html_to_text(html, arena);
  ASSERT_EQ(converted.links.size(), 2U);
  EXPECT_EQ(converted.links[0], "https://e.example/?a&b");
  EXPECT_EQ(converted.links[1], "http://f.example");
}

std::string feed_time(std::string_view text) {
  const auto time = parse_feed_time(text);
  return time ? format_rfc3339(*time) : "";
}

TEST(FeedTime, ReadsWhatFeedsWrite) {
  EXPECT_EQ(feed_time("Fri, 24 Jul 2015 08:13:54 GMT"), "2015-07-24T08:13:54.000Z");
  EXPECT_EQ(feed_time(" 4 Jul 15 8:13 PDT "), "2015-07-04T15:13:00.000Z");
  EXPECT_EQ(feed_time("Thu, 01 Jan 70 00:00:00 EST"), "1970-01-01T05:00:00.000Z");
  EXPECT_EQ(feed_time("Fri, 24 July 2015 08:13:54 +0200"), "2015-07-24T06:13:54.000Z");
  EXPECT_EQ(feed_time("24 Jul 2015 08:13:54"), "2015-07-24T08:13:54.000Z");
  EXPECT_EQ(feed_time("Gio, 24 Lug 2015 08:13:54 GMT"), "2015-07-24T08:13:54.000Z");
  EXPECT_EQ(feed_time("2015-07-24T08:13:54+02:00"), "2015-07-24T06:13:54.000Z");
  EXPECT_EQ(feed_time("2015-07-24"), "2015-07-24T00:00:00.000Z");
  for (const char* bad : {"", "Mon, 32 Foo 2026 00:00:00 +0000", "31 Feb 2026 00:00:00 GMT", "x",
                          "24 Jul 2015", "24 Jul 2015 25:00:00 GMT", "24 Jul 2015 08:13:54 XYZ",
                          "24 Jul 215 08:13:54 GMT", "aaaa-bb-cc"}) {
    EXPECT_EQ(feed_time(bad), "") << bad;
  }
}

TEST(FeedTime, AZoneMayBeMissing) {
  const auto time = parse_rfc3339("2015-07-24T08:13:54Z");
  EXPECT_EQ(parse_time_or_utc("2015-07-24T08:13:54"), time);
  EXPECT_EQ(parse_time_or_utc("2015-07-24T08:13:54.000000"), time);
  EXPECT_EQ(parse_time_or_utc("2015-07-24T09:13:54+01:00"), time);
  for (const char* bad : {"", "Z", "2015-07-24", "2015-07-24T08:13", "2015-07-24T08:13:54ZZ"}) {
    EXPECT_EQ(parse_time_or_utc(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(parse_time_or_utc("2015-07-24T08:13:54." + std::string(99, '0')), std::nullopt);
}

TEST(FeedTime, ReadsWhatXWrites) {
  const auto time = parse_rfc3339("2015-07-24T08:13:54Z");
  EXPECT_EQ(parse_x_time("Fri Jul 24 08:13:54 +0000 2015"), time);
  EXPECT_EQ(parse_x_time("2015-07-24 08:13:54 +0000"), time);
  EXPECT_EQ(parse_x_time("2015-07-24T08:13:54.000Z"), time);
  EXPECT_EQ(parse_x_time("Fri Xxx 24 08:13:54 +0000 2015"), std::nullopt);
  EXPECT_EQ(parse_x_time("Fri Jul 24 08:13:54 +0000 20x5"), std::nullopt);
}

TEST(Formats, HaveNames) {
  for (const Format format :
       {Format::autodetect, Format::native, Format::jetstream, Format::mastodon, Format::x,
        Format::reddit, Format::rss, Format::hackernews, Format::youtube, Format::appstore,
        Format::googleplay, Format::googleplaces, Format::trustpilot, Format::lemmy,
        Format::jsonfeed, Format::csv}) {
    EXPECT_EQ(parse_format(name_of(format)), format);
    EXPECT_NE(format_names().find(name_of(format)), std::string_view::npos);
  }
  EXPECT_EQ(parse_format("nope"), std::nullopt);
  EXPECT_EQ(name_of(RejectReason::stream_error), "stream_error");
  EXPECT_EQ(name_of(RejectReason::invalid_json), "invalid_json");
}

TEST(Formats, AreRecognisedByTheirData) {
  const std::pair<std::string, Format> cases[] = {
      {"", Format::autodetect},
      {"hello\nworld", Format::autodetect},
      {"{}", Format::autodetect},
      {"{broken\n{\"source\":\"s\",\"author\":{}}\n", Format::native},
      {R"({"source":"s","op":"delete","id":"1"})", Format::native},
      {R"({"did":"d","time_us":1,"kind":"commit"})", Format::jetstream},
      {R"({"$type":"message","payload":{}})", Format::jetstream},
      {R"({"id":"1","content":"c","account":{}})", Format::mastodon},
      {R"({"stream":["public"],"event":"update","payload":"{}"})", Format::mastodon},
      {":thump\n", Format::mastodon},
      {"event: update\n", Format::mastodon},
      {"{\n \"statuses\": [\n {\"id\": 1,\n", Format::x},
      {R"({"data":{"id":"1","text":"t","author_id":"2"}})", Format::x},
      {R"([{"id_str":"1","text":"t"}])", Format::x},
      {R"({"errors":[{"title":"t"}]})", Format::x},
      {R"({"kind":"Listing","data":{"children":[]}})", Format::reddit},
      {R"({"id":"1","subreddit":"s","title":"t"})", Format::reddit},
      {" <rss>", Format::rss},
      {"\xEF\xBB\xBF<feed>", Format::rss}};
  for (const auto& [head, format] : cases) EXPECT_EQ(detect(head), format) << head;
}

TEST(Formats, MixedLinesAreReadLineByLine) {
  const std::string text = R"({"source":"s","id":"i","author":{"id":"a"},"text":"t",)"
                           R"("created_at":"2026-01-01T00:00:00Z"})"
                           "\n"
                           R"({"id":"a","subreddit":"s","title":"t","created_utc":1})"
                           "\n{\"what\":1}\n";
  const Decoded decoded(Format::autodetect, text);
  ASSERT_EQ(decoded.batch.posts.size(), 2U);
  EXPECT_EQ(decoded.post(1).source, "reddit");
  ASSERT_EQ(decoded.batch.rejects.size(), 1U);
  EXPECT_EQ(decoded.batch.rejects[0].reason, RejectReason::unknown_format);
  EXPECT_EQ(decoded.batch.rejects[0].line, 3U);
}

TEST(Formats, DocumentsAreToldFromLines) {
  EXPECT_TRUE(is_document(Format::x, "{\n\"statuses\": []}"));
  EXPECT_TRUE(is_document(Format::mastodon, "[\n{\"id\":\"1\"},\n{}]"));
  EXPECT_FALSE(is_document(Format::x, "{\"id\":\"1\"}\n{\"id\":\"2\"}\n"));
  EXPECT_FALSE(is_document(Format::x, "{\"id\":\"cut\n{\"id\":\"2\"}\n"));
  EXPECT_FALSE(is_document(Format::x, "{\"id\":\"1\",\n{\"id\":\"2\"}\n"));
  EXPECT_FALSE(is_document(Format::native, "{\n\"id\": 1}"));
  EXPECT_TRUE(is_document(Format::reddit, "[\"" + std::string(kChunkBytes, 'a')));
}

}  // namespace
}  // namespace passaparola::ingest
