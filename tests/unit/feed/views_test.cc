// Saved views: kept, read by pages, subscriptions and feed readers, and by nobody of another
// workspace.
#include "feed/views.h"

#include <gmock/gmock.h>
#include <simdjson.h>

#include "core/limits.h"
#include "feed/token.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ViewsTest : public ServerTest {
 protected:
  Reply put(const std::string& name, const std::string& body, const Fields& more = {}) {
    Fields fields{{"Content-Type", "application/json"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return client().send("PUT", "/api/v1/views/" + name, body, fields);
  }
};

TEST_F(ViewsTest, AViewIsKeptUsedAndDeleted) {
  publish({"a"});
  publish({"b"}, "altra");
  publish({"c"});
  start();
  const Reply saved = put("moka", R"({"title":"La moka","where":"brand:moka_nera"})");
  ASSERT_EQ(saved.status, 200U) << saved.body;
  EXPECT_THAT(saved.body, HasSubstr(R"({"name":"moka","title":"La moka","brand":"","where":)"
                                    R"("brand:moka_nera","by":"local","at":"2)"));
  ASSERT_EQ(put("altra", R"({"brand":"altra"})").status, 200U);
  stop();
  start();
  EXPECT_EQ(client().get("/api/v1/views/moka").body, saved.body) << "after a restart";
  EXPECT_THAT(client().get("/api/v1/views").body,
              AllOf(HasSubstr(R"({"views":[{"name":"altra","title":"altra","brand":"altra")"),
                    HasSubstr(saved.body)));
  EXPECT_THAT(seqs_of(client().get("/api/v1/mentions?view=moka").body), ElementsAre(1, 3));
  EXPECT_THAT(seqs_of(client().get("/api/v1/mentions?view=altra").body), ElementsAre(2));
  EXPECT_EQ(client().get("/api/v1/mentions?view=altra&brand=moka_nera").status, 400U);
  EXPECT_EQ(client().get("/api/v1/mentions?view=none").status, 404U);

  LiveClient live(port());
  live.say(R"({"op":"subscribe","id":"s","view":"altra","after":"start"})");
  EXPECT_EQ(member(live.hear(), "op"), "subscribed");
  EXPECT_THAT(seqs_of(live.hear()), ElementsAre(2));
  live.say(R"({"op":"subscribe","id":"t","view":"none"})");
  EXPECT_EQ(member(live.hear(), "code"), "bad_view");
  auto events = client();
  events.write("GET /api/v1/live/sse?after=start&view=altra HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(events.read_until("\"seq\":2"), Not(HasSubstr("\"seq\":1")));

  EXPECT_EQ(client().send("DELETE", "/api/v1/views/moka").status, 200U);
  EXPECT_EQ(client().get("/api/v1/views/moka").status, 404U);
  EXPECT_EQ(client().send("DELETE", "/api/v1/views/moka").status, 404U);
}

TEST_F(ViewsTest, WhatMakesNoSenseIsAProblem) {
  start();
  EXPECT_EQ(put("Big", R"({"where":""})").status, 400U);
  EXPECT_EQ(put("v", "[]").status, 400U);
  EXPECT_EQ(put("v", R"({"title":7})").status, 400U);
  EXPECT_EQ(put("v", R"({"where":"???"})").status, 400U);
  EXPECT_EQ(put("v", R"({"title":")" + std::string(kMaxViewTitleBytes + 1, 'x') + "\"}").status,
            400U);
  EXPECT_EQ(client().get("/api/v1/views/v").status, 404U);
}

TEST_F(ViewsTest, FeedReadersGetTheNewestFirstWithHostileTextMadeHarmless) {
  publish({"primo", R"(<script>alert("&")</script> ]]>)", "terzo\x01"});
  start();
  put("all", R"({"title":"A <b>view</b>"})");
  const Reply rss = client().get("/api/v1/views/all/feed");
  ASSERT_EQ(rss.status, 200U) << rss.body;
  EXPECT_EQ(rss.fields.at("content-type"), "application/rss+xml; charset=utf-8");
  EXPECT_THAT(rss.body,
              AllOf(HasSubstr("<title>A &lt;b&gt;view&lt;/b&gt;</title>"),
                    HasSubstr("<description>&lt;script&gt;alert(\"&amp;\")&lt;/script&gt; ]]&gt;<"),
                    HasSubstr("<description>terzo</description>"), Not(HasSubstr("<script"))));
  EXPECT_LT(rss.body.find("terzo"), rss.body.find("primo"));
  const Reply json = client().get("/api/v1/views/all/feed?format=json");
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  ASSERT_EQ(parser.parse(json.body).get(root), simdjson::SUCCESS) << json.body;
  EXPECT_EQ(root["version"].get_string().value(), "https://jsonfeed.org/version/1.1");
  EXPECT_EQ(root["items"].at(0)["content_text"].get_string().value(), "terzo\x01");
  EXPECT_EQ(root["items"].at(2)["id"].get_string().value(), mention_id("test", "p1", "moka_nera"));
  EXPECT_EQ(client().get("/api/v1/views/all/feed?format=atom").status, 400U);
}

TEST_F(ViewsTest, ARareViewIsLookedForFarBack) {
  publish({"raro"}, "altra");
  publish_numbered(500);
  start();
  put("altra", R"({"brand":"altra"})");
  EXPECT_THAT(client().get("/api/v1/views/altra/feed").body, HasSubstr("raro"));
}

TEST_F(ViewsTest, AWorkspaceSeesItsOwnAndAPasswordIsATokenToo) {
  publish({"a"});
  publish({"b"}, "altra");
  ServerOptions options;
  options.tokens = {{{"admin", Role::admin, {}}, hash_token("segreto"), std::nullopt},
                    {{"bruno", Role::writer, {"altra"}}, hash_token("limitato"), std::nullopt}};
  start(options);
  const Fields admin{{"Authorization", "Bearer segreto"}};
  const Fields bruno{{"Authorization", "Basic YW55OmxpbWl0YXRv"}};  // any:limitato
  EXPECT_EQ(put("all", "{}", admin).status, 200U);
  EXPECT_EQ(put("moka", R"({"brand":"moka_nera"})", admin).status, 200U);
  EXPECT_EQ(put("mine", R"({"brand":"altra"})", bruno).status, 200U);
  for (const char* name : {"all", "moka"}) {
    EXPECT_EQ(client().get(std::string("/api/v1/views/") + name, bruno).status, 404U);
    EXPECT_EQ(put(name, R"({"brand":"altra"})", bruno).status, 409U);
  }
  EXPECT_EQ(put("other", R"({"brand":"moka_nera"})", bruno).status, 400U);
  EXPECT_EQ(put("other", R"({"where":"brand:moka_nera"})", bruno).status, 400U);
  EXPECT_THAT(client().get("/api/v1/views", bruno).body,
              AllOf(HasSubstr("mine"), Not(HasSubstr("moka"))));
  EXPECT_EQ(client().get("/api/v1/views/mine/feed", {{"Authorization", "Basic x"}}).status, 401U);
  EXPECT_EQ(client().get("/api/v1/views/mine/feed", {{"Authorization", "Basic YW55"}}).status,
            401U);
}

}  // namespace
}  // namespace passaparola::feed
