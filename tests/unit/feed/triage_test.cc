// PATCH /mentions/{id}: what people say of mentions is kept, fed and counted.
#include <gmock/gmock.h>
#include <simdjson.h>

#include "core/limits.h"
#include "core/mention.h"
#include "feed/triage.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::HasSubstr;
using testing::Not;

const Fields kJson{{"Content-Type", "application/json; charset=utf-8"}};

class TriageTest : public ServerTest {
 protected:
  static std::string path(const std::string& post) {
    return "/api/v1/mentions/" + mention_id("test", post, "moka_nera");
  }
  Reply patch(const std::string& post, const std::string& body, const Fields& fields = kJson) {
    return client().send("PATCH", path(post), body, fields);
  }
  Reply correct(const std::string& post, const std::string& correction) {
    return patch(post, R"({"correction":)" + correction + "}");
  }
  // The member of the measured accuracy that `pointer` names, as JSON.
  std::string measured(const std::string& pointer) {
    const Reply stats = client().get("/api/v1/brands/moka_nera/stats?bucket=1h");
    EXPECT_EQ(stats.status, 200U) << stats.body;
    simdjson::dom::parser parser;
    simdjson::dom::element value;
    if (parser.parse(stats.body).at_pointer("/measured_accuracy" + pointer).get(value)) return "";
    return simdjson::minify(value);
  }
};

TEST_F(TriageTest, ACorrectionIsAnsweredAndStandsBesideTheProgramsAnswer) {
  publish({"buono", "cattivo"});
  start();
  const Reply reply =
      correct("p2", R"({"label":"negative","acts":["complain","churn"],"about_brand":true})");
  ASSERT_EQ(reply.status, 200U) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(R"("sentiment":{"label":"positive")"));
  EXPECT_THAT(reply.body, HasSubstr(R"("correction":{"label":"negative","acts":["complain",)"
                                    R"("churn"],"about_brand":true,"by":"local","at":"2)"));
  EXPECT_EQ(client().get(path("p2")).body, reply.body);
  EXPECT_THAT(client().get("/api/v1/mentions").body, HasSubstr(R"("correction":{)"));
  EXPECT_THAT(client().get(path("p1")).body, Not(HasSubstr("correction")));
  EXPECT_THAT(client().get("/api/v1/authors/test/anna").body, HasSubstr(R"("correction":{)"));
  EXPECT_EQ(
      correct("p2", R"({"label":"negative","acts":["churn","complain"],"about_brand":true})").body,
      reply.body)
      << "the same again changes nothing";
  const Reply removed = correct("p2", "null");
  EXPECT_EQ(removed.status, 200U);
  EXPECT_THAT(removed.body, Not(HasSubstr("correction")));
}

TEST_F(TriageTest, LiveReadersAreServedTheMentionAsItIsNow) {
  start();
  LiveClient live(port());
  live.say(R"({"op":"subscribe","id":"s","after":"now"})");
  live.hear();
  publish({"buono"});
  EXPECT_THAT(live.hear(), Not(HasSubstr("correction")));
  ASSERT_EQ(correct("p1", R"({"label":"negative"})").status, 200U);
  live.say(R"({"op":"subscribe","id":"again","after":"start"})");
  live.hear();
  EXPECT_THAT(live.hear(), HasSubstr(R"("correction":{"label":"negative")"));
  auto events = client();
  events.write("GET /api/v1/live/sse?after=start HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(events.read_until("\"at\":"), HasSubstr(R"("correction":{"label":"negative")"));
}

TEST_F(TriageTest, WhoSaidItIsKept) {
  publish({"buono"});
  ServerOptions options;
  options.tokens = {admin_token("segreto")};
  start(options);
  const Fields known{kJson.front(), {"Authorization", "Bearer segreto"}};
  const std::string body = R"({"correction":{"label":"mixed"}})";
  EXPECT_EQ(patch("p1", body).status, 401U);
  const Reply reply = patch("p1", body, known);
  ASSERT_EQ(reply.status, 200U) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(R"("by":"token")"));
  EXPECT_THAT(reply.body, Not(HasSubstr("segreto")));
}

TEST_F(TriageTest, WhatMakesNoSenseIsAProblemAndChangesNothing) {
  publish({"buono"});
  start();
  for (const char* body : {"",
                           "{",
                           "[]",
                           "null",
                           "{}",
                           R"({"corection":null})",
                           R"({"correction":"negative"})",
                           R"({"correction":[]})",
                           R"({"correction":{}})",
                           R"({"correction":{"label":null}})",
                           R"({"correction":{"label":"abstain"}})",
                           R"({"correction":{"label":"good"}})",
                           R"({"correction":{"label":1}})",
                           R"({"correction":{"label":"mixed","acts":"praise"}})",
                           R"({"correction":{"label":"mixed","acts":["admire"]}})",
                           R"({"correction":{"label":"mixed","acts":[7]}})",
                           R"({"correction":{"label":"mixed","about_brand":"yes"}})",
                           R"({"correction":{"label":"mixed","sampled":1}})",
                           R"({"correction":{"label":"mixed","by":"anna"}})",
                           R"({"correction":{"label":"mixed"},"state":"open"})",
                           "{\"correction\":{\"label\":\"mi\xFFxed\"}}"}) {
    const Fields fields{kJson.front(), {"Content-Length", std::to_string(strlen(body))}};
    const Reply reply = patch("p1", body, fields);
    EXPECT_EQ(reply.status, 400U) << body << reply.body;
    EXPECT_EQ(member(reply.body, "type"), "/problems/invalid-argument") << body;
  }
  EXPECT_THAT(client().get(path("p1")).body, Not(HasSubstr("correction")));
}

TEST_F(TriageTest, ProblemsHaveTheirStatus) {
  publish({"buono"});
  start();
  const std::string body = R"({"correction":{"label":"mixed"}})";
  EXPECT_EQ(patch("unknown", body).status, 404U);
  EXPECT_EQ(client().send("PATCH", "/api/v1/mentions/short", body, kJson).status, 404U);
  EXPECT_EQ(patch("p1", body, {}).status, 415U);
  EXPECT_EQ(patch("p1", body, {kJson.front(), {"Content-Encoding", "gzip"}}).status, 415U);
  EXPECT_EQ(patch("p1", body, {kJson.front(), {"Origin", "http://evil.example"}}).status, 403U);
  EXPECT_EQ(patch("p1", std::string(kMaxTriageBodyBytes + 1, ' ')).status, 413U);
  auto http = client();
  http.write("PATCH " + path("p1") +
             " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + "application/json\r\n\r\n");
  EXPECT_EQ(http.read().status, 411U);
  EXPECT_EQ(client().send("GET", path("p1"), body, kJson).status, 400U) << "a read has no body";
  correct_error_ = fail(ErrorCode::no_space, "the disk is full");
  EXPECT_EQ(patch("p1", body).status, 503U);
}

TEST_F(TriageTest, TheLargestBodyIsTakenAndTheConnectionGoesOn) {
  publish({"buono"});
  start();
  std::string body = R"({"correction":{"label":"mixed","acts":[]}})";
  body.append(kMaxTriageBodyBytes - body.size(), ' ');
  auto http = client();
  const Reply reply = http.send("PATCH", path("p1"), body, kJson);
  EXPECT_THAT(reply.body, HasSubstr(R"("correction":{"label":"mixed","acts":[],)"));
  EXPECT_EQ(http.get("/healthz").status, 200U);
}

TEST_F(TriageTest, CorrectionsAreMeasuredAccuracy) {
  publish_numbered(3);
  publish({"a", "b"}, "moka_nera", Label::negative);
  publish({"c"}, "moka_nera", Label::abstain);
  publish({"d"}, "altra");
  start();
  EXPECT_EQ(measured("/corrected"), "0");
  EXPECT_EQ(measured("/labels"), R"({"right":0,"of":0,"share":null,"low":null,"high":null})");
  correct("p1", R"({"label":"positive","sampled":true})");  // a confirmation
  correct("p2", R"({"label":"negative","about_brand":true,"acts":["complain"]})");
  correct("p3", R"({"label":"negative","about_brand":false})");
  correct("p4", R"({"label":"negative"})");
  correct("p6", R"({"label":"mixed"})");
  EXPECT_EQ(measured("/corrected"), "5");
  EXPECT_EQ(measured("/about_brand"),
            R"({"right":1,"of":2,"share":0.5,"low":0.0945,"high":0.9055})");
  EXPECT_EQ(measured("/labels"), R"({"right":2,"of":4,"share":0.5,"low":0.15,"high":0.85})");
  EXPECT_THAT(measured("/decided"), HasSubstr(R"("right":2,"of":3,)"));
  EXPECT_EQ(measured("/confusion/positive"),
            R"({"positive":1,"negative":1,"neutral":0,"mixed":0})");
  EXPECT_EQ(measured("/confusion/abstain"), R"({"positive":0,"negative":0,"neutral":0,"mixed":1})");
  EXPECT_THAT(measured("/languages/it"), HasSubstr(R"("right":2,"of":4,)"));
  EXPECT_EQ(measured("/acts"),
            R"({"mentions":1,"right":0,"of":0,"share":null,"low":null,"high":null,"missed":1})");
  EXPECT_EQ(measured("/sampled/corrected"), "1");
  EXPECT_THAT(measured("/sampled/labels"), HasSubstr(R"("right":1,"of":1,"share":1.0)"));
  const Reply later = client().get(
      "/api/v1/brands/moka_nera/stats?from=2001-01-01T00:00:00Z"
      "&to=2001-01-02T00:00:00Z");
  EXPECT_THAT(later.body, HasSubstr(R"("measured_accuracy":{"corrected":0,)"));
}

}  // namespace
}  // namespace passaparola::feed
