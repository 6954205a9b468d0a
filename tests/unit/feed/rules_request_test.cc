// PUT /rules and POST /rules:check: what is handed on, and what each verdict becomes.
#include <gmock/gmock.h>

#include "core/limits.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::HasSubstr;

const Fields kJson{{"Content-Type", "application/json; charset=utf-8"}};

class RulesRequests : public ServerTest {
 protected:
  Reply put(const std::string& body, Fields fields = kJson) {
    return client().send("PUT", "/api/v1/rules", body, fields);
  }
};

TEST_F(RulesRequests, AreHandedOnAsTheyCame) {
  start();
  const Reply put_reply = put(R"({"files":[]})", {kJson.front(), {"If-Match", "\"abc\""}});
  EXPECT_EQ(put_reply.status, 200U);
  EXPECT_EQ(put_reply.body, R"({"rules":1})");
  EXPECT_EQ(put_reply.fields.at("etag"), "\"def\"");
  EXPECT_EQ(
      client().send("POST", "/api/v1/rules:check", "x", {{"Content-Type", "text/plain"}}).status,
      200U);
  ASSERT_EQ(rules_requests_.size(), 2U);
  EXPECT_EQ(rules_requests_[0].body, R"({"files":[]})");
  EXPECT_EQ(rules_requests_[0].only_over, "abc");
  EXPECT_EQ(rules_requests_[0].by, "local");
  EXPECT_TRUE(rules_requests_[0].is_json);
  EXPECT_FALSE(rules_requests_[0].only_check);
  EXPECT_FALSE(rules_requests_[1].is_json);
  EXPECT_TRUE(rules_requests_[1].only_check);
  EXPECT_EQ(client().get("/api/v1/rules").fields.at("etag"), "\"abc\"");
}

TEST_F(RulesRequests, BadRulesAnswerWithTheirDiagnostics) {
  start();
  rules_reply_ = RulesReply{"", "", "1 error", R"([{"line":3,"code":"E-SYNTAX"}])", false};
  const Reply reply = put("{}");
  EXPECT_EQ(reply.status, 422U);
  EXPECT_EQ(member(reply.body, "type"), "/problems/bad-rules");
  EXPECT_THAT(reply.body, HasSubstr(R"("diagnostics":[{"line":3,"code":"E-SYNTAX"}])"));
}

TEST_F(RulesRequests, StaleAndFailedChangesAreProblems) {
  start();
  rules_reply_ = RulesReply{"", "", "", "", true};
  EXPECT_EQ(put("{}").status, 412U);
  rules_reply_ = fail(ErrorCode::no_space, "the disk is full");
  EXPECT_EQ(put("{}").status, 503U);
  rules_reply_ = fail(ErrorCode::invalid_argument, "a file has a name and a text");
  EXPECT_EQ(put("{}").status, 400U);
}

TEST_F(RulesRequests, OfOtherKindsAreRefusedBeforeTheyAreRead) {
  start();
  EXPECT_EQ(put("{}", {}).status, 415U);
  EXPECT_EQ(put("{}", {kJson.front(), {"Content-Encoding", "gzip"}}).status, 415U);
  EXPECT_EQ(put("{}", {kJson.front(), {"Origin", "http://evil.example"}}).status, 403U);
  EXPECT_EQ(client().send("GET", "/api/v1/rules", "{}", kJson).status, 400U);
  auto http = client();
  http.write("PUT /api/v1/rules HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
             std::to_string(kMaxRulesBodyBytes + 1) + "\r\n\r\n");
  EXPECT_EQ(http.read().status, 413U);
  EXPECT_TRUE(rules_requests_.empty());
}

TEST_F(RulesRequests, MayBeLargerThanAPush) {
  start();
  EXPECT_EQ(put(std::string(kMaxHttpBodyBytes + 1, ' ')).status, 200U);
  ASSERT_EQ(rules_requests_.size(), 1U);
  EXPECT_EQ(rules_requests_[0].body.size(), kMaxHttpBodyBytes + 1);
}

}  // namespace
}  // namespace passaparola::feed
