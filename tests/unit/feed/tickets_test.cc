// Tickets for pages that cannot show their token, and pages of other origins.
#include "feed/tickets.h"

#include <gmock/gmock.h>

#include "core/limits.h"
#include "feed/access.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Caller kAnna{"anna", Role::reader, {"moka_nera"}};

TEST(Tickets, EachIsGoodOnceAndForAShortTime) {
  Tickets tickets;
  const auto first = tickets.give(kAnna, {1'000});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->expires, Timestamp{31'000});
  const auto caller = tickets.take(first->text, {30'999});
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->name, "anna");
  EXPECT_EQ(caller->brands, kAnna.brands);
  EXPECT_FALSE(tickets.take(first->text, {30'999})) << "used";
  const auto late = tickets.give(kAnna, {1'000});
  EXPECT_FALSE(tickets.take(late->text, {31'000}));
  const auto early = tickets.give(kAnna, {1'000});
  EXPECT_FALSE(tickets.take(early->text, {999})) << "the clock was set back";
  EXPECT_FALSE(tickets.take("pp_nothing", {1'000}));
}

TEST(Tickets, ACallerHasABoundedNumberAndTakesNoneFromOthers) {
  Tickets tickets;
  for (std::size_t i = 0; i < kMaxTicketsOfCaller; ++i) ASSERT_TRUE(tickets.give(kAnna, {0}));
  const auto refused = tickets.give(kAnna, {0});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::overloaded);
  EXPECT_TRUE(tickets.give({"bruno", Role::reader, {}}, {0}));
  EXPECT_TRUE(tickets.give(kAnna, {30'000})) << "those before are too old";
}

class TicketTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    options_.tokens = {{kAnna, hash_token("segreto"), std::nullopt}};
    options_.origins = {"https://board.example"};
    clock_ = [this] { return at_; };
  }

  std::string ticket() {
    const Reply reply =
        client().send("POST", "/api/v1/live:ticket", {}, {{"Authorization", "Bearer segreto"}});
    EXPECT_EQ(reply.status, 200U) << reply.body;
    return member(reply.body, "ticket");
  }

  // What the stream answers first, without an end to wait for when it is refused.
  std::string events(const std::string& query, const std::string& fields = "") {
    auto http = client();
    http.write("GET /api/v1/live/sse?after=start" + query + " HTTP/1.1\r\nHost: localhost\r\n" +
               fields + "\r\n");
    return http.read_until("\r\n\r\n");
  }

  ServerOptions options_;
  Timestamp at_{1'000'000};
};

TEST_F(TicketTest, OpensOneWebsocketForWhoeverAskedForIt) {
  start(options_);
  publish({"visibile"});
  publish({"invisibile"}, "teiera");
  unsigned status = 0;
  const std::string mine = ticket();
  LiveClient live(port(), {}, &status, "/api/v1/live?ticket=" + mine);
  ASSERT_EQ(status, 101U);
  live.say(R"({"op":"subscribe","id":"s","after":"start"})");
  live.hear();
  EXPECT_THAT(seqs_of(live.hear()), ::testing::ElementsAre(1));
  LiveClient again(port(), {}, &status, "/api/v1/live?ticket=" + mine);
  EXPECT_EQ(status, 401U);
  LiveClient wrong(port(), {{"Authorization", "Bearer segreto"}}, &status,
                   "/api/v1/live?ticket=pp_x");
  EXPECT_EQ(status, 401U) << "a ticket that is shown must be good";
}

TEST_F(TicketTest, OpensOneStreamOfEventsAndNothingElse) {
  start(options_);
  const std::string mine = ticket();
  EXPECT_EQ(client().get("/api/v1/brands?ticket=" + mine).status, 401U);
  EXPECT_THAT(events("&ticket=" + mine), HasSubstr("200 OK"));
  EXPECT_THAT(events("&ticket=" + mine), HasSubstr("401"));
  const std::string late = ticket();
  at_.milliseconds += 30'000;
  EXPECT_THAT(events("&ticket=" + late), HasSubstr("401"));
}

TEST_F(TicketTest, NeedsATokenAndTheRightOrigin) {
  start(options_);
  EXPECT_EQ(client().send("POST", "/api/v1/live:ticket").status, 401U);
  const Fields evil{{"Authorization", "Bearer segreto"}, {"Origin", "https://evil.example"}};
  EXPECT_EQ(client().send("POST", "/api/v1/live:ticket", {}, evil).status, 403U);
}

TEST_F(TicketTest, AListedOriginMayReadTheAnswers) {
  start(options_);
  const Fields board{{"Authorization", "Bearer segreto"}, {"Origin", "https://Board.example"}};
  const Reply read = client().get("/api/v1/brands", board);
  EXPECT_EQ(read.status, 200U);
  EXPECT_EQ(read.fields.at("access-control-allow-origin"), "https://Board.example");
  EXPECT_EQ(read.fields.at("vary"), "Origin");
  EXPECT_EQ(client().send("POST", "/api/v1/live:ticket", {}, board).status, 200U);
  EXPECT_THAT(events("", "Authorization: Bearer segreto\r\nOrigin: https://board.example\r\n"),
              HasSubstr("Access-Control-Allow-Origin: https://board.example"));
  unsigned status = 0;
  LiveClient live(port(), board, &status);
  EXPECT_EQ(status, 101U);
}

TEST_F(TicketTest, ABrowserMayAskBeforeForAListedOriginAlone) {
  start(options_);
  const auto ask = [this](const std::string& origin) {
    return client().send("OPTIONS", "/api/v1/rules", {},
                         {{"Origin", origin}, {"Access-Control-Request-Method", "PUT"}});
  };
  const Reply listed = ask("https://board.example");
  EXPECT_EQ(listed.status, 204U);
  EXPECT_EQ(listed.fields.at("access-control-allow-methods"), "GET, HEAD, PUT");
  EXPECT_THAT(listed.fields.at("access-control-allow-headers"), HasSubstr("Authorization"));
  for (const char* other : {"https://evil.example", "http://board.example", "null",
                            "https://board.example.evil.example", "https://board.example:444"}) {
    const Reply reply = ask(other);
    EXPECT_EQ(reply.status, 401U) << other;
    EXPECT_FALSE(reply.fields.contains("access-control-allow-origin")) << other;
  }
  EXPECT_EQ(
      client().send("OPTIONS", "/api/v1/rules", {}, {{"Origin", "https://board.example"}}).status,
      401U);
}

TEST_F(TicketTest, WithoutAListNothingIsSaidOfOrigins) {
  options_.origins.clear();
  start(options_);
  const Reply read = client().get(
      "/api/v1/brands", {{"Authorization", "Bearer segreto"}, {"Origin", "https://board.example"}});
  EXPECT_EQ(read.status, 200U);
  EXPECT_FALSE(read.fields.contains("access-control-allow-origin"));
  EXPECT_EQ(read.fields.at("vary"), "Authorization") << "and not Origin";
}

TEST_F(TicketTest, FurtherHostNamesAreTaken) {
  options_.host_names = {"monitor.example"};
  start(options_);
  EXPECT_EQ(client().get("/healthz", {{"Host", "Monitor.example:443"}}).status, 200U);
  EXPECT_EQ(client().get("/healthz", {{"Host", "other.example"}}).status, 421U);
}

TEST(Origin, IsASchemeAHostAndPerhapsAPort) {
  for (const char* good : {"https://board.example", "http://localhost:3000", "https://[::1]:8443",
                           "http://10.0.0.1"}) {
    EXPECT_TRUE(is_origin(good)) << good;
  }
  for (const char* bad : {"", "*", "null", "https://", "board.example", "https://board.example/",
                          "https://board.example:x", "file://x", "https://Board.example",
                          "https://a b", "https://user@board.example"}) {
    EXPECT_FALSE(is_origin(bad)) << bad;
  }
}

}  // namespace
}  // namespace passaparola::feed
