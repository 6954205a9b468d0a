// Who asks again for what they have: told so, and nobody is told of what others have.
#include "feed/conditional.h"

#include <gmock/gmock.h>

#include "core/mention.h"
#include "feed/token.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::HasSubstr;

Head asking(std::initializer_list<std::string> lists) {
  Head head;
  for (const std::string& list : lists) head.fields.emplace_back("if-none-match", list);
  return head;
}

TEST(IfNoneMatch, NamesATagInAnyOfItsLists) {
  EXPECT_TRUE(names_etag(asking({R"("a")"}), R"("a")"));
  EXPECT_TRUE(names_etag(asking({R"("b", "a")"}), R"("a")"));
  EXPECT_TRUE(names_etag(asking({R"("b","c" , "a" , "d")"}), R"("a")"));
  EXPECT_TRUE(names_etag(asking({R"("b")", R"("a")"}), R"("a")")) << "a field may come twice";
  EXPECT_TRUE(names_etag(asking({R"("b, c", "a")"}), R"("a")")) << "commas may be of a tag";
  EXPECT_TRUE(names_etag(asking({R"(, ,"a")"}), R"("a")")) << "empty members say nothing";
  EXPECT_FALSE(names_etag(asking({R"("b, "a", c")"}), R"("a")")) << "that is no list of tags";
  EXPECT_FALSE(names_etag(asking({R"("b")", ""}), R"("a")"));
  EXPECT_FALSE(names_etag(asking({}), R"("a")"));
}

TEST(IfNoneMatch, ComparesWeakly) {
  EXPECT_TRUE(names_etag(asking({R"(W/"a")"}), R"("a")"));
  EXPECT_TRUE(names_etag(asking({R"(W/"b", W/"a")"}), R"("a")"));
  EXPECT_FALSE(names_etag(asking({R"(w/"a")"}), R"("a")")) << "the W is a capital";
}

TEST(IfNoneMatch, AStarAloneIsWhateverThereIs) {
  EXPECT_TRUE(names_etag(asking({"*"}), R"("a")"));
  EXPECT_FALSE(names_etag(asking({R"("*")"}), R"("a")"));
  EXPECT_FALSE(names_etag(asking({R"(*, "b")"}), R"("a")"));
}

TEST(IfNoneMatch, WhatIsNoTagNamesNothing) {
  for (const char* broken : {"a", "\"a", "a\"", "\"", "W/", "W/a", "W/ \"a\"", "\"b\" \"a\""}) {
    EXPECT_FALSE(names_etag(asking({broken}), R"("a")")) << broken;
  }
}

using ConditionalTest = ServerTest;

TEST_F(ConditionalTest, APageIsSentAgainOnlyWhenItHasChanged) {
  publish_numbered(2);
  start();
  auto http = client();
  const Reply first = http.get("/api/v1/mentions");
  ASSERT_EQ(first.status, 200U);
  const std::string etag = first.fields.at("etag");
  EXPECT_EQ(etag.size(), 34U) << etag;
  EXPECT_EQ(http.get("/api/v1/mentions").fields.at("etag"), etag);
  EXPECT_NE(http.get("/api/v1/mentions?limit=1").fields.at("etag"), etag);
  const Reply again = http.get("/api/v1/mentions", {{"If-None-Match", "\"x\", W/" + etag}});
  EXPECT_EQ(again.status, 304U);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.fields.at("etag"), etag);
  EXPECT_EQ(again.fields.at("cache-control"), "no-store");
  EXPECT_EQ(again.fields.at("vary"), "Authorization");
  EXPECT_TRUE(again.fields.contains("x-request-id"));
  EXPECT_FALSE(again.fields.contains("content-type"));
  EXPECT_FALSE(again.fields.contains("content-length"));
  publish_numbered(1);
  const Reply more = http.get("/api/v1/mentions", {{"If-None-Match", etag}});
  EXPECT_EQ(more.status, 200U) << "on the same connection, which 304 left in order";
  EXPECT_THAT(seqs_of(more.body), testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(http.get("/metrics").body,
              HasSubstr("{route=\"/api/v1/mentions\",status=\"304\"} 1\n"));
}

TEST_F(ConditionalTest, HeadSaysTheSame) {
  publish_numbered(1);
  start();
  auto http = client();
  const Reply get = http.get("/api/v1/brands");
  const Reply head = http.send("HEAD", "/api/v1/brands");
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.fields.at("etag"), get.fields.at("etag"));
  EXPECT_EQ(head.fields.at("content-length"), get.fields.at("content-length"));
  EXPECT_EQ(http.send("HEAD", "/api/v1/brands", {}, {{"If-None-Match", "*"}}).status, 304U);
  EXPECT_EQ(http.get("/api/v1/brands").body, get.body);
}

TEST_F(ConditionalTest, ProblemsAndChangesAreNeverKnown) {
  publish_numbered(1);
  start();
  auto http = client();
  const Fields any{{"If-None-Match", "*"}};
  EXPECT_EQ(http.get("/api/v1/mentions?limit=0", any).status, 400U);
  EXPECT_EQ(http.get("/api/v1/mentions/" + std::string(32, '0'), any).status, 404U);
  EXPECT_EQ(http.get("/metrics", any).status, 200U);
  const Reply pushed = http.send("POST", "/api/v1/posts", "{}\n", any);
  EXPECT_EQ(pushed.status, 200U) << pushed.body;
  EXPECT_FALSE(pushed.fields.contains("etag"));
}

TEST_F(ConditionalTest, TheRulesKeepTheTagOfTheirSet) {
  start();
  EXPECT_EQ(client().get("/api/v1/rules", {{"If-None-Match", R"("abc")"}}).status, 304U);
  EXPECT_EQ(client().get("/api/v1/rules", {{"If-None-Match", R"("def")"}}).status, 200U);
}

TEST_F(ConditionalTest, TheTriageOfAMentionDoesNotStandForAllOfIt) {
  publish({"buono"});
  start();
  auto http = client();
  const std::string path = "/api/v1/mentions/" + mention_id("test", "p1", "moka_nera");
  const std::string etag = http.get(path).fields.at("etag");
  const Reply corrected = http.send("PATCH", path, R"({"correction":{"label":"negative"}})",
                                    {{"Content-Type", "application/json"}});
  ASSERT_EQ(corrected.fields.at("etag"), etag) << "the premise: a correction is no step of triage";
  const Reply again = http.get(path, {{"If-None-Match", etag}});
  EXPECT_EQ(again.status, 200U) << "the correction would never be seen";
  EXPECT_THAT(again.body, HasSubstr("\"correction\""));
  EXPECT_EQ(http.get(path, {{"If-None-Match", "*"}}).status, 304U);
}

TEST_F(ConditionalTest, NobodyIsToldOfWhatOthersHave) {
  publish({"uno"}, "moka_nera");
  publish({"due"}, "teiera");
  ServerOptions options;
  options.tokens = {{{"one", Role::reader, {"moka_nera"}}, hash_token("one"), std::nullopt},
                    {{"two", Role::reader, {"teiera"}}, hash_token("two"), std::nullopt}};
  start(options);
  const auto ask = [this](const std::string& token, const std::string& path,
                          const std::string& etag) {
    return client().get(path, {{"Authorization", "Bearer " + token}, {"If-None-Match", etag}});
  };
  const std::string etag = ask("one", "/api/v1/mentions", "").fields.at("etag");
  EXPECT_EQ(ask("one", "/api/v1/mentions", etag).status, 304U);
  const Reply of_two = ask("two", "/api/v1/mentions", etag);
  EXPECT_EQ(of_two.status, 200U) << "two has never had what one has";
  EXPECT_NE(of_two.fields.at("etag"), etag);
  EXPECT_EQ(ask("three", "/api/v1/mentions", etag).status, 401U);
  EXPECT_EQ(ask("three", "/api/v1/mentions", "*").status, 401U);
  EXPECT_EQ(ask("one", "/api/v1/sources", "*").status, 403U);
  EXPECT_EQ(ask("one", "/api/v1/brands/teiera/stats", "*").status, 404U);
}

TEST_F(ConditionalTest, ListedOriginsMayAskAndAreAnswered) {
  ServerOptions options;
  options.origins = {"https://board.example"};
  start(options);
  auto http = client();
  http.write(
      "GET /api/v1/brands HTTP/1.1\r\nHost: localhost\r\nOrigin: https://board.example\r\n"
      "If-None-Match: *\r\n\r\n");
  const std::string head = http.read_until("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("HTTP/1.1 304 "));
  EXPECT_THAT(head, HasSubstr("Vary: Authorization\r\n"));
  EXPECT_THAT(head, HasSubstr("Vary: Origin\r\n"));
  EXPECT_THAT(head, HasSubstr("Access-Control-Allow-Origin: https://board.example\r\n"));
  const Reply asked = client().send(
      "OPTIONS", "/api/v1/brands", {},
      {{"Origin", "https://board.example"}, {"Access-Control-Request-Method", "GET"}});
  EXPECT_THAT(asked.fields.at("access-control-allow-headers"), HasSubstr("If-None-Match"));
}

}  // namespace
}  // namespace passaparola::feed
