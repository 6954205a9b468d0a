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
                           R"({"correction":{"label":"mixed"},"state":"started"})",
                           R"({"state":null})",
                           R"({"state":"open","stat":"done"})",
                           R"({"assignee":7})",
                           R"({"note":null})",
                           R"({"lease":"yes"})",
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
}

TEST_F(TriageTest, AFullDiskIsSaidAndNothingIsChanged) {
  publish({"buono"});
  store_.reset();
  store::StoreOptions options;
  options.min_free_bytes = std::uint64_t{1} << 60;
  store_ = *store::Store::open(folder_ / "store", options);
  start();
  EXPECT_EQ(patch("p1", R"({"correction":{"label":"mixed"}})").status, 503U);
  EXPECT_EQ(patch("p1", R"({"state":"open"})").status, 503U);
  EXPECT_THAT(client().get(path("p1")).body, Not(HasSubstr("correction")));
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

TEST_F(TriageTest, AMentionGoesThroughItsStatesAndTellsWhoDidWhat) {
  publish({"buono", "cattivo"});
  start();
  const Reply fresh = client().get(path("p1"));
  EXPECT_EQ(fresh.fields.at("etag"), R"("0")");
  EXPECT_THAT(fresh.body, Not(HasSubstr("triage")));
  const Reply open = patch("p1", R"({"state":"open","assignee":"bruno","note":"da vedere"})");
  ASSERT_EQ(open.status, 200U) << open.body;
  EXPECT_EQ(open.fields.at("etag"), R"("1")");
  EXPECT_THAT(open.body,
              HasSubstr(R"("triage":{"state":"open","assignee":"bruno","state_since":")"));
  const Reply done = patch("p1", R"({"state":"done","assignee":null})");
  EXPECT_THAT(done.body, HasSubstr(R"("triage":{"state":"done","assignee":"",)"));
  EXPECT_THAT(done.body, HasSubstr(R"("by":"local","state":"open","assignee":"bruno","note":"da)"));
  EXPECT_EQ(patch("p1", R"({"state":"done"})").fields.at("etag"), R"("2")") << "nothing new";
  EXPECT_EQ(client().get(path("p1")).body, done.body);
  EXPECT_THAT(client().get("/api/v1/mentions").body, HasSubstr(R"("triage":{"state":"done")"));
}

TEST_F(TriageTest, WhoDidNotSeeTheLastChangeIsRefused) {
  publish({"buono"});
  start();
  const Fields first{kJson.front(), {"If-Match", R"("0")"}};
  EXPECT_EQ(patch("p1", R"({"state":"open"})", first).status, 200U);
  for (const char* body : {R"({"state":"dismissed"})", R"({"correction":{"label":"mixed"}})"}) {
    const Reply refused = patch("p1", body, first);
    EXPECT_EQ(refused.status, 412U);
    EXPECT_EQ(member(refused.body, "type"), "/problems/changed-meanwhile");
  }
  EXPECT_EQ(patch("p1", R"({"state":"done"})", {kJson.front(), {"If-Match", "1"}}).status, 400U);
  const Fields second{kJson.front(), {"If-Match", R"("1")"}};
  EXPECT_EQ(patch("p1", R"({"state":"dismissed"})", second).status, 200U);
}

TEST_F(TriageTest, WhoIsAtAMentionIsToldAndKept) {
  publish({"buono"});
  Timestamp at = now();
  clock_ = [&at] { return at; };
  start();
  const Reply reply = patch("p1", R"({"lease":true})");
  ASSERT_EQ(reply.status, 200U) << reply.body;
  at.milliseconds += 59'000;
  EXPECT_THAT(client().get(path("p1")).body, HasSubstr(R"("lease":{"by":"local","until":")"));
  at.milliseconds += 1'000;
  EXPECT_THAT(client().get(path("p1")).body, Not(HasSubstr("lease")));
  patch("p1", R"({"lease":true})");
  EXPECT_THAT(patch("p1", R"({"lease":false})").body, Not(HasSubstr("lease")));
  stop();  // it reads the clock, which ends with this test
}

class TogetherTest : public TriageTest {
 protected:
  Reply together(const std::string& body) {
    return client().send("POST", "/api/v1/mentions:triage", body, kJson);
  }
  static std::string id(const std::string& post, const std::string& brand = "moka_nera") {
    return mention_id("test", post, brand);
  }
};

TEST_F(TogetherTest, ManyMentionsAreMovedByTheirIds) {
  publish({"a", "b", "c"});
  start();
  const Reply reply = together(R"({"ids":[")" + id("p1") + R"(",")" + id("p3") +
                               R"(","nobody"],"state":"done","note":"risposto"})");
  ASSERT_EQ(reply.status, 200U) << reply.body;
  EXPECT_EQ(reply.body, R"({"matched":3,"changed":2,"held":[],"not_found":["nobody"]})");
  EXPECT_THAT(client().get(path("p3")).body, HasSubstr(R"("note":"risposto")"));
  EXPECT_THAT(client().get(path("p2")).body, Not(HasSubstr("triage")));
}

TEST_F(TogetherTest, AFilterIsCountedThenMovedAndNothingThatCameMeanwhile) {
  publish({"a", "b"});
  publish({"c"}, "altra");
  start();
  const Reply counted = together(R"({"where":"brand:moka_nera","state":"done","dry_run":true})");
  ASSERT_EQ(counted.status, 200U) << counted.body;
  EXPECT_THAT(counted.body, HasSubstr(R"("matched":2,"changed":0,)"));
  EXPECT_THAT(counted.body, HasSubstr(R"("more":false)"));
  const std::string until = member(counted.body, "cursor");
  publish({"d"});
  const Reply moved =
      together(R"({"where":"brand:moka_nera","until":")" + until + R"(","state":"done"})");
  EXPECT_THAT(moved.body, HasSubstr(R"("matched":2,"changed":2,)"));
  EXPECT_THAT(client().get(path("p4")).body, Not(HasSubstr("triage")));
}

TEST_F(TogetherTest, OfAMemberThatComesTwiceTheLastCounts) {
  std::string many = "[\"x\"";
  for (std::size_t i = 1; i < kMaxTriageTogether; ++i) many += ",\"x\"";
  many += "]";
  const auto read =
      read_triage_together(R"({"state":"done","ids":)" + many + R"(,"ids":["a","b"]})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(read->ids, testing::ElementsAre("a", "b")) << "never more than at most";
}

TEST_F(TogetherTest, WhatMakesNoSenseIsAProblem) {
  publish({"a"});
  start();
  for (const char* body : {"{}", R"({"state":"done"})", R"({"ids":[],"where":"","state":"done"})",
                           R"({"ids":"all","state":"done"})", R"({"ids":[7]})", R"({"where":7})",
                           R"({"ids":[],"correction":null})"}) {
    EXPECT_EQ(together(body).status, 400U) << body;
  }
  EXPECT_EQ(together(R"({"where":"","after":"x","state":"done"})").status, 400U);
  EXPECT_EQ(client().send("GET", "/api/v1/mentions:triage").status, 405U);
}

TEST_F(TogetherTest, LiveReadersOfChangesAreTold) {
  publish({"a", "b"});
  publish({"c"}, "altra");
  start();
  LiveClient live(port());
  live.say(R"({"op":"subscribe","id":"s","channels":["changes"]})");
  EXPECT_EQ(member(live.hear(), "op"), "subscribed");
  LiveClient other(port());
  other.say(R"({"op":"subscribe","id":"s","brand":"altra","channels":["changes"]})");
  EXPECT_EQ(member(other.hear(), "op"), "subscribed");
  together(R"({"ids":[")" + id("p1") + R"(",")" + id("p3", "altra") + R"("],"state":"done"})");
  const std::string first = live.hear();
  EXPECT_THAT(first, HasSubstr(R"({"op":"change","id":"s","kind":"triage","mention_id":")" +
                               id("p1") + R"(","brand":"moka_nera","triage":{"state":"done")"));
  EXPECT_EQ(member(live.hear(), "mention_id"), id("p3", "altra"));
  EXPECT_EQ(member(other.hear(), "mention_id"), id("p3", "altra"));
}

TEST(Leases, AreOnePersonsUntilTheyEnd) {
  Leases leases;
  const Timestamp at{1'000};
  EXPECT_TRUE(leases.take("m", "anna", at));
  EXPECT_TRUE(leases.take("m", "anna", at));
  const auto refused = leases.take("m", "bruno", at);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::in_use);
  EXPECT_THAT(refused.error().message,
              HasSubstr("anna is at this mention until 1970-01-01T00:01:01"));
  leases.release("m", "bruno");
  EXPECT_EQ(leases.of("m", at)->by, "anna");
  EXPECT_TRUE(leases.take("m", "bruno", {at.milliseconds + 60'000}));
  leases.release("m", "bruno");
  EXPECT_FALSE(leases.of("m", at));
  for (std::size_t i = 0; i < kMaxTriageLeases; ++i) {
    ASSERT_TRUE(leases.take(std::to_string(i), "anna", at));
  }
  EXPECT_EQ(leases.take("m", "anna", at).error().code, ErrorCode::overloaded);
  EXPECT_TRUE(leases.take("m", "anna", {at.milliseconds + 60'000}));
}

}  // namespace
}  // namespace passaparola::feed
