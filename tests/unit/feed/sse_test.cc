// Server-sent events: the same feed, resumed by Last-Event-ID.
#include <gmock/gmock.h>

#include "core/cursor.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::HasSubstr;

using SseTest = ServerTest;

std::string ask(const std::string& query, const std::string& fields = "") {
  return "GET /api/v1/live/sse" + query + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

TEST_F(SseTest, EventsCarryCursorsAndResumeFromThem) {
  publish_numbered(2);
  start();
  HttpClient first(port());
  first.write(ask("?after=start"));
  EXPECT_THAT(first.read_until("\r\n\r\n"), HasSubstr("text/event-stream"));
  EXPECT_EQ(first.read_until("\n\n"), "retry: 2000\n\n");
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
