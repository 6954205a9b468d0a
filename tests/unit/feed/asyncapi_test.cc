// web/asyncapi.json says what is said on the websocket, and nothing else. Beside what is here,
// every frame that any test of this module hears is held against it (LiveClient::hear), and those
// of the real program by integration/docs_live_test.
#include <gmock/gmock.h>

#include "feed/client_message.h"
#include "feed/frames.h"
#include "schemas/live_schema.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using schemas::live_schema;
using schemas::Speaker;
using testing::Contains;
using testing::HasSubstr;

const std::string kCursor(25, 'p');

std::string said(const std::string& more) { return R"({"op":"subscribe","id":"s")" + more + "}"; }
std::string name_of_frame(const std::string& frame) {
  return live_schema().name_of(Speaker::server, frame);
}

using AsyncApi = ServerTest;

TEST_F(AsyncApi, IsServedToAnybody) {
  ServerOptions options;
  options.tokens = {admin_token("segreto")};
  start(options);
  const Reply reply = client().get("/asyncapi.json");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.fields.at("content-type"), "application/json");
  EXPECT_THAT(reply.body, HasSubstr(R"("asyncapi": "3.0.0")"));
}

TEST_F(AsyncApi, DescribesEveryFrameThatIsMadeInOnePlace) {
  EXPECT_EQ(name_of_frame(subscribed_frame("s", {1, 2})), "subscribed");
  EXPECT_EQ(name_of_frame(unsubscribed_frame("s")), "unsubscribed");
  EXPECT_EQ(name_of_frame(gap_frame("s", 1, 2)), "mentionGap");
  EXPECT_EQ(name_of_frame(error_frame({"", "bad_message", "no"})), "error");
  for (std::size_t i = 0; i < kChannelCount; ++i) {
    const auto channel = static_cast<Channel>(i);
    EXPECT_EQ(name_of_frame(news_gap_frame(channel, "s")), "newsGap");
    const std::string name(name_of(channel));
    EXPECT_EQ(live_schema().name_of(Speaker::client, said(R"(,"channels":[")" + name + "\"]")),
              "subscribe")
        << name;
  }
}

TEST_F(AsyncApi, DoesNotDescribeWhatIsNeverSent) {
  const std::string good = R"({"op":"subscribed","id":"s","cursor":")" + kCursor + "\"";
  EXPECT_EQ(name_of_frame(good + "}"), "subscribed");
  EXPECT_EQ(name_of_frame(good + R"(,"mood":"good"})"), "") << "a member more";
  EXPECT_EQ(name_of_frame(R"({"op":"subscribed","id":"s"})"), "") << "a member less";
  EXPECT_EQ(name_of_frame(R"({"op":"subscribed","id":7,"cursor":")" + kCursor + "\"}"), "");
  EXPECT_EQ(name_of_frame(R"({"op":"gossip","id":"s"})"), "");
  EXPECT_EQ(name_of_frame(R"({"op":"error","code":"bad_weather","message":"rain"})"), "");
  EXPECT_EQ(name_of_frame(R"({"op":"change","id":"s","kind":"weather","brand":"b"})"), "");
  EXPECT_EQ(name_of_frame(R"({"op":"mentions","id":"s","items":[{"seq":1}],"cursor":")" + kCursor +
                          "\"}"),
            "")
      << "a mention has more, says openapi.json";
}

// What the server takes is described, and what it calls a bad message is not.
TEST_F(AsyncApi, AgreesWithTheServerOnWhatClientsSay) {
  std::vector<std::string> messages{R"({"op":"unsubscribe","id":"s"})",
                                    R"({"op":"unsubscribe"})",
                                    R"({"op":"hello","id":"s"})",
                                    R"({"op":"subscribe"})",
                                    R"({"op":"subscribe","id":""})",
                                    R"({"op":"subscribe","id":7})",
                                    R"({"op":"subscribe","id":")" + std::string(65, 'x') + "\"}",
                                    "[]",
                                    "7"};
  for (const char* more :
       {"", R"(,"where":"sentiment<0")", R"(,"where":7)", R"(,"where":null)", R"(,"after":"now")",
        R"(,"after":7)", R"(,"view":"v","brand":"b")", R"(,"view":[])", R"(,"brand":{})",
        R"(,"every_ms":0)", R"(,"every_ms":60000)", R"(,"every_ms":60001)", R"(,"every_ms":-1)",
        R"(,"every_ms":0.5)", R"(,"channels":["mentions","stats","alerts","changes"])",
        R"(,"channels":[])", R"(,"channels":["gossip"])", R"(,"channels":"stats")",
        R"(,"channels":null)"}) {
    messages.push_back(said(more));
  }
  for (const std::string& message : messages) {
    const ParsedMessage parsed = parse_client_message(message);
    EXPECT_EQ(live_schema().name_of(Speaker::client, message).empty(), !parsed.message)
        << message << ' ' << parsed.error.message;
  }
}

}  // namespace
}  // namespace passaparola::feed
