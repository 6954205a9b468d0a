#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

std::string status(std::string_view extra = {}) {
  std::string line =
      R"({"id":"5","created_at":"2026-01-02T03:04:05.000Z","visibility":"public","language":"it",)"
      R"("content":"<p>Ciao <a href=\"https://m.example\" class=\"u-url mention\">@<span>b</span>)"
      R"(</a></p>)"
      R"(<p><a href=\"https://e.example/a?b=1&amp;c=2\"><span class=\"invisible\">https://</span>)"
      R"(<span>e.example/a</span></a></p>","account":{"id":"9","acct":"anna","note":"<p>bio</p>"})";
  if (!extra.empty()) line += "," + std::string(extra);
  return line + "}";
}

Decoded decode(std::string_view text) { return Decoded(Format::mastodon, text); }

TEST(Mastodon, AStatus) {
  const Decoded decoded = decode(status(R"("spoiler_text":"cw","favourites_count":2)"));
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.id, "5");
  EXPECT_EQ(post.author.id, "9");
  EXPECT_EQ(post.author.bio, "bio");
  EXPECT_EQ(post.text, "Ciao @b\nhttps://e.example/a");
  EXPECT_EQ(post.title, "cw");
  ASSERT_EQ(post.links.size(), 1U);
  EXPECT_EQ(post.links[0], "https://e.example/a?b=1&c=2");
  EXPECT_EQ(post.engagement.likes, 2);
}

TEST(Mastodon, BoostsQuotesRepliesAndEdits) {
  const Decoded boost = decode(R"({"id":"6","created_at":"2026-02-02T00:00:00Z","content":"",)"
                               R"("account":{"id":"1"},"reblog":)" +
                               status() + "}");
  EXPECT_EQ(boost.post().kind, PostKind::repost);
  EXPECT_EQ(boost.post().repost_of, "5");
  EXPECT_EQ(boost.post().author.id, "1");
  EXPECT_TRUE(boost.post().text.starts_with("Ciao"));
  const Decoded reply = decode(status(R"("in_reply_to_id":"3","in_reply_to_account_id":"4")"));
  EXPECT_EQ(reply.post().kind, PostKind::reply);
  EXPECT_EQ(reply.post().reply_to_author_id, "4");
  const Decoded quote = decode(
      status(R"("quote":{"state":"accepted","quoted_status":{"id":"2","content":"<p>q</p>"}})"));
  EXPECT_EQ(quote.post().kind, PostKind::quote);
  EXPECT_EQ(quote.post().quote_text, "q");
  EXPECT_EQ(decode(status(R"("edited_at":"2026-01-03T00:00:00Z")")).post().op, PostOp::update);
}

TEST(Mastodon, OnlyPublicSpeechIsRead) {
  for (const char* visibility : {"private", "direct"}) {
    std::string line = status();
    line.replace(line.find("public"), 6, visibility);
    EXPECT_EQ(decode(line).outcome(), "ignored");
  }
}

TEST(Mastodon, AStreamOfEvents) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const std::string stream = ":)" + end + "event: update" + end + "data: " + status() + end +
                               end + ":thump" + end + "event: status.update" + end +
                               "data: " + status() + end + end + "event: delete" + end + "data: 5" +
                               end + end + "event: notification" + end + "data: {}" + end + end +
                               ":thump" + end;
    const Decoded decoded = decode(stream);
    ASSERT_EQ(decoded.batch.posts.size(), 3U);
    EXPECT_EQ(decoded.post(0).op, PostOp::create);
    EXPECT_EQ(decoded.post(1).op, PostOp::update);
    EXPECT_EQ(decoded.post(2).op, PostOp::remove);
    EXPECT_EQ(decoded.post(2).id, "5");
    EXPECT_EQ(decoded.batch.ignored, 4U);
    EXPECT_TRUE(decoded.batch.rejects.empty());
    EXPECT_TRUE(same_however_cut(Format::mastodon, stream));
  }
}

TEST(Mastodon, FramesOfTheWebsocket) {
  std::string payload;
  JsonWriter(payload).string(status());
  EXPECT_EQ(decode(R"({"stream":["public"],"event":"update","payload":)" + payload + "}").lines(),
            decode(status()).lines());
  EXPECT_EQ(decode(R"({"stream":["user"],"event":"delete","payload":"5"})").post().op,
            PostOp::remove);
  EXPECT_EQ(decode(R"({"stream":["user"],"event":"filters_changed"})").outcome(), "ignored");
  EXPECT_EQ(decode(R"({"error":"Unknown stream type","status":400})").outcome(), "stream_error");
}

TEST(Mastodon, Outcomes) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const std::string base = R"("created_at":"2026-01-02T00:00:00Z","account":{"id":"9"})";
  const Case cases[] = {
      {"{\"id\":\"1\",\"content\":\"\"," + base + "}", "post"},
      {"{\"id\":1,\"content\":\"\"," + base + "}", "wrong_type"},
      {"{\"content\":\"\"," + base + "}", "missing_field"},
      {"{\"id\":\"1\"," + base + "}", "missing_field"},
      {"{\"id\":\"1\",\"content\":4," + base + "}", "wrong_type"},
      {R"({"id":"1","content":"","created_at":"x","account":{"id":"9"}})", "invalid_time"},
      {R"({"id":"1","content":"","created_at":"2026-01-02T00:00:00Z","account":7})", "wrong_type"},
      {"{\"id\":\"1\",\"content\":\"" + std::string(kMaxTextBytes + 1, 'a') + "\"," + base + "}",
       "text_too_long"},
      {"[3]", "not_an_object"},
      {"event: update\ndata: {\n\n", "invalid_json"},
      {"event: update\ndata: {}", "stream_error"},
      {"event: delete\ndata: \n\n", "missing_field"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.line).outcome(), c.expected) << c.line.substr(0, 99);
}

}  // namespace
}  // namespace passaparola::ingest
