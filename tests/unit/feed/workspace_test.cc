// Workspaces: who is limited to some brands sees these and nothing of others, however they ask.
#include <gmock/gmock.h>
#include <simdjson.h>

#include "core/mention.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Fields kOne{{"Authorization", "Bearer one"}};
const Fields kTwo{{"Authorization", "Bearer two"}};
const Fields kAll{{"Authorization", "Bearer all"}};

class WorkspaceTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ServerOptions options;
    options.tokens = {{{"one", Role::writer, {"moka_nera"}}, hash_token("one"), std::nullopt},
                      {{"two", Role::writer, {"moka_nera", "teiera"}}, hash_token("two"), {}},
                      {{"all", Role::reader, {}}, hash_token("all"), std::nullopt}};
    start(options);
  }

  // Seqs 1 to 6: two of each brand.
  void publish_all() {
    for (int i = 0; i < 2; ++i) {
      for (const char* brand : {"moka_nera", "teiera", "vaso"}) publish({"testo"}, brand);
    }
  }
};

double number(const std::string& json, std::string_view name) {
  simdjson::dom::parser parser;
  double value = -1;
  EXPECT_EQ(parser.parse(json)[name].get(value), simdjson::SUCCESS) << json;
  return value;
}

TEST_F(WorkspaceTest, PagesHaveTheirBrandsAlone) {
  publish_all();
  auto http = client();
  EXPECT_THAT(seqs_of(http.get("/api/v1/mentions", kOne).body), ElementsAre(1, 4));
  EXPECT_THAT(seqs_of(http.get("/api/v1/mentions", kTwo).body), ElementsAre(1, 2, 4, 5));
  EXPECT_THAT(seqs_of(http.get("/api/v1/mentions", kAll).body), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(seqs_of(http.get("/api/v1/mentions?brand=teiera", kTwo).body), ElementsAre(2, 5));
  EXPECT_THAT(seqs_of(http.get("/api/v1/mentions?brand=vaso", kTwo).body), ElementsAre());
  EXPECT_THAT(seqs_of(http.get("/api/v1/mentions?where=brand:vaso", kTwo).body), ElementsAre());
  EXPECT_EQ(http.get("/api/v1/brands", kTwo).body,
            R"({"brands":[{"id":"moka_nera"},{"id":"teiera"}]})");
}

TEST_F(WorkspaceTest, AnAuthorHasTheHistoryOfTheirBrandsAlone) {
  publish_all();
  auto http = client();
  const Reply one = http.get("/api/v1/authors/test/anna", kOne);
  EXPECT_EQ(one.status, 200U);
  EXPECT_THAT(one.body, HasSubstr(R"("brand":"moka_nera")"));
  EXPECT_THAT(one.body, Not(HasSubstr("teiera")));
  EXPECT_EQ(http.get("/api/v1/authors/test/anna?brand=teiera", kOne).status, 404U);
  EXPECT_EQ(http.get("/api/v1/authors/test/anna?brand=teiera", kTwo).status, 200U);
}

TEST_F(WorkspaceTest, TheShareOfVoiceIsAmongTheirBrands) {
  publish_all();
  auto http = client();
  const std::string path = "/api/v1/brands/moka_nera/stats?kpi=true";
  EXPECT_NEAR(number(http.get(path, kAll).body, "share_of_voice"), 1.0 / 3, 0.001);
  EXPECT_NEAR(number(http.get(path, kTwo).body, "share_of_voice"), 0.5, 0.001);
  EXPECT_NEAR(number(http.get(path, kOne).body, "share_of_voice"), 1, 0.001);
  EXPECT_THAT(http.get(path, kAll).body, HasSubstr(R"("voice_by_mentions":{"part":2,"of":6)"));
  EXPECT_THAT(http.get(path, kTwo).body, HasSubstr(R"("voice_by_mentions":{"part":2,"of":4)"));
}

TEST_F(WorkspaceTest, AThreadHasAnswersOfTheirBrandsAlone) {
  auto http = client();
  ASSERT_EQ(http.send("POST", "/api/v1/posts", "", kAll).status, 403U) << "a reader";
  const auto commit = [this](const std::string& id, const std::string& brand) {
    PostView post;
    post.source = "test";
    post.id = id;
    post.author.id = "bruno";
    post.text = id;
    post.reply_to_id = "p1";
    post.created_at = now();
    ServerTest::publish(post, brand, Label::positive);
  };
  publish({"domanda"});  // p1
  commit("risposta", "moka_nera");
  commit("estranea", "teiera");
  const std::string root = "/api/v1/mentions/" + mention_id("test", "p1", "moka_nera") + "/thread";
  EXPECT_THAT(http.get(root, kAll).body, HasSubstr("estranea"));
  EXPECT_THAT(http.get(root, kOne).body, HasSubstr("risposta"));
  EXPECT_THAT(http.get(root, kOne).body, Not(HasSubstr("estranea")));
  publish({"altra"}, "vaso");  // p2
  const std::string answer = mention_id("test", "risposta", "moka_nera");
  EXPECT_THAT(http.get("/api/v1/mentions/" + answer + "/thread", kOne).body, HasSubstr("domanda"));
}

TEST_F(WorkspaceTest, LiveReadersWithTheSameFilterEachSeeTheirBrands) {
  LiveClient one(port(), kOne), two(port(), kTwo), all(port(), kAll);
  for (LiveClient* client : {&one, &two, &all}) {
    client->say(R"({"op":"subscribe","id":"s","after":"start","every_ms":0})");
    EXPECT_EQ(member(client->hear(), "op"), "subscribed");
  }
  publish_all();
  const auto seen = [](LiveClient& client, std::size_t count) {
    std::vector<std::uint64_t> seqs;
    while (seqs.size() < count) {
      const std::string frame = client.hear();
      if (frame.empty()) break;
      for (const std::uint64_t seq : seqs_of(frame)) seqs.push_back(seq);
    }
    return seqs;
  };
  EXPECT_THAT(seen(one, 2), ElementsAre(1, 4));
  EXPECT_THAT(seen(two, 4), ElementsAre(1, 2, 4, 5));
  EXPECT_THAT(seen(all, 6), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(WorkspaceTest, ManyAreWorkedOnOnlyAmongTheirBrands) {
  publish_all();
  auto http = client();
  Fields json = kOne;
  json.emplace_back("Content-Type", "application/json");
  const auto together = [&](const std::string& body) {
    return http.send("POST", "/api/v1/mentions:triage", body, json).body;
  };
  EXPECT_THAT(together(R"({"state":"open","where":"","dry_run":true})"),
              HasSubstr("\"matched\":2"));
  EXPECT_THAT(together(R"({"state":"open","where":""})"), HasSubstr("\"changed\":2"));
  const std::string mine = mention_id("test", "p1", "moka_nera");
  const std::string foreign = mention_id("test", "p2", "teiera"), none(32, 'f');
  const std::string said = together(R"({"state":"done","ids":[")" + foreign + R"(",")" + mine +
                                    R"(",")" + none + R"("]})");
  EXPECT_THAT(said, HasSubstr("\"matched\":3,\"changed\":1"));
  const std::string first = std::min(foreign, none), second = std::max(foreign, none);
  EXPECT_THAT(said, HasSubstr(R"("not_found":[")" + first + R"(",")" + second + R"("])"));
  EXPECT_THAT(http.get("/api/v1/mentions/" + foreign, kAll).body, Not(HasSubstr("\"history\"")));
  EXPECT_THAT(http.get("/api/v1/mentions/" + mine, kAll).body, HasSubstr("\"done\""));
}

TEST_F(WorkspaceTest, NewsIsOfTheirBrandsAlone) {
  publish_all();
  LiveClient one(port(), kOne), all(port(), kAll);
  for (LiveClient* client : {&one, &all}) {
    client->say(R"({"op":"subscribe","id":"s","channels":["changes"]})");
    EXPECT_EQ(member(client->hear(), "op"), "subscribed");
  }
  Fields json = kTwo;
  json.emplace_back("Content-Type", "application/json");
  for (const auto& [post, brand] : {std::pair("p2", "teiera"), std::pair("p1", "moka_nera")}) {
    const std::string path = "/api/v1/mentions/" + mention_id("test", post, brand);
    EXPECT_EQ(client().send("PATCH", path, R"({"state":"open"})", json).status, 200U);
  }
  EXPECT_EQ(member(all.hear(), "brand"), "teiera");
  EXPECT_EQ(member(all.hear(), "brand"), "moka_nera");
  EXPECT_EQ(member(one.hear(), "brand"), "moka_nera") << "and nothing before";
}

TEST_F(WorkspaceTest, FiguresHaveNoShareAmongForeignBrands) {
  publish_all();
  LiveClient one(port(), kOne), all(port(), kAll);
  for (LiveClient* client : {&one, &all}) {
    client->say(R"({"op":"subscribe","id":"s","brand":"moka_nera","channels":["stats"]})");
    EXPECT_EQ(member(client->hear(), "op"), "subscribed");
  }
  EXPECT_THAT(all.hear(), HasSubstr("share_of_voice"));
  const std::string frame = one.hear();
  EXPECT_EQ(member(frame, "brand"), "moka_nera");
  EXPECT_THAT(frame, Not(HasSubstr("share_of_voice")));
  EXPECT_THAT(client().get("/api/v1/alerts", kOne).body, Not(HasSubstr("teiera")));
}

TEST_F(WorkspaceTest, EventsAreOfTheirBrandsAlone) {
  publish_all();
  auto events = client();
  events.write(
      "GET /api/v1/live/sse?after=start HTTP/1.1\r\nHost: localhost\r\n"
      "Authorization: Bearer two\r\n\r\n");
  std::string text;
  for (int i = 0; i < 4; ++i) text += events.read_until("\"seq\":") + events.read_until(",");
  EXPECT_THAT(text, HasSubstr("\"seq\":5,"));
  EXPECT_THAT(text, Not(HasSubstr("vaso")));
}

TEST_F(WorkspaceTest, EventsOfEveryChannelAreOfTheirBrandsAlone) {
  publish_all();
  auto events = client();
  events.write(
      "GET /api/v1/live/sse?channels=stats,changes,alerts HTTP/1.1\r\nHost: localhost\r\n"
      "Authorization: Bearer one\r\n\r\n");
  events.read_until("retry: 2000\n\n");
  const std::string figures = events.read_until("\n\n");
  EXPECT_THAT(figures, HasSubstr(R"("brand":"moka_nera")"));
  EXPECT_THAT(figures, Not(HasSubstr("share_of_voice")));
  for (const auto& [post, brand] : {std::pair("p2", "teiera"), std::pair("p1", "moka_nera")}) {
    Fields fields = kTwo;
    fields.emplace_back("Content-Type", "application/json");
    const Reply reply =
        client().send("PATCH", "/api/v1/mentions/" + mention_id("test", post, brand),
                      R"({"state":"done"})", fields);
    EXPECT_EQ(reply.status, 200U) << reply.body;
  }
  const std::string change = events.read_until("\n\n");
  EXPECT_THAT(change, HasSubstr("event: change\n"));
  EXPECT_THAT(change, HasSubstr(R"("brand":"moka_nera")")) << "the first of all";
}

}  // namespace
}  // namespace passaparola::feed
