// The strict gate: every smuggling case of the shared suite, against a real server.
#include <gmock/gmock.h>
#include <simdjson.h>

#include <cstdio>

#include "core/limits.h"
#include "feed/http.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using GateTest = ServerTest;

std::string push_with(const std::string& fields, const std::string& body = "abcd") {
  return "POST /api/v1/posts HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

std::string get_with(const std::string& fields) {
  return "GET /healthz HTTP/1.1\r\n" + fields + "\r\n";
}

std::map<std::string, std::string> requests() {
  const std::string chunks = "4\r\nabcd\r\n0\r\n\r\n";
  const std::string te = "Transfer-Encoding: ";
  return {
      {"CL+TE", push_with("Content-Length: 4\r\n" + te + "chunked\r\n", chunks)},
      {"TE+CL", push_with(te + "chunked\r\nContent-Length: 4\r\n", chunks)},
      {"duplicate CL, different", push_with("Content-Length: 4\r\nContent-Length: 5\r\n")},
      {"duplicate CL, same", push_with("Content-Length: 4\r\nContent-Length: 4\r\n")},
      {"CL: 4, 4", push_with("Content-Length: 4, 4\r\n")},
      {"CL: +4", push_with("Content-Length: +4\r\n")},
      {"TE: xchunked", push_with(te + "xchunked\r\n", chunks)},
      {"TE: chunked, identity", push_with(te + "chunked, identity\r\n", chunks)},
      {"TE in HTTP/1.0",
       "POST /api/v1/posts HTTP/1.0\r\nHost: localhost\r\n" + te + "chunked\r\n\r\n" + chunks},
      {"space before colon", get_with("Host : localhost\r\n")},
      {"obs-fold", get_with("Host: localhost\r\nX-A: b\r\n c\r\n")},
      {"bare LF", "GET /healthz HTTP/1.1\nHost: localhost\n\n"},
      {"bare CR in value", get_with("Host: localhost\r\nX-A: b\rc\r\n")},
      {"NUL in value", get_with(std::string("Host: localhost\r\nX-A: b\0c\r\n", 25))},
      {"no Host", get_with("X-A: b\r\n")},
      {"two Hosts", get_with("Host: localhost\r\nHost: localhost\r\n")},
      {"header > limit",
       get_with("Host: localhost\r\nX-A: " + std::string(kMaxHttpHeaderBytes, 'a') + "\r\n")},
      {"chunk size overflow", push_with(te + "chunked\r\n", "fffffffffffffffff\r\nabcd\r\n")},
      {"9 KB chunk extension",
       push_with(te + "chunked\r\n", "4;a=" + std::string(9 << 10, 'b') + "\r\nabcd\r\n0\r\n\r\n")},
      {"CL > body_limit",
       push_with("Content-Length: " + std::to_string(kMaxHttpBodyBytes + 1) + "\r\n", "")},
      {"control char in target", "GET /heal\x01thz HTTP/1.1\r\nHost: localhost\r\n\r\n"},
  };
}

TEST_F(GateTest, EverySmugglingCaseOfTheSuiteIsRefused) {
  const std::string path = PASSAPAROLA_DATA_DIR "/suites/hostile/http_smuggling.json";
  if (!std::filesystem::exists(path)) {
    std::puts("the shared data is not there: nothing to check");
    return;
  }
  start();
  const auto known = requests();
  simdjson::dom::parser parser;
  std::size_t checked = 0;
  for (const auto entry : parser.load(path).get_array()) {
    const std::string name(entry["case"].get_string().value());
    const std::string must(entry["project_must"].get_string().value());
    ASSERT_TRUE(known.contains(name)) << name;
    HttpClient http(port());
    http.write(known.at(name));
    const unsigned status = http.read().status;
    EXPECT_GE(status, 400U) << name;
    EXPECT_LT(status, 600U) << name;
    if (must.size() > 7) {
      EXPECT_EQ(std::to_string(status), must.substr(7)) << name;
    }
    EXPECT_EQ(http.read().status, 0U) << name << ": the connection must not go on";
    ++checked;
  }
  EXPECT_EQ(checked, known.size());
  EXPECT_EQ(pushes_, 0U);
}

TEST(Gate, AGoodHeadPasses) {
  const std::string bytes = "GET /a?b=c HTTP/1.1\r\nHost: Example.COM:8737\r\nX-A:  b \r\n\r\n";
  const auto end = find_head_end(bytes, 0);
  ASSERT_TRUE(end && !end->broken);
  EXPECT_EQ(end->bytes, bytes.size());
  const auto head = read_head(bytes);
  ASSERT_TRUE(std::holds_alternative<Head>(head));
  EXPECT_EQ(std::get<Head>(head).host, "example.com");
  EXPECT_EQ(std::get<Head>(head).field("x-a"), "b");
}

TEST(Gate, AHeadIsFoundHoweverItIsCut) {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(find_head_end(std::string_view(bytes).substr(0, cut), 0)) << cut;
    const auto end = find_head_end(bytes, cut);
    ASSERT_TRUE(end) << cut;
    EXPECT_EQ(end->bytes, bytes.size());
    EXPECT_FALSE(end->broken);
  }
}

TEST(Gate, TooManyFieldsAreRefused) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t i = 0; i < kMaxHttpHeaderFields; ++i) bytes += "A: b\r\n";
  const auto head = read_head(bytes + "\r\n");
  ASSERT_TRUE(std::holds_alternative<Problem>(head));
  EXPECT_EQ(std::get<Problem>(head).status, 431U);
}

TEST(Gate, TargetsAreDecoded) {
  const auto target = read_target("/authors/x/did%3Aplc%2Fa?where=a%20b&x");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path.back(), "did:plc/a");
  EXPECT_EQ(target->parameter("where"), "a b");
  EXPECT_FALSE(target->parameter("none"));
  EXPECT_FALSE(read_target("http://a/b"));
  EXPECT_FALSE(read_target("/%ff"));
  EXPECT_FALSE(read_target("/%00"));
  EXPECT_FALSE(read_target("/%zz"));
}

}  // namespace
}  // namespace passaparola::feed
