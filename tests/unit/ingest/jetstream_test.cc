#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

std::string event(std::string_view operation, std::string_view record) {
  std::string line = R"({"did":"did:plc:a","time_us":1779719009157119,"kind":"commit","commit":)"
                     R"({"rev":"r","operation":")";
  line += operation;
  line += R"(","collection":"app.bsky.feed.post","rkey":"3k")";
  if (!record.empty()) line += ",\"record\":" + std::string(record);
  return line + "}}";
}

std::string account(std::string_view body) {
  return R"({"did":"did:plc:a","time_us":1779719009157119,"kind":"account","account":)" +
         std::string(body) + "}";
}

TEST(Jetstream, APostWithEverything) {
  const Decoded decoded(
      Format::jetstream,
      event("create", R"({"$type":"app.bsky.feed.post","createdAt":"2026-05-25T14:23:28.757Z",)"
                      R"("langs":["it","en"],)"
                      R"("reply":{"parent":{"uri":"at://did:plc:b/app.bsky.feed.post/1"},)"
                      R"("root":{"uri":"at://did:plc:c/app.bsky.feed.post/0"}},)"
                      R"("facets":[{"features":[{"$type":"app.bsky.richtext.facet#link",)"
                      R"("uri":"https://l.example"},)"
                      R"({"$type":"app.bsky.richtext.facet#tag","tag":"x"}]}],)"
                      R"("embed":{"$type":"app.bsky.embed.recordWithMedia","record":{"record":)"
                      R"({"uri":"at://did:plc:d/app.bsky.feed.post/9"}},)"
                      R"("media":{"external":{"uri":"https://e.example"}}},)"
                      R"("text":"ciao"})"));
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.id, "at://did:plc:a/app.bsky.feed.post/3k");
  EXPECT_EQ(post.url, "https://bsky.app/profile/did:plc:a/post/3k");
  EXPECT_EQ(post.source, "bluesky");
  EXPECT_EQ(post.author.id, "did:plc:a");
  EXPECT_EQ(post.kind, PostKind::reply);
  EXPECT_EQ(post.reply_to_id, "at://did:plc:b/app.bsky.feed.post/1");
  EXPECT_EQ(post.reply_to_author_id, "did:plc:b");
  EXPECT_EQ(post.thread, "at://did:plc:c/app.bsky.feed.post/0");
  EXPECT_EQ(post.quote_id, "at://did:plc:d/app.bsky.feed.post/9");
  EXPECT_EQ(post.lang, "it");
  ASSERT_EQ(post.links.size(), 2U);
  EXPECT_EQ(post.links[0], "https://l.example");
  EXPECT_EQ(post.links[1], "https://e.example");
  EXPECT_EQ(format_rfc3339(post.created_at), "2026-05-25T14:23:28.757Z");
}

TEST(Jetstream, AClaimedTimeIsBelievedUpToFiveMinutesAhead) {
  const auto time_of = [](std::string_view created_at) {
    const Decoded decoded(Format::jetstream, event("create", R"({"text":"t","createdAt":)" +
                                                                 std::string(created_at) + "}"));
    return format_rfc3339(decoded.post().created_at);
  };
  EXPECT_EQ(time_of(R"("2026-05-25T14:28:29.157Z")"), "2026-05-25T14:28:29.157Z");
  EXPECT_EQ(time_of(R"("2026-05-25T14:28:29.158Z")"), "2026-05-25T14:23:29.157Z");
  EXPECT_EQ(time_of(R"("2020-01-01T00:00:00Z")"), "2020-01-01T00:00:00.000Z");
  EXPECT_EQ(time_of(R"("nonsense")"), "2026-05-25T14:23:29.157Z");
  EXPECT_EQ(time_of("7"), "2026-05-25T14:23:29.157Z");
}

TEST(Jetstream, OutcomesOfEvents) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const Case cases[] = {
      {event("create", R"({"text":""})"), "post"},
      {event("delete", ""), "post"},
      {event("create", ""), "missing_field"},
      {event("create", "{}"), "missing_field"},
      {event("create", R"({"text":5})"), "wrong_type"},
      {event("explode", R"({"text":"t"})"), "bad_value"},
      {event("create", R"({"text":")" + std::string(kMaxTextBytes + 1, 'a') + "\"}"),
       "text_too_long"},
      {R"({"did":"d","time_us":1,"kind":"identity","identity":{}})", "ignored"},
      {R"({"did":"d","time_us":1,"kind":"commit"})", "missing_field"},
      {R"({"time_us":1,"kind":"commit","commit":{"operation":"create",)"
       R"("collection":"app.bsky.feed.post","rkey":"k","record":{"text":"t"}}})",
       "missing_field"},
      {R"({"$type":"error","payload":{"error":"ConsumerTooSlow"}})", "stream_error"},
      {R"({"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#info"}})",
       "ignored"},
      {account(R"({"active":"yes"})"), "wrong_type"},
      {account("{}"), "missing_field"},
      {account(R"({"active":false,"status":"throttled"})"), "ignored"},
      {"[]", "not_an_object"},
      {"{}", "missing_field"}};
  for (const Case& c : cases) {
    EXPECT_EQ(Decoded(Format::jetstream, c.line).outcome(), c.expected) << c.line.substr(0, 200);
  }
}

TEST(Jetstream, StatesOfAccounts) {
  const auto op_of = [](std::string_view body) {
    return Decoded(Format::jetstream, account(body)).post().op;
  };
  EXPECT_EQ(op_of(R"({"active":true})"), PostOp::show_author);
  EXPECT_EQ(op_of(R"({"active":false,"status":"deleted"})"), PostOp::delete_author);
  for (const char* status : {"takendown", "suspended", "deactivated"}) {
    EXPECT_EQ(op_of(std::string(R"({"active":false,"status":")") + status + "\"}"),
              PostOp::hide_author);
  }
}

TEST(Jetstream, FramesOfTheSecondVersionSayTheSame) {
  const std::string first = event("update", R"({"text":"t","createdAt":"2026-05-25T14:00:00Z"})");
  const std::string second =
      R"({"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#commit",)"
      R"("seq":1,"did":"did:plc:a","time":"2026-05-25T14:23:29.157Z","rev":"r",)"
      R"("operation":"update",)"
      R"("collection":"app.bsky.feed.post","rkey":"3k",)"
      R"("record":{"text":"t","createdAt":"2026-05-25T14:00:00Z"}}})";
  const auto lines = Decoded(Format::jetstream, first).lines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(Decoded(Format::jetstream, second).lines(), lines);
}

TEST(Jetstream, StatesOfAccountsInTheSecondVersion) {
  const auto frame = [](std::string_view body) {
    return R"({"$type":"message","payload":{"$type":)"
           R"("network.bsky.jetstream.subscribeEvents#account","seq":13,"did":"did:plc:d",)"
           R"("time":"2026-09-11T12:00:03.000Z","account":)" +
           std::string(body) + "}}";
  };
  const Decoded gone(Format::jetstream,
                     frame(R"({"active":false,"did":"did:plc:d","seq":9,"status":"deleted"})"));
  EXPECT_EQ(gone.post().op, PostOp::delete_author);
  EXPECT_EQ(gone.post().author.id, "did:plc:d");
  EXPECT_EQ(Decoded(Format::jetstream, frame("{}")).outcome(), "missing_field");
}

TEST(Jetstream, OfAFieldThatIsThereTwiceTheFirstCounts) {
  const auto outcome = [](std::string_view record) {
    return Decoded(Format::jetstream, event("create", record)).outcome();
  };
  const Decoded decoded(Format::jetstream, event("create", R"({"text":"uno","text":"due"})"));
  EXPECT_EQ(decoded.post().text, "uno");
  EXPECT_EQ(outcome(R"({"text":null,"text":"due"})"), "missing_field");
  EXPECT_EQ(outcome(R"({"text":5,"text":"due"})"), "wrong_type");
}

TEST(Jetstream, CutsGiveTheSamePosts) {
  EXPECT_TRUE(same_however_cut(
      Format::jetstream, event("create", R"({"text":"uno"})") + "\n" + event("delete", "") + "\n"));
}

}  // namespace
}  // namespace passaparola::ingest
