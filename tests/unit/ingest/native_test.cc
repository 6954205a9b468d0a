#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kWhole =
    R"({"op":"create","source":"bluesky","id":"p1","kind":"quote","author":{"id":"a1",)"
    R"("handle":"h",)"
    R"("name":"N","bio":"b","followers":312,"following":90,"posts":1204,)"
    R"("created_at":"2023-01-01T00:00:00Z"},"text":"Adoro \"la\" #MokaNera \u00e8","title":"t",)"
    R"("lang":"it","created_at":"2026-11-21T10:00:00Z","url":"https://e.example/1",)"
    R"("reply_to":{"id":"r","author_id":"ra"},"thread":"th","repost_of":null,)"
    R"("quote":{"id":"q","text":"qt"},"rating":{"value":4.5,"max":5},"nps":9,)"
    R"("links":["https://a.example","https://b.example"],"sponsored":true,)"
    R"("engagement":{"likes":3,"reposts":1,"replies":0,"views":120},"unknown":[1,{"x":2}]})";

constexpr std::string_view kSmall =
    R"("source":"s","id":"i","author":{"id":"a"},"text":"t","created_at":"2026-01-01T00:00:00Z")";

std::string with(std::string_view extra) {
  return "{" + std::string(kSmall) + "," + std::string(extra) + "}";
}

std::string outcome(std::string_view line) { return Decoded(Format::native, line).outcome(); }

TEST(Native, ReadsEveryField) {
  const Decoded decoded(Format::native, kWhole);
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.op, PostOp::create);
  EXPECT_EQ(post.kind, PostKind::quote);
  EXPECT_EQ(post.source, "bluesky");
  EXPECT_EQ(post.id, "p1");
  EXPECT_EQ(post.author.id, "a1");
  EXPECT_EQ(post.author.followers, 312);
  EXPECT_EQ(post.author.created_at->milliseconds, 1'672'531'200'000);
  EXPECT_EQ(post.text, "Adoro \"la\" #MokaNera \xC3\xA8");
  EXPECT_EQ(post.title, "t");
  EXPECT_EQ(post.reply_to_author_id, "ra");
  EXPECT_EQ(post.repost_of, "");
  EXPECT_EQ(post.quote_text, "qt");
  EXPECT_EQ(post.rating->value, 4.5);
  EXPECT_EQ(post.rating->max, 5);
  EXPECT_EQ(post.nps, 9);
  ASSERT_EQ(post.links.size(), 2U);
  EXPECT_EQ(post.links[1], "https://b.example");
  EXPECT_TRUE(post.sponsored);
  EXPECT_EQ(post.engagement.views, 120);
}

TEST(Native, WhatWeWriteReadsBackTheSame) {
  const auto once = Decoded(Format::native, kWhole).lines();
  EXPECT_EQ(Decoded(Format::native, once.at(0)).lines(), once);
}

TEST(Native, ALineAloneIsRejected) {
  const std::string good = with(R"("lang":"it")");
  const Decoded decoded(Format::native, good + "\n{\"source\":\n\n" + good + "\n[1]\n" + good);
  EXPECT_EQ(decoded.batch.posts.size(), 3U);
  ASSERT_EQ(decoded.batch.rejects.size(), 2U);
  EXPECT_EQ(decoded.batch.rejects[0].line, 2U);
  EXPECT_EQ(decoded.batch.rejects[0].reason, RejectReason::invalid_json);
  EXPECT_EQ(decoded.batch.rejects[1].line, 5U);
  EXPECT_EQ(decoded.batch.rejects[1].reason, RejectReason::not_an_object);
  EXPECT_EQ(decoded.batch.ignored, 1U);
  EXPECT_EQ(decoded.batch.records, 6U);
}

struct Case {
  std::string extra;
  std::string expected;
};

TEST(Native, JudgesValues) {
  const Case cases[] = {{R"("id":"")", "missing_field"},
                        {R"("source":null)", "post"},
                        {R"("id":7)", "wrong_type"},
                        {R"("text":7)", "wrong_type"},
                        {R"("author":[])", "wrong_type"},
                        {R"("author":{"id":1})", "wrong_type"},
                        {R"("created_at":1700000000)", "wrong_type"},
                        {R"("created_at":"yesterday")", "invalid_time"},
                        {R"("op":"destroy")", "bad_value"},
                        {R"("kind":"tweet")", "bad_value"},
                        {R"("kind":1)", "wrong_type"},
                        {R"("nps":11)", "bad_value"},
                        {R"("nps":-1)", "bad_value"},
                        {R"("nps":7.5)", "bad_value"},
                        {R"("nps":"7")", "wrong_type"},
                        {R"("nps":10)", "post"},
                        {R"("rating":{"value":6,"max":5})", "bad_value"},
                        {R"("rating":{"value":6})", "missing_field"},
                        {R"("rating":5)", "wrong_type"},
                        {R"("rating":null)", "post"},
                        {R"("links":"https://a")", "wrong_type"},
                        {R"("links":[1])", "wrong_type"},
                        {R"("sponsored":"yes")", "wrong_type"},
                        {R"("engagement":{"likes":"3"})", "wrong_type"},
                        {R"("engagement":{"likes":1.5})", "bad_value"},
                        {R"("quote":"q")", "wrong_type"},
                        {R"("source":"a\u0000b")", "bad_value"}};
  for (const Case& c : cases) {
    // A field that is there twice counts as the last says; null says nothing.
    EXPECT_EQ(outcome(with(c.extra)), c.expected) << c.extra;
  }
}

TEST(Native, NeedsItsRequiredFields) {
  for (const std::string_view field : {R"("source":"s")", R"("id":"i")", R"("author":{"id":"a"})",
                                       R"("text":"t")", R"("created_at":"2026-01-01T00:00:00Z")"}) {
    for (const std::string_view instead : {R"("x":1)", ""}) {
      std::string line = "{\"lang\":\"it\"," + std::string(kSmall) + "}";
      std::string replacement(instead);
      if (replacement.empty()) {
        replacement = std::string(field.substr(0, field.find(':') + 1)) + "null";
      }
      line.replace(line.find(field), field.size(), replacement);
      EXPECT_EQ(outcome(line), "missing_field") << line;
    }
  }
}

TEST(Native, OperationsNeedOnlyWhatTheyName) {
  EXPECT_EQ(outcome(R"({"op":"delete","source":"s","id":"i"})"), "post");
  EXPECT_EQ(outcome(R"({"op":"delete","source":"s"})"), "missing_field");
  for (const char* op : {"delete_author", "hide_author", "show_author"}) {
    const std::string start = std::string(R"({"op":")") + op + R"(","source":"s")";
    EXPECT_EQ(outcome(start + R"(,"author":{"id":"a"}})"), "post");
    EXPECT_EQ(outcome(start + R"(,"id":"i"})"), "missing_field");
  }
  EXPECT_EQ(outcome(R"({"op":"update","source":"s","id":"i"})"), "missing_field");
}

TEST(Native, HoldsLimitsExactly) {
  const auto sized = [](std::string_view field, std::size_t size) {
    return with("\"" + std::string(field) + "\":\"" + std::string(size, 'a') + "\"");
  };
  EXPECT_EQ(outcome(sized("text", kMaxTextBytes)), "post");
  EXPECT_EQ(outcome(sized("text", kMaxTextBytes + 1)), "text_too_long");
  EXPECT_EQ(outcome(sized("id", kMaxIdBytes)), "post");
  EXPECT_EQ(outcome(sized("id", kMaxIdBytes + 1)), "field_too_long");
  EXPECT_EQ(outcome(sized("url", kMaxUrlBytes + 1)), "field_too_long");
  EXPECT_EQ(outcome(sized("source", kMaxSourceBytes + 1)), "field_too_long");
  EXPECT_EQ(outcome(sized("unknown", kMaxRecordBytes)), "record_too_long");
  std::string links = "\"links\":[\"l\"";
  for (std::size_t i = 0; i < kMaxLinks; ++i) links += ",\"l\"";
  const Decoded decoded(Format::native, with(links + "]"));
  EXPECT_EQ(decoded.post().links.size(), kMaxLinks);
}

TEST(Native, DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    return with("\"x\":" + std::string(depth, '[') + std::string(depth, ']'));
  };
  EXPECT_EQ(outcome(nested(kMaxJsonDepth - 1)), "post");
  EXPECT_EQ(outcome(nested(kMaxJsonDepth)), "too_deep");
  EXPECT_EQ(outcome(with("\"x\":" + std::string(100'000, '['))), "too_deep");
}

TEST(Native, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(outcome(with("\"lang\":\"\xC3\"")), "invalid_utf8");
  EXPECT_EQ(outcome(with(R"("lang":"\ud800")")), "invalid_json");
  EXPECT_EQ(outcome(with(R"("lang":"\udc00")")), "invalid_json");
}

TEST(Native, BytesBehindARecordNeverCompleteIt) {
  std::string line = with("\"lang\":\"i");
  line.pop_back();
  const std::string more = line + "t\"}";
  EXPECT_EQ(outcome(line), "invalid_json");
  PostBatch batch;
  const std::string padded = more + std::string(kInputPaddingBytes, '\0');
  Decoder().decode(Format::native, std::string_view(padded).substr(0, line.size()), batch);
  EXPECT_TRUE(batch.posts.empty());
  EXPECT_EQ(batch.rejects.size(), 1U);
}

TEST(Native, ATitleStandsInForAnEmptyText) {
  const Decoded decoded(Format::native, with(R"("text":"","title":"Bello")"));
  EXPECT_EQ(decoded.post().text, "Bello");
  EXPECT_EQ(decoded.post().title, "");
  EXPECT_EQ(outcome(with(R"("text":"")")), "missing_field");
  EXPECT_EQ(outcome(with(R"("text":"","rating":{"value":1,"max":5})")), "post");
}

TEST(Native, CutsGiveTheSamePosts) {
  std::string text;
  for (const char* lang : {"it", "en", "de"}) {
    text += with("\"lang\":\"" + std::string(lang) + "\"") + "\r\n";
  }
  EXPECT_TRUE(same_however_cut(Format::native, text));
  EXPECT_TRUE(same_however_cut(Format::native, text + with("\"lang\":\"fr\"")));
}

}  // namespace
}  // namespace passaparola::ingest
