// The routes of the HTTP interface, their errors, and who may ask.
#include <gmock/gmock.h>

#include "core/cursor.h"
#include "core/limits.h"
#include "core/mention.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using HttpTest = ServerTest;

TEST_F(HttpTest, PagesOfTheFeedFollowOneAnother) {
  publish_numbered(5);
  start();
  auto http = client();
  const Reply first = http.get("/api/v1/mentions?limit=2");
  ASSERT_EQ(first.status, 200U) << first.body;
  EXPECT_THAT(seqs_of(first.body), ElementsAre(1, 2));
  EXPECT_THAT(first.body, HasSubstr("\"more\":true"));
  const Reply rest = http.get("/api/v1/mentions?limit=10&after=" + member(first.body, "cursor"));
  EXPECT_THAT(seqs_of(rest.body), ElementsAre(3, 4, 5));
  EXPECT_THAT(rest.body, HasSubstr("\"more\":false"));
  const Reply end = http.get("/api/v1/mentions?after=" + member(rest.body, "cursor"));
  EXPECT_THAT(seqs_of(end.body), ElementsAre());
  EXPECT_EQ(member(end.body, "cursor"), member(rest.body, "cursor"));
}

TEST_F(HttpTest, LastBeginsNearTheEnd) {
  publish_numbered(5);
  start();
  auto http = client();
  EXPECT_THAT(seqs_of(http.get("/api/v1/mentions?last=2").body), ElementsAre(4, 5));
  EXPECT_THAT(seqs_of(http.get("/api/v1/mentions?last=1000").body), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(http.get("/api/v1/mentions?last=1001").status, 400U);
}

TEST_F(HttpTest, PagesAreFilteredByBrandAndWhere) {
  publish({"uno"}, "moka_nera");
  publish({"due"}, "altra");
  start();
  auto http = client();
  EXPECT_THAT(seqs_of(http.get("/api/v1/mentions?brand=altra").body), ElementsAre(2));
  EXPECT_THAT(seqs_of(http.get("/api/v1/mentions?where=brand%3Amoka_nera").body), ElementsAre(1));
  const Reply bad = http.get("/api/v1/mentions?where=nonsense");
  EXPECT_EQ(bad.status, 400U);
  EXPECT_THAT(member(bad.body, "detail"), HasSubstr("column 1"));
}

TEST_F(HttpTest, OneMentionIsFoundByItsId) {
  publish({"buono"});
  start();
  auto http = client();
  const Reply found = http.get("/api/v1/mentions/" + mention_id("test", "p1", "moka_nera"));
  ASSERT_EQ(found.status, 200U) << found.body;
  EXPECT_EQ(member(found.body, "brand"), "moka_nera");
  EXPECT_EQ(http.get("/api/v1/mentions/" + std::string(32, '0')).status, 404U);
}

TEST_F(HttpTest, BrandsStatsAndRulesAnswer) {
  publish_numbered(3);
  publish({"male"}, "altra", Label::negative);
  start();
  auto http = client();
  EXPECT_THAT(http.get("/api/v1/brands").body, HasSubstr("{\"id\":\"moka_nera\"}"));
  const Reply stats = http.get("/api/v1/brands/moka_nera/stats?bucket=5m");
  ASSERT_EQ(stats.status, 200U) << stats.body;
  EXPECT_THAT(stats.body, HasSubstr("\"positive\":3"));
  EXPECT_THAT(stats.body, HasSubstr("\"share_of_voice\":0.75"));
  EXPECT_EQ(http.get("/api/v1/brands/nessuna/stats").status, 404U);
  EXPECT_EQ(http.get("/api/v1/brands/moka_nera/stats?bucket=2h").status, 400U);
  EXPECT_EQ(http.get("/api/v1/brands/moka_nera/stats?from=ieri").status, 400U);
  EXPECT_EQ(http.get("/api/v1/brands/moka_nera/stats?bucket=5m&from=1990-01-01T00:00:00Z").status,
            400U);
  EXPECT_EQ(http.get("/api/v1/rules").body, R"({"ruleset":"abc"})");
}

TEST_F(HttpTest, TheRecommendationBalanceIsCountedWhenAskedFor) {
  for (int i = 0; i < 29; ++i) {
    publish({"bene"}, "moka_nera", Label::positive, "author" + std::to_string(i));
  }
  start();
  auto http = client();
  const std::string stats = "/api/v1/brands/moka_nera/stats?bucket=5m";
  const std::string plain = http.get(stats).body;
  EXPECT_EQ(plain.find("\"recommendation_balance\""), std::string::npos) << plain;
  EXPECT_THAT(plain, HasSubstr("\"survey_nps\":{\"nps\":null"));
  EXPECT_THAT(plain, HasSubstr("\"star_proxy\":null"));
  const std::string few = http.get(stats + "&balance=true").body;
  EXPECT_THAT(few, HasSubstr("\"recommendation_balance\":{\"note\":\"not an NPS\","
                             "\"balance\":null,\"low\":null,\"high\":null,\"authors\":29,"));
  publish({"male", "malissimo"}, "moka_nera", Label::negative, "critic");
  const std::string enough = http.get(stats + "&balance=true").body;
  EXPECT_THAT(enough, HasSubstr("\"balance\":-3.3333,"));
  EXPECT_THAT(enough, HasSubstr("\"promoters\":0,\"passives\":29,\"detractors\":1,"));
  EXPECT_THAT(enough, HasSubstr("\"nwom_rate\":0.0333,"));
  EXPECT_EQ(http.get(stats + "&balance=maybe").status, 400U);
  // Nobody of theirs wrote before 2020.
  EXPECT_THAT(http.get("/api/v1/brands/moka_nera/stats?bucket=1d&balance=true"
                       "&from=2019-01-01T00:00:00Z&to=2020-01-01T00:00:00Z")
                  .body,
              HasSubstr("\"authors\":0,"));
}

TEST_F(HttpTest, AdvocatesAnswerAndRefuseWhatIsNoQuestion) {
  publish_numbered(3);
  start();
  auto http = client();
  const Reply found = http.get("/api/v1/brands/moka_nera/advocates?top=5&explain=true");
  ASSERT_EQ(found.status, 200U) << found.body;
  EXPECT_EQ(member(found.body, "brand"), "moka_nera");
  EXPECT_EQ(http.get("/api/v1/brands/nessuna/advocates").status, 404U);
  EXPECT_EQ(http.get("/api/v1/brands/moka_nera/advocates?class=fan").status, 400U);
  EXPECT_EQ(http.get("/api/v1/brands/moka_nera/advocates?as_of=poi").status, 400U);
  EXPECT_THAT(http.get("/api/v1/brands/moka_nera/stats?kpi=true").body, HasSubstr("\"kpi\":{"));
  EXPECT_EQ(http.get("/api/v1/brands/moka_nera/stats?kpi=2").status, 400U);
  const std::string advocates = "/api/v1/brands/moka_nera/advocates?";
  EXPECT_THAT(http.get(advocates + "cohorts=true").body, HasSubstr("\"cohorts\":[{\"month\":"));
  EXPECT_THAT(http.get(advocates + "compare=2020-01-01T00:00:00Z").body,
              HasSubstr("\"counts\":{\"came\":0,"));
  EXPECT_THAT(http.get(advocates + "at_risk=true").body, HasSubstr("\"authors_seen\":0"));
  for (const char* good : {"type=educator", "cohort=2026-03", "active_from=2026-03-01T00:00:00Z"}) {
    EXPECT_EQ(http.get(advocates + good).status, 200U) << good;
  }
  for (const char* bad : {"type=hero", "cohort=2026", "cohort=2026-13", "active_to=poi",
                          "compare=poi", "cohorts=2", "at_risk=2"}) {
    EXPECT_EQ(http.get(advocates + bad).status, 400U) << bad;
  }
}

TEST_F(HttpTest, RevisionsAnswerAndRefuseWhatIsNoQuestion) {
  publish({"bene", "molto bene"});
  start();
  auto http = client();
  const std::string revisions = "/api/v1/brands/moka_nera/revisions?";
  EXPECT_EQ(http.get(revisions).body, R"({"revisions":[],"next_after":0,"more":false})");
  EXPECT_EQ(http.get(revisions + "after=7&limit=10").body,
            R"({"revisions":[],"next_after":7,"more":false})");
  EXPECT_EQ(http.get(revisions + "format=ndjson").body, "");
  for (const char* bad : {"after=-1", "after=x", "after=", "limit=0", "limit=1001", "format=csv"}) {
    EXPECT_EQ(http.get(revisions + bad).status, 400U) << bad;
  }
  EXPECT_EQ(http.get("/api/v1/brands/nessuna/revisions").status, 404U);
}

TEST_F(HttpTest, AnErasedAuthorIsGoneEverywhere) {
  publish({"bene"}, "moka_nera", Label::positive, "did:plc:a/b");
  publish({"anche bene"});
  start();
  auto http = client();
  const Reply history = http.get("/api/v1/authors/test/did%3Aplc%3Aa%2Fb");
  ASSERT_EQ(history.status, 200U) << history.body;
  EXPECT_THAT(history.body, HasSubstr("\"mentions\":1"));
  const Reply proof = http.send("DELETE", "/api/v1/authors/test/did%3Aplc%3Aa%2Fb");
  ASSERT_EQ(proof.status, 200U) << proof.body;
  EXPECT_THAT(proof.body, HasSubstr("\"mentions\":1"));
  EXPECT_EQ(http.get("/api/v1/authors/test/did%3Aplc%3Aa%2Fb").status, 404U);
  EXPECT_THAT(seqs_of(http.get("/api/v1/mentions").body), ElementsAre(2));
}

TEST_F(HttpTest, HealthMetricsPageAndOpenApiAnswer) {
  publish_numbered(2);
  start();
  auto http = client();
  EXPECT_EQ(http.get("/healthz").status, 200U);
  EXPECT_EQ(http.get("/readyz").status, 200U);
  const Reply metrics = http.get("/metrics");
  EXPECT_THAT(metrics.fields.at("content-type"), HasSubstr("version=0.0.4"));
  EXPECT_THAT(metrics.body, HasSubstr("passaparola_feed_last_seq 2\n"));
  EXPECT_THAT(metrics.body, HasSubstr("{route=\"/healthz\",status=\"200\"} 1\n"));
  EXPECT_THAT(metrics.body, HasSubstr("passaparola_other_total 1\n"));
  const Reply page = http.get("/");
  EXPECT_THAT(page.fields.at("content-security-policy"), HasSubstr("trusted-types"));
  EXPECT_THAT(page.body, HasSubstr("<!doctype html>"));
  EXPECT_THAT(http.get("/openapi.json").body, HasSubstr("\"openapi\""));
}

TEST_F(HttpTest, ErrorsAreProblemsWithStableTypes) {
  start();
  auto http = client();
  const Reply missing = http.get("/api/v1/nothing");
  EXPECT_EQ(missing.status, 404U);
  EXPECT_EQ(missing.fields.at("content-type"), "application/problem+json");
  EXPECT_EQ(member(missing.body, "type"), "/problems/not-found");
  EXPECT_EQ(member(missing.body, "request_id"), missing.fields.at("x-request-id"));
  const Reply wrong = http.send("DELETE", "/api/v1/mentions");
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_EQ(wrong.fields.at("allow"), "GET, HEAD");
  EXPECT_EQ(http.get("/api/v1/live").status, 426U);
  EXPECT_EQ(http.get("/%ff").status, 400U);
  for (const char* limit : {"0", "1001", "-1", "x", "99999999999999999999", ""}) {
    EXPECT_EQ(http.get(std::string("/api/v1/mentions?limit=") + limit).status, 400U) << limit;
  }
  const std::string foreign = encode_cursor({store_->id() + 1, 0});
  EXPECT_EQ(member(http.get("/api/v1/mentions?after=" + foreign).body, "type"),
            "/problems/cursor-unknown");
  const std::string ahead = encode_cursor({store_->id(), 99});
  EXPECT_EQ(member(http.get("/api/v1/mentions?after=" + ahead).body, "type"),
            "/problems/cursor-ahead");
  EXPECT_EQ(http.get("/api/v1/mentions?after=abc").status, 400U);
}

TEST_F(HttpTest, HeadSaysWhatGetWould) {
  start();
  auto http = client();
  const Reply get = http.get("/healthz");
  const Reply head = http.send("HEAD", "/healthz");
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.fields.at("content-length"), get.fields.at("content-length"));
  EXPECT_EQ(http.get("/healthz").status, 200U) << "no body bytes came behind the answer to HEAD";
}

TEST_F(HttpTest, PipelinedRequestsAreAnsweredInOrder) {
  start();
  auto http = client();
  http.write(
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(http.read().status, 200U);
  EXPECT_EQ(http.read().status, 404U);
  EXPECT_THAT(http.read().body, HasSubstr("ready"));
  EXPECT_EQ(http.read().status, 0U) << "closed as asked";
}

TEST_F(HttpTest, ATokenGuardsEverythingButHealthAndThePage) {
  ServerOptions options;
  options.tokens = {admin_token("s3cret")};
  start(options);
  auto http = client();
  EXPECT_EQ(http.get("/healthz").status, 200U);
  EXPECT_EQ(http.get("/").status, 200U);
  const Reply refused = http.get("/api/v1/mentions");
  EXPECT_EQ(refused.status, 401U);
  EXPECT_EQ(refused.fields.at("www-authenticate"), "Bearer");
  for (const char* wrong :
       {"Bearer s3cre", "Bearer s3cret2", "Basic s3cret", "s3cret", "Bearer "}) {
    EXPECT_EQ(http.get("/api/v1/mentions", {{"Authorization", wrong}}).status, 401U) << wrong;
  }
  EXPECT_EQ(http.get("/metrics").status, 401U);
  EXPECT_EQ(http.get("/api/v1/mentions", {{"Authorization", "Bearer s3cret"}}).status, 200U);
  unsigned status = 0;
  LiveClient stranger(port(), {}, &status);
  EXPECT_EQ(status, 401U);
  LiveClient page(port(), {{"Sec-WebSocket-Protocol", "passaparola.v1, bearer.s3cret"}}, &status);
  EXPECT_EQ(status, 101U);
  EXPECT_EQ(page.protocol(), "passaparola.v1");
}

TEST_F(HttpTest, AForeignHostOrOriginIsRefused) {
  start();
  auto http = client();
  EXPECT_EQ(http.get("/healthz", {{"Host", "evil.example"}}).status, 421U);
  EXPECT_EQ(http.get("/healthz", {{"Host", "127.0.0.1.evil.example"}}).status, 421U);
  EXPECT_EQ(http.get("/healthz", {{"Host", "localhost:1"}}).status, 200U);
  EXPECT_EQ(http.get("/healthz", {{"Host", "[::1]:8737"}}).status, 200U);
  EXPECT_EQ(
      http.send("DELETE", "/api/v1/authors/a/b", {}, {{"Origin", "http://evil.example"}}).status,
      403U);
  unsigned status = 0;
  LiveClient evil(port(), {{"Origin", "http://evil.example"}}, &status);
  EXPECT_EQ(status, 403U);
  LiveClient null_origin(port(), {{"Origin", "null"}}, &status);
  EXPECT_EQ(status, 403U);
  LiveClient wordy(port(), {{"Cookie", std::string(4000, 'c')}}, &status);
  EXPECT_EQ(status, 101U) << "a long head is no reason to refuse";
  const std::string same = "http://127.0.0.1:" + std::to_string(port());
  LiveClient own(port(), {{"Origin", same}}, &status);
  EXPECT_EQ(status, 101U);
}

TEST_F(HttpTest, APublicAddressNeedsAToken) {
  ServerOptions options;
  options.address = "0.0.0.0";
  Services services;
  services.store = store_.get();
  services.push = [](std::string, const std::function<void(Result<PushOutcome>)>&) {};
  services.compile_filter = [](std::string_view) { return Filter(); };
  services.forget = [](const std::vector<store::AuthorId>&) -> Forgotten {
    return std::vector<std::optional<store::ErasureProof>>();
  };
  const auto started = Server::start(options, services);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::invalid_argument);
}

TEST_F(HttpTest, AnAddressInUseIsSaid) {
  start();
  ServerOptions options;
  options.port = port();
  Services services;
  services.store = store_.get();
  services.push = [](std::string, const std::function<void(Result<PushOutcome>)>&) {};
  services.compile_filter = [](std::string_view) { return Filter(); };
  services.forget = [](const std::vector<store::AuthorId>&) -> Forgotten {
    return std::vector<std::optional<store::ErasureProof>>();
  };
  const auto started = Server::start(options, services);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::in_use);
}

}  // namespace
}  // namespace passaparola::feed
