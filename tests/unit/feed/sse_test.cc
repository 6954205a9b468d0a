// Server-sent events: the same feed, resumed by Last-Event-ID.
#include <gmock/gmock.h>

#include "core/cursor.h"
#include "core/mention.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class SseTest : public ServerTest {
 protected:
  std::string place(std::uint64_t seq) const {
    return "id: " + encode_cursor({store_->id(), seq}) + "\n";
  }
  // A reader who has had the place where they begin.
  HttpClient reader(const std::string& query, const std::string& fields = "") const;
  void close_case(const std::string& post, const std::string& brand) const {
    const Reply reply =
        client().send("PATCH", "/api/v1/mentions/" + mention_id("test", post, brand),
                      R"({"state":"done"})", {{"Content-Type", "application/json"}});
    EXPECT_EQ(reply.status, 200U) << reply.body;
  }
};

std::string ask(const std::string& query, const std::string& fields = "") {
  return "GET /api/v1/live/sse" + query + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

HttpClient SseTest::reader(const std::string& query, const std::string& fields) const {
  HttpClient http(port());
  http.write(ask(query, fields));
  EXPECT_THAT(http.read_until("retry: 2000\n\n"), HasSubstr("HTTP/1.1 200 "));
  return http;
}

TEST_F(SseTest, EventsCarryCursorsAndResumeFromThem) {
  publish_numbered(2);
  start();
  HttpClient first(port());
  first.write(ask("?after=start"));
  EXPECT_THAT(first.read_until("\r\n\r\n"), HasSubstr("text/event-stream"));
  EXPECT_EQ(first.read_until("\n\n"), place(0) + "retry: 2000\n\n");
  const std::string event = first.read_until("\n\n");
  EXPECT_THAT(event, HasSubstr("id: " + encode_cursor({store_->id(), 1}) + "\nevent: mention\n"));
  EXPECT_THAT(event, HasSubstr("data: {\"seq\":1,"));
  HttpClient second(port());
  second.write(ask("?after=start", "Last-Event-ID: " + encode_cursor({store_->id(), 1}) + "\r\n"));
  EXPECT_THAT(second.read_until("testo 1"), HasSubstr("\"seq\":2,"));
  publish_numbered(1);
  EXPECT_THAT(second.read_until("\"seq\":3,"), HasSubstr("event: mention"));
}

TEST_F(SseTest, BrandAndWhereFilter) {
  publish({"uno"}, "moka_nera");
  publish({"due"}, "altra");
  start();
  HttpClient brand(port());
  brand.write(ask("?after=start&brand=altra"));
  EXPECT_THAT(brand.read_until("\ndata: "), HasSubstr("id: " + encode_cursor({store_->id(), 2})));
  HttpClient where(port());
  where.write(ask("?after=start&where=brand:altra"));
  EXPECT_THAT(where.read_until("\ndata: "), HasSubstr("id: " + encode_cursor({store_->id(), 2})));
}

TEST_F(SseTest, WrongQuestionsAreProblems) {
  start();
  auto http = client();
  EXPECT_EQ(http.get("/api/v1/live/sse?after=soon").status, 400U);
  EXPECT_EQ(http.get("/api/v1/live/sse?where=???").status, 400U);
  EXPECT_EQ(http.get("/api/v1/live/sse?after=" + encode_cursor({store_->id() + 1, 0})).status,
            400U);
  EXPECT_EQ(http.get("/api/v1/live/sse?view=none").status, 404U);
  for (const char* channels : {"", "gossip", "mentions,gossip", ",", "mentions;alerts"}) {
    const Reply refused = http.get(std::string("/api/v1/live/sse?channels=") + channels);
    EXPECT_EQ(refused.status, 400U) << channels;
    EXPECT_EQ(member(refused.body, "type"), "/problems/bad-parameter");
  }
}

TEST_F(SseTest, WhoIsCutOffBeforeTheFirstEventKnowsWhereToGoOn) {
  publish_numbered(3);
  start();
  HttpClient http(port());
  http.write(ask("?where=brand:nobody"));
  http.read_until("\r\n\r\n");
  EXPECT_EQ(http.read_until("\n\n"), place(3) + "retry: 2000\n\n");
}

TEST_F(SseTest, ChannelsTellWhatTheyTellOnTheWebsocket) {
  publish({"uno"});
  start();
  LiveClient live(port());
  live.say(R"({"op":"subscribe","id":"s","channels":["changes"]})");
  EXPECT_EQ(member(live.hear(), "op"), "subscribed");
  HttpClient events = reader("?channels=mentions,%20stats,changes,stats");
  EXPECT_THAT(events.read_until("\n\n"), StartsWith(R"(event: stats)"
                                                    "\n"
                                                    R"(data: {"at":"2)"))
      << "at once, and without a place to go on from";
  close_case("p1", "moka_nera");
  const std::string frame = live.hear();
  const std::string prefix = R"({"op":"change","id":"s",)";
  ASSERT_THAT(frame, StartsWith(prefix));
  EXPECT_EQ(events.read_until("\n\n"),
            "event: change\ndata: {" + frame.substr(prefix.size()) + "\n\n");
  publish({"due"});
  EXPECT_THAT(events.read_until("\"seq\":2,"), HasSubstr(place(2) + "event: mention\n"));
}

TEST_F(SseTest, MentionsAreToldOnlyToWhoWantsThem) {
  publish({"uno"});
  start();
  HttpClient events = reader("?channels=changes&after=start");
  publish({"due"});
  close_case("p2", "moka_nera");
  EXPECT_THAT(events.read_until("\n\n"), StartsWith("event: change\n"));
}

TEST_F(SseTest, ABrandAndAViewNarrowEveryChannel) {
  publish({"uno"}, "moka_nera");
  publish({"due"}, "altra");
  start();
  ASSERT_EQ(client()
                .send("PUT", "/api/v1/views/altra", R"({"brand":"altra"})",
                      {{"Content-Type", "application/json"}})
                .status,
            200U);
  HttpClient of_brand = reader("?channels=changes&brand=altra");
  HttpClient of_view = reader("?channels=changes,mentions&view=altra");
  close_case("p1", "moka_nera");
  close_case("p2", "altra");
  for (HttpClient* events : {&of_brand, &of_view}) {
    EXPECT_THAT(events->read_until("\n\n"), HasSubstr(R"("brand":"altra")")) << "the first of all";
  }
}

TEST_F(SseTest, StoppingEndsTheStream) {
  start();
  HttpClient http(port());
  http.write(ask(""));
  http.read_until("retry: 2000\n\n");
  stop();
  EXPECT_EQ(http.read_until("\n\n"), "");
}

}  // namespace
}  // namespace passaparola::feed
