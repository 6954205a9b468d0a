#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::rss, text); }

std::string rss(std::string_view items, std::string_view declaration = "") {
  return std::string(declaration) + "<rss version=\"2.0\"><channel><title>F</title>" +
         "<language>it</language>" + std::string(items) + "</channel></rss>";
}

constexpr std::string_view kItem =
    "<item><guid>g1</guid><link>https://e.example/1</link><title>AT&amp;amp;T</title>"
    "<description>&lt;p&gt;Uno &lt;a href=\"https://l.example\"&gt;due&lt;/a&gt;&lt;/p&gt;"
    "</description><author>a@e.example (Ada)</author>"
    "<pubDate>Fri, 24 Jul 2015 08:13:54 EST</pubDate></item>";

TEST(Rss, AnItem) {
  const Decoded decoded = decode(rss(kItem));
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.source, "rss");
  EXPECT_EQ(post.id, "g1");
  EXPECT_EQ(post.url, "https://e.example/1");
  EXPECT_EQ(post.title, "AT&T");
  EXPECT_EQ(post.text, "Uno due");
  EXPECT_EQ(post.author.id, "Ada");
  EXPECT_EQ(post.lang, "it");
  EXPECT_EQ(format_rfc3339(post.created_at), "2015-07-24T13:13:54.000Z");
  ASSERT_EQ(post.links.size(), 1U);
  EXPECT_EQ(post.links[0], "https://l.example");
}

TEST(Rss, AnAtomEntryWithMarkup) {
  const Decoded decoded = decode(
      "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\"><entry><id>u:1</id>"
      "<title>a &lt;b&gt; c</title><link rel=\"self\" href=\"https://no.example\"/>"
      "<link href=\"https://yes.example\"/><author><name>Ada</name></author>"
      "<updated>2026-01-02T03:04:05Z</updated><content type=\"xhtml\">"
      "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>one &lt;x&gt;</p><p>two</p></div></content>"
      "</entry></feed>");
  ASSERT_EQ(decoded.outcome(), "post");
  EXPECT_EQ(decoded.post().title, "a <b> c");
  EXPECT_EQ(decoded.post().text, "one <x>\ntwo");
  EXPECT_EQ(decoded.post().url, "https://yes.example");
  EXPECT_EQ(decoded.post().author.name, "Ada");
  EXPECT_EQ(decoded.post().lang, "en");
}

TEST(Rss, AnItemOfRdf) {
  const Decoded decoded = decode(
      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
      "xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"
      "<channel><dc:date>2026-01-01T00:00:00Z</dc:date></channel>"
      "<item rdf:about=\"https://e.example\"><title>T</title><dc:creator>Ada</dc:creator></item>"
      "</rdf:RDF>");
  ASSERT_EQ(decoded.outcome(), "post");
  EXPECT_EQ(decoded.post().id, "https://e.example");
  EXPECT_EQ(decoded.post().text, "T");
  EXPECT_EQ(decoded.post().author.id, "Ada");
  EXPECT_EQ(format_rfc3339(decoded.post().created_at), "2026-01-01T00:00:00.000Z");
}

TEST(Rss, Outcomes) {
  struct Case {
    std::string text;
    std::string expected;
  };
  const Case cases[] = {
      {" \n", ""},
      {rss(""), ""},
      {"<!DOCTYPE rss><rss/>", "doctype_refused"},
      {"<html/>", "unknown_format"},
      {"<rss><channel>", "invalid_xml"},
      {rss("<item><title>t</title></item>"), "missing_field"},
      {rss("<item><guid>g</guid><title>t</title></item>"), "invalid_time"},
      {rss("<item><guid>g</guid><pubDate>2026-01-01</pubDate></item>"), "missing_field"},
      {rss("<item><guid>g</guid><pubDate>2026-01-01</pubDate><description>" +
           std::string(kMaxTextBytes + 1, 'a') + "</description></item>"),
       "text_too_long"},
      {rss("<item><guid>" + std::string(kMaxIdBytes + 1, 'a') +
           "</guid><title>t</title><pubDate>2026-01-01</pubDate></item>"),
       "field_too_long"},
      {rss("", "<?xml version=\"1.0\" encoding=\"no-such\"?>"), "invalid_xml"},
      {rss("<x>\xE9</x>", "<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "invalid_utf8"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.text).outcome(), c.expected) << c.text.substr(0, 99);
}

TEST(Rss, ABrokenFeedKeepsItsWholeItems) {
  std::string feed = rss(std::string(kItem) + "<item><guid>g2</guid>");
  const Decoded decoded = decode(feed);
  EXPECT_EQ(decoded.batch.posts.size(), 1U);
  ASSERT_EQ(decoded.batch.rejects.size(), 1U);
  EXPECT_EQ(decoded.batch.rejects[0].reason, RejectReason::invalid_xml);
}

TEST(Rss, Encodings) {
  const auto text_of = [](std::string_view declaration, std::string_view word) {
    const std::string item = "<item><guid>g</guid><pubDate>2026-01-01</pubDate><title>" +
                             std::string(word) + "</title></item>";
    const Decoded decoded = decode(rss(item, declaration));
    return decoded.batch.posts.empty() ? decoded.outcome() : std::string(decoded.post().text);
  };
  EXPECT_EQ(text_of("", "perch\xE9"), "perch\xC3\xA9");
  EXPECT_EQ(text_of("", "perch\xC3\xA9"), "perch\xC3\xA9");
  EXPECT_EQ(text_of("<?xml version='1.0' encoding='windows-1252'?>", "\x80"), "\xE2\x82\xAC");
  EXPECT_EQ(text_of("<?xml version='1.0' encoding='ISO-8859-1'?>", "\xE8"), "\xC3\xA8");
  EXPECT_EQ(text_of("<?xml version='1.0' encoding='iso-8859-15'?>", "\xA4"), "\xE2\x82\xAC");
  EXPECT_EQ(text_of("\xEF\xBB\xBF", "\xC3\xA8"), "\xC3\xA8");
}

TEST(Rss, IsNeverCut) {
  EXPECT_EQ(whole_records(Format::rss, rss(kItem)), 0U);
  EXPECT_TRUE(is_document(Format::rss, rss(kItem)));
  EXPECT_EQ(detect(rss(kItem)), Format::rss);
}

}  // namespace
}  // namespace passaparola::ingest
