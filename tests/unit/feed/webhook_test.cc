// POST /webhooks/{name}: what a signature opens, and everything that it does not.
#include <gmock/gmock.h>

#include <atomic>
#include <future>

#include "core/hash.h"
#include "core/limits.h"
#include "feed/webhook_signature.h"
#include "unit/feed/gzip.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kStart = 1'700'000'000;  // seconds; the server's first
const std::string kKey(24, 'k');
const std::string kNewKey(32, 'n');
const std::string kOtherKey(24, 'o');
const std::string kPath = "/api/v1/webhooks/crm";

std::string post(const std::string& id) {
  return R"({"source":"test","id":")" + id + R"(","author":{"id":"a"},"text":"bene"})" + "\n";
}

Fields signed_fields(const std::string& id, std::int64_t second, const std::string& body,
                     const std::string& key = kKey) {
  const std::string at = std::to_string(second);
  return {{"webhook-id", id},
          {"webhook-timestamp", at},
          {"webhook-signature", "v1," + webhook_signature(key, id, at, body)}};
}

std::string problem_of(const Reply& reply) {
  return std::to_string(reply.status) + " " + member(reply.body, "title");
}

class WebhookTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    webhooks_ = {{"crm", {kKey, kNewKey}, {}}, {"shop", {kOtherKey}, {}}};
    clock_ = [this] { return Timestamp{second_ * 1000 + 500}; };
  }

  // Begins at kStart, and goes on to ten seconds later.
  void start_and_wait(const ServerOptions& options = {}) {
    second_ = kStart;
    start(options);
    second_ = kStart + 10;
  }

  Reply send(const std::string& id, const std::string& body, const std::string& key = kKey) {
    return client().send("POST", kPath, body, signed_fields(id, second_, body, key));
  }
  Reply send_at(std::int64_t second, const std::string& id, const std::string& body) {
    return client().send("POST", kPath, body, signed_fields(id, second, body));
  }
  Reply send_with(Fields fields, const std::string& body, const std::string& path = kPath) {
    return client().send("POST", path, body, fields);
  }
  std::string metric(const std::string& outcome, const std::string& webhook = "crm") {
    const std::string text = client().get("/metrics").body;
    const std::string series = "passaparola_webhook_requests_total{webhook=\"" + webhook +
                               "\",outcome=\"" + outcome + "\"} ";
    const auto at = text.find(series);
    if (at == std::string::npos) return "";
    const auto begin = at + series.size();
    return text.substr(begin, text.find('\n', begin) - begin);
  }

  std::atomic<std::int64_t> second_{kStart};
};

TEST_F(WebhookTest, ASignedPushIsAPush) {
  start_and_wait();
  const Reply reply = send("m1", post("1") + "{}\n" + post("2"));
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body,
            R"({"accepted":2,"duplicates":0,"rejected":[{"line":2,"reason":"missing_field"}]})");
  EXPECT_EQ(store_->last_seq(), 2U) << "durable";
  EXPECT_THAT(send("m2", post("1")).body, HasSubstr("\"duplicates\":1"));
  EXPECT_EQ(send("m3", post("3"), kNewKey).status, 200U) << "any of the secrets";
  EXPECT_EQ(metric("accepted"), "3");
}

TEST_F(WebhookTest, NeedsNoTokenAndNoTokenStandsForIt) {
  ServerOptions options;
  options.tokens = {admin_token("segreto")};
  start_and_wait(options);
  EXPECT_EQ(send("m1", post("1")).status, 200U);
  const Fields token{{"Authorization", "Bearer segreto"}};
  EXPECT_EQ(problem_of(send_with(token, post("2"))), "400 webhook-headers");
  Fields both = signed_fields("m2", second_, post("2"), kOtherKey);
  both.push_back(token.front());
  EXPECT_EQ(problem_of(send_with(both, post("2"))), "401 webhook-signature");
  EXPECT_EQ(pushes_, 1U);
}

TEST_F(WebhookTest, NobodyElseIsLetIn) {
  start_and_wait();
  const std::string body = post("1");
  const Fields good = signed_fields("m1", second_, body);
  EXPECT_EQ(problem_of(send_with(good, body, "/api/v1/webhooks/nobody")), "404 not-found");
  EXPECT_EQ(problem_of(send_with(good, body, "/api/v1/webhooks/shop")), "401 webhook-signature");
  EXPECT_EQ(problem_of(send("m1", body, kOtherKey)), "401 webhook-signature");
  EXPECT_EQ(problem_of(send_with(good, post("2"))), "401 webhook-signature");
  EXPECT_EQ(problem_of(send_with(good, "")), "401 webhook-signature");
  Fields other = good;
  other[0].second = "m2";
  EXPECT_EQ(problem_of(send_with(other, body)), "401 webhook-signature");
  other = good;
  other[1].second = std::to_string(second_ + 1);
  EXPECT_EQ(problem_of(send_with(other, body)), "401 webhook-signature");
  other = good;
  other[2].second = "v2" + other[2].second.substr(2);
  const Reply version = send_with(other, body);
  EXPECT_EQ(problem_of(version), "401 webhook-signature");
  EXPECT_EQ(version.fields.at("www-authenticate"), "Webhook-Signature");
  EXPECT_EQ(version.fields.at("content-type"), "application/problem+json");
  EXPECT_EQ(client().get(kPath).status, 405U);
  EXPECT_EQ(pushes_, 0U);
  EXPECT_EQ(metric("webhook-signature"), "6");
  EXPECT_EQ(metric("webhook-signature", "shop"), "1");
  EXPECT_EQ(metric("not-found", "nobody"), "") << "no name of a stranger's choice";
  EXPECT_EQ(send_with(good, body).status, 200U) << "what was refused is not remembered";
}

TEST_F(WebhookTest, MissingAndMalformedFieldsAreNamed) {
  start_and_wait();
  const std::string body = post("1");
  for (std::size_t i = 0; i < 3; ++i) {
    Fields fields = signed_fields("m1", second_, body);
    const std::string name = fields[i].first;
    fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(i));
    const Reply reply = send_with(fields, body);
    EXPECT_EQ(problem_of(reply), "400 webhook-headers");
    EXPECT_THAT(member(reply.body, "detail"), HasSubstr(name));
  }
  EXPECT_EQ(problem_of(send("a.b", body)), "400 webhook-headers");
  EXPECT_EQ(problem_of(send(std::string(256, 'a'), body)), "400 webhook-headers");
  EXPECT_EQ(metric("webhook-headers"), "5");
  EXPECT_EQ(pushes_, 0U);
}

TEST_F(WebhookTest, OneSignatureOfSeveralIsEnough) {
  start_and_wait();
  const std::string body = post("1");
  Fields fields = signed_fields("m1", second_, body);
  fields[2].second = "v1a,AAAA " + signed_fields("m1", second_, body, kOtherKey)[2].second + " " +
                     fields[2].second;
  EXPECT_EQ(send_with(fields, body).status, 200U);
}

TEST_F(WebhookTest, ClocksMayBeThreeHundredSecondsApart) {
  start_and_wait();
  second_ = kStart + 1'000;
  const std::int64_t now = second_;
  EXPECT_EQ(send_at(now - 299, "a", post("1")).status, 200U);
  EXPECT_EQ(send_at(now + 300, "b", post("2")).status, 200U);
  EXPECT_EQ(problem_of(send_at(now - 300, "c", post("3"))), "401 webhook-timestamp")
      << "300.5 s, as the clock stands at half a second";
  EXPECT_EQ(problem_of(send_at(now + 301, "d", post("4"))), "401 webhook-timestamp");
  EXPECT_EQ(problem_of(send_at(0, "e", post("5"))), "401 webhook-timestamp");
  EXPECT_EQ(problem_of(send_at(999'999'999'999, "f", post("6"))), "401 webhook-timestamp");
  EXPECT_EQ(metric("webhook-timestamp"), "4");
  EXPECT_EQ(pushes_, 2U);
}

TEST_F(WebhookTest, AReplayGetsTheFirstAnswerAndIsNotTakenAgain) {
  start_and_wait();
  const std::string body = post("1");
  const Fields fields = signed_fields("m1", second_, body);
  const Reply first = send_with(fields, body);
  second_ += 200;
  const Reply replay = send_with(fields, body);
  EXPECT_EQ(replay.status, 200U);
  EXPECT_EQ(replay.body, first.body) << "accepted, and no duplicate: it was not pushed";
  EXPECT_EQ(send("m1", body).body, first.body) << "a retry that was signed anew";
  EXPECT_EQ(pushes_, 1U);
  EXPECT_EQ(metric("repeated"), "2");
  EXPECT_EQ(problem_of(send("m1", post("2"))), "422 webhook-id-reused");
  EXPECT_EQ(pushes_, 1U);
}

TEST_F(WebhookTest, AnIdBelongsToItsWebhookAlone) {
  start_and_wait();
  EXPECT_EQ(send("m1", post("1")).status, 200U);
  const std::string body = post("2");
  const Reply shop =
      send_with(signed_fields("m1", second_, body, kOtherKey), body, "/api/v1/webhooks/shop");
  EXPECT_THAT(shop.body, HasSubstr("\"accepted\":1"));
  const Reply keyed =
      client().send("POST", "/api/v1/posts", post("3"), {{"Idempotency-Key", "m1"}});
  EXPECT_THAT(keyed.body, HasSubstr("\"accepted\":1"));
}

TEST_F(WebhookTest, OfTwoAtOnceOneIsTaken) {
  std::promise<std::function<void(Result<PushOutcome>)>> under_way;
  auto push = [&under_way](const std::string&, std::function<void(Result<PushOutcome>)> done) {
    under_way.set_value(std::move(done));  // a second call would throw
  };
  webhooks_[0].push = push;
  start_and_wait();
  const std::string body = post("1");
  HttpClient slow(port());
  std::string head = "POST " + kPath + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n";
  for (const auto& [name, value] : signed_fields("m1", second_, body)) {
    head += name + ": " + value + "\r\n";
  }
  slow.write(head + "\r\n" + body);
  const auto done = under_way.get_future().get();
  EXPECT_EQ(problem_of(send("m1", body)), "409 push-under-way");
  done(PushOutcome{1, 0, {}});
  const Reply first = slow.read();
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(send("m1", body).body, first.body);
}

TEST_F(WebhookTest, WhatFailedMayBeSentAgainUnderItsId) {
  start_and_wait();
  push_error_ = fail(ErrorCode::no_space, "the disk is full");
  const Reply full = send("m1", post("1"));
  EXPECT_EQ(problem_of(full), "503 no-space");
  EXPECT_EQ(full.fields.count("retry-after"), 1U);
  push_error_.code = ErrorCode::cancelled;
  EXPECT_THAT(send("m1", post("1")).body, HasSubstr("\"accepted\":1"));
  EXPECT_EQ(metric("no-space"), "1");
}

TEST_F(WebhookTest, ARestartOpensNoWindow) {
  start_and_wait();
  const std::string body = post("1");
  const Fields taken = signed_fields("m1", second_, body);
  EXPECT_EQ(send_with(taken, body).status, 200U);
  stop();
  start();  // in the same second
  second_ += 20;
  const Reply replay = send_with(taken, body);
  EXPECT_EQ(problem_of(replay), "503 sign-again");
  EXPECT_EQ(replay.fields.count("retry-after"), 1U);
  EXPECT_EQ(pushes_, 1U);
  EXPECT_EQ(problem_of(send_with(signed_fields("m1", second_, body, kOtherKey), body)),
            "401 webhook-signature")
      << "strangers are not told";
  EXPECT_THAT(send("m1", body).body, HasSubstr("\"duplicates\":1")) << "signed anew";
  EXPECT_EQ(metric("sign-again"), "1");
}

TEST_F(WebhookTest, GzipIsVerifiedAsItWasSentAndInflatedAfterwards) {
  start_and_wait();
  const std::string body = gzip(post("1") + post("2"));
  const auto send_gzip = [this](const std::string& id, const std::string& bytes,
                                const std::string& signed_bytes) {
    Fields fields = signed_fields(id, second_, signed_bytes);
    fields.emplace_back("Content-Encoding", "gzip");
    return send_with(fields, bytes);
  };
  EXPECT_THAT(send_gzip("m1", body, body).body, HasSubstr("\"accepted\":2"));
  EXPECT_EQ(problem_of(send_gzip("m2", body, post("1") + post("2"))), "401 webhook-signature");
  const std::string bomb = gzip(std::string(kMaxInflatedBodyBytes, ' '));
  EXPECT_EQ(problem_of(send_gzip("m3", bomb, "else")), "401 webhook-signature")
      << "nothing is inflated for strangers";
  EXPECT_EQ(problem_of(send_gzip("m3", bomb, bomb)), "413 body-too-large");
  EXPECT_EQ(problem_of(send_gzip("m4", "not gzip", "not gzip")), "400 bad-gzip");
  Fields brotli = signed_fields("m5", second_, body);
  brotli.emplace_back("Content-Encoding", "br");
  EXPECT_EQ(problem_of(send_with(brotli, body)), "415 content-encoding");
}

TEST_F(WebhookTest, ABodyOverTheLimitIsRefusedBeforeItIsRead) {
  start_and_wait();
  auto http = client();
  http.write("POST " + kPath + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
             std::to_string(kMaxHttpBodyBytes + 1) + "\r\n\r\n");
  EXPECT_EQ(http.read().status, 413U);
  const std::string most(kMaxHttpBodyBytes, ' ');  // one line, which is no post
  EXPECT_EQ(send("m1", most).status, 200U);
}

// Bodies of strangers, who may take their time, leave no push outside.
TEST_F(WebhookTest, WhatIsNotVerifiedCrowdsOutNoPush) {
  start_and_wait();
  const std::string head = "POST " + kPath + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                           std::to_string(kMaxHttpBodyBytes) +
                           "\r\nContent-Encoding: gzip\r\nExpect: 100-continue\r\nwebhook-id: a"
                           "\r\nwebhook-signature: v1,x\r\nwebhook-timestamp: " +
                           std::to_string(second_) + "\r\n\r\n";
  std::vector<std::unique_ptr<HttpClient>> strangers;
  for (std::size_t i = 0; i < kMaxUnverifiedBytesInFlight / kMaxHttpBodyBytes; ++i) {
    strangers.push_back(std::make_unique<HttpClient>(port()));
    strangers.back()->write(head);
    EXPECT_THAT(strangers.back()->read_until("\r\n\r\n"), HasSubstr("100 Continue"));
  }
  EXPECT_EQ(problem_of(send("m1", post("1"))), "429 overloaded");
  EXPECT_EQ(client().send("POST", "/api/v1/posts", post("1")).status, 200U);
  strangers.clear();
}

TEST_F(WebhookTest, NothingThatIsSaidHasASecret) {
  start_and_wait();
  std::string said;
  const auto hear = [&said](const Reply& reply) {
    for (const auto& [name, value] : reply.fields) said += name + ": " + value + "\n";
    said += reply.body + "\n";
  };
  hear(send("m1", post("1")));
  hear(send("m1", post("1")));
  hear(send("m2", post("1"), kOtherKey));
  hear(send("a.b", post("1")));
  hear(send_at(0, "m3", post("1")));
  for (const char* target : {"/metrics", "/openapi.json", "/api/v1/sources", "/api/v1/rules",
                             "/healthz", "/readyz", "/api/v1/mentions"}) {
    hear(client().get(target));
  }
  EXPECT_THAT(said, HasSubstr("webhook=\"crm\",outcome=\"accepted\"")) << "it heard something";
  for (const std::string& key : {kKey, kNewKey, kOtherKey}) {
    EXPECT_THAT(said, AllOf(Not(HasSubstr(key)), Not(HasSubstr(to_hex(key)))));
  }
  const std::string right = signed_fields("m2", second_, post("1"))[2].second.substr(3);
  EXPECT_THAT(said, Not(HasSubstr(right))) << "nor the signature that was wanted";
  EXPECT_THAT(said, AllOf(Not(HasSubstr("a2tra2tr")), Not(HasSubstr("whsec_"))));
}

}  // namespace
}  // namespace passaparola::feed
