// POST /posts: durable answers, gzip with a cap, idempotency, what is refused and how.
#include <gmock/gmock.h>

#include "core/limits.h"
#include "unit/feed/gzip.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::HasSubstr;

using PushTest = ServerTest;

const Fields kNdjson = {{"Content-Type", "application/x-ndjson"}};

std::string post(const std::string& id) {
  return R"({"source":"test","id":")" + id + R"(","author":{"id":"a"},"text":"bene"})" + "\n";
}

Fields with(Fields fields, const std::string& name, const std::string& value) {
  fields.emplace_back(name, value);
  return fields;
}

TEST_F(PushTest, WhatIsAcceptedIsDurableAndTheRestIsNamed) {
  start();
  auto http = client();
  const Reply reply = http.send("POST", "/api/v1/posts", post("1") + "{}\n" + post("2"), kNdjson);
  ASSERT_EQ(reply.status, 200U) << reply.body;
  EXPECT_EQ(reply.body,
            R"({"accepted":2,"duplicates":0,"rejected":[{"line":2,"reason":"missing_field"}]})");
  EXPECT_EQ(store_->last_seq(), 2U);
  const Reply again = http.send("POST", "/api/v1/posts", post("1"), kNdjson);
  EXPECT_THAT(again.body, HasSubstr("\"duplicates\":1"));
}

TEST_F(PushTest, GzipIsInflatedAndABombIsNot) {
  start();
  auto http = client();
  const Fields fields = with(kNdjson, "Content-Encoding", "gzip");
  const Reply good = http.send("POST", "/api/v1/posts", gzip(post("1")) + gzip(post("2")), fields);
  EXPECT_THAT(good.body, HasSubstr("\"accepted\":2"));
  const Reply bomb =
      http.send("POST", "/api/v1/posts", gzip(std::string(kMaxInflatedBodyBytes, ' ')), fields);
  EXPECT_EQ(bomb.status, 413U);
  const std::string whole = gzip(post("3"));
  EXPECT_EQ(http.send("POST", "/api/v1/posts", whole.substr(0, whole.size() / 2), fields).status,
            400U);
  EXPECT_EQ(http.send("POST", "/api/v1/posts", "not gzip", fields).status, 400U);
  EXPECT_EQ(store_->last_seq(), 2U);
}

TEST_F(PushTest, ChunksAreTaken) {
  start();
  auto http = client();
  const std::string body = post("1");
  char size[16];
  std::snprintf(size, sizeof size, "%zx", body.size());
  http.write(
      "POST /api/v1/posts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
      "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(http.read_until("\r\n\r\n"), HasSubstr("100 Continue"));
  http.write(std::string(size) + "\r\n" + body + "\r\n0\r\n\r\n");
  EXPECT_THAT(http.read().body, HasSubstr("\"accepted\":1"));
}

TEST_F(PushTest, AnIdempotencyKeyGivesTheSameAnswerOnce) {
  start();
  auto http = client();
  const Fields fields = with(kNdjson, "Idempotency-Key", "k1");
  const Reply first = http.send("POST", "/api/v1/posts", post("1"), fields);
  const Reply second = http.send("POST", "/api/v1/posts", post("1"), fields);
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(pushes_, 1U);
  EXPECT_EQ(http.send("POST", "/api/v1/posts", post("2"), fields).status, 422U);
}

TEST_F(PushTest, FailuresSayWhenToComeBackAndMayBeRepeated) {
  start();
  auto http = client();
  const Fields fields = with(kNdjson, "Idempotency-Key", "k2");
  push_error_ = fail(ErrorCode::overloaded, "the queue is full");
  const Reply full = http.send("POST", "/api/v1/posts", post("1"), fields);
  EXPECT_EQ(full.status, 429U);
  EXPECT_EQ(full.fields.count("retry-after"), 1U);
  push_error_ = fail(ErrorCode::no_space, "the disk is full");
  EXPECT_EQ(http.send("POST", "/api/v1/posts", post("1"), fields).status, 503U);
  push_error_ = fail(ErrorCode::io, "a write failed");
  EXPECT_EQ(http.send("POST", "/api/v1/posts", post("1"), fields).status, 503U);
  push_error_.code = ErrorCode::cancelled;
  EXPECT_THAT(http.send("POST", "/api/v1/posts", post("1"), fields).body,
              HasSubstr("\"accepted\":1"));
}

TEST_F(PushTest, OtherTypesAndEncodingsAreRefused) {
  start();
  EXPECT_EQ(client()
                .send("POST", "/api/v1/posts", "a=1",
                      {{"Content-Type", "application/x-www-form-urlencoded"}})
                .status,
            415U);
  EXPECT_EQ(
      client().send("POST", "/api/v1/posts", "x", with(kNdjson, "Content-Encoding", "br")).status,
      415U);
  EXPECT_EQ(client()
                .send("POST", "/api/v1/posts", "x",
                      with(kNdjson, "Idempotency-Key", std::string(256, 'k')))
                .status,
            400U);
  EXPECT_EQ(client().send("GET", "/api/v1/mentions", "a body").status, 400U);
}

TEST_F(PushTest, ABodyOverTheLimitIsRefusedBeforeItIsRead) {
  start();
  auto http = client();
  http.write("POST /api/v1/posts HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
             std::to_string(kMaxHttpBodyBytes + 1) + "\r\n\r\n");
  EXPECT_EQ(http.read().status, 413U);
}

}  // namespace
}  // namespace passaparola::feed
