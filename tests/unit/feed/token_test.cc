// Tokens: kept as hashes, good until they end, each a caller with a name.
#include "feed/token.h"

#include <gmock/gmock.h>

#include <set>

#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using ::testing::HasSubstr;

TEST(Token, AHashIsTextAndBack) {
  const TokenHash hash = hash_token("abc");
  const std::string text = to_text(hash);
  EXPECT_EQ(text, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(parse_token_hash(text), hash);
  EXPECT_EQ(
      parse_token_hash("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"),
      hash);
  EXPECT_FALSE(parse_token_hash(text.substr(1)));
  EXPECT_FALSE(parse_token_hash(text + "0"));
  EXPECT_FALSE(parse_token_hash(text.substr(0, text.size() - 1) + "g"));
  EXPECT_FALSE(parse_token_hash(""));
}

TEST(Token, NewOnesDifferAndFitIntoASubprotocol) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) tokens.insert(new_token());
  EXPECT_EQ(tokens.size(), 100U);
  for (const std::string& token : tokens) {
    EXPECT_EQ(token.size(), 46U);
    EXPECT_EQ(token.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789_-"),
              std::string::npos);
  }
}

using TokenTest = ServerTest;

TEST_F(TokenTest, OneThatHasExpiredIsRefusedAndSaysSo) {
  Timestamp at{1'000};
  clock_ = [&at] { return at; };
  ServerOptions options;
  options.tokens = {{{"brief", Role::reader, {}}, hash_token("breve"), Timestamp{2'000}},
                    {{"long", Role::reader, {}}, hash_token("lungo"), std::nullopt}};
  start(options);
  const Fields brief{{"Authorization", "Bearer breve"}}, lasting{{"Authorization", "Bearer lungo"}};
  EXPECT_EQ(client().get("/api/v1/brands", brief).status, 200U);
  at = {2'000};
  const Reply reply = client().get("/api/v1/brands", brief);
  EXPECT_EQ(reply.status, 401U);
  EXPECT_THAT(reply.body, HasSubstr("expired"));
  EXPECT_EQ(client().get("/api/v1/brands", lasting).status, 200U);
  stop();  // it reads the clock, which ends with this test
}

TEST_F(TokenTest, WhoListensWithItIsCutOffWhenItExpires) {
  clock_ = [] { return Timestamp{1'000}; };
  ServerOptions options;
  options.tokens = {{{"brief", Role::reader, {}}, hash_token("breve"), Timestamp{1'400}},
                    {{"long", Role::reader, {}}, hash_token("lungo"), Timestamp{1'000'000}}};
  start(options);
  LiveClient brief(port(), {{"Authorization", "Bearer breve"}});
  LiveClient lasting(port(), {{"Authorization", "Bearer lungo"}});
  auto events = client();
  events.write(
      "GET /api/v1/live/sse HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer breve\r\n\r\n");
  EXPECT_THAT(events.read_until("\n\n"), HasSubstr("200 OK"));
  EXPECT_EQ(events.read_until("no such words"), "") << "until it ends";
  const Closed closed = brief.hear_close();
  EXPECT_EQ(closed.code, 1008U);
  EXPECT_THAT(closed.reason, HasSubstr("expired"));
  lasting.say(R"({"op":"subscribe","id":"s"})");
  EXPECT_EQ(member(lasting.hear(), "op"), "subscribed");
}

TEST_F(TokenTest, WithoutAnyOnLoopbackEverybodyIsAnAdmin) {
  start();
  EXPECT_EQ(client().send("DELETE", "/api/v1/authors/test/nobody").status, 404U);
  EXPECT_EQ(client().get("/api/v1/erasures", {{"Authorization", "Bearer whatever"}}).status, 200U);
}

}  // namespace
}  // namespace passaparola::feed
