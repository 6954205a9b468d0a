// The authorisation matrix: every operation of openapi.json, asked by everybody there is.
#include <gmock/gmock.h>

#include "core/mention.h"
#include "unit/feed/openapi_document.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kSecret = "riservato";

Token token_of(const std::string& name, Role role, std::vector<std::string> brands = {}) {
  return {{name, role, std::move(brands)}, hash_token("token of " + name), std::nullopt};
}

Fields shown_by(const std::string& name) {
  if (name.empty()) return {};
  return {{"Authorization", "Bearer token of " + name}};
}

class RightsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ServerOptions options;
    options.tokens = {token_of("reader", Role::reader), token_of("writer", Role::writer),
                      token_of("admin", Role::admin), token_of("foreign", Role::admin, {"teiera"})};
    start(options);
  }

  // Something of a brand to ask about, of somebody new each time: an operation may take it away.
  void publish_something() {
    author_ = "anna" + std::to_string(published_);
    publish({std::string(kSecret)}, "moka_nera", Label::positive, author_);
    mention_ = mention_id("test", "p" + std::to_string(published_), "moka_nera");
  }

  std::string path_of(const Operation& operation) const {
    std::string path = operation.path;
    const auto put = [&path](std::string_view variable, const std::string& value) {
      const auto at = path.find(variable);
      if (at != std::string::npos) path.replace(at, variable.size(), value);
    };
    put("mentions/{id}", "mentions/" + mention_);
    put("{source}", "test");
    put("{id}", author_);
    put("{brand}", "moka_nera");
    put("{name}", "x");
    put("{hash}", "x");
    return path.ends_with("/sse") ? path + "?after=no-cursor" : path;  // a stream that ends at once
  }

  Reply ask(const Operation& operation, const std::string& who) const {
    Fields fields = shown_by(who);
    std::string body;
    if (!operation.body_type.empty()) {
      fields.emplace_back("Content-Type", operation.body_type);
      body = "{}";
    }
    return client().send(operation.method, path_of(operation), body, fields);
  }

  std::string author_, mention_;
};

TEST_F(RightsTest, EverybodyMayAskWhatTheDocumentSaysAndNothingElse) {
  publish({"libero"}, "teiera", Label::positive, "bruno");
  std::size_t asked = 0;
  for (const Operation& operation : documented(client().get("/openapi.json").body)) {
    if (operation.proof != "bearer") continue;
    const auto needed = parse_role(operation.role);
    ASSERT_TRUE(needed) << operation.method << ' ' << operation.path;
    publish_something();
    const std::string words = operation.method + " " + operation.path + " by ";
    EXPECT_EQ(ask(operation, "").status, 401U) << words << "nobody";
    EXPECT_EQ(ask(operation, "stranger").status, 401U) << words << "a stranger";
    const Reply foreign = ask(operation, "foreign");
    EXPECT_THAT(foreign.body, Not(HasSubstr(std::string(kSecret)))) << words << "foreign";
    if (!operation.in_workspace) {
      EXPECT_EQ(foreign.status, 403U) << words << "foreign";
    } else if (foreign.status < 300) {
      EXPECT_THAT(foreign.body, Not(HasSubstr("moka_nera"))) << words << "foreign";
    } else {
      EXPECT_NE(foreign.status, 403U) << words << "foreign: that it is there is told";
    }
    for (const Role role : {Role::reader, Role::writer, Role::admin}) {
      const std::string who(name_of(role));
      const Reply reply = ask(operation, who);
      EXPECT_NE(reply.status, 0U) << words << who;
      EXPECT_NE(reply.status, 401U) << words << who;
      EXPECT_EQ(reply.status == 403, role < *needed) << words << who << reply.status;
      if (role >= *needed) continue;
      EXPECT_EQ(member(reply.body, "title"), "forbidden") << words << who;
      EXPECT_THAT(reply.body, HasSubstr("whose role is " + operation.role)) << words << who;
    }
    ++asked;
  }
  EXPECT_GT(asked, 20U);
}

TEST_F(RightsTest, AForeignBrandMentionOrPersonLooksLikeNone) {
  publish_something();
  auto http = client();
  const auto said = [&](const std::string& path) {
    const Reply reply = http.get(path, shown_by("foreign"));
    EXPECT_EQ(reply.status, 404U) << path;
    return member(reply.body, "detail");
  };
  const std::string nobodys(32, '0');
  EXPECT_EQ(said("/api/v1/mentions/" + mention_), said("/api/v1/mentions/" + nobodys));
  EXPECT_EQ(said("/api/v1/mentions/" + mention_ + "/thread"),
            said("/api/v1/mentions/" + nobodys + "/thread"));
  EXPECT_EQ(said("/api/v1/authors/test/" + author_), said("/api/v1/authors/test/nobody"));
  EXPECT_EQ(said("/api/v1/authors/test/" + author_ + "?brand=moka_nera"),
            said("/api/v1/authors/test/nobody?brand=moka_nera"));
  for (const std::string what : {"stats", "advocates", "revisions"}) {
    EXPECT_EQ(said("/api/v1/brands/moka_nera/" + what),
              "no mentions of brand 'moka_nera' in this store");
    EXPECT_EQ(said("/api/v1/brands/nobody/" + what), "no mentions of brand 'nobody' in this store");
  }
}

TEST_F(RightsTest, AForeignMentionIsNotCorrected) {
  publish_something();
  const std::string path = "/api/v1/mentions/" + mention_;
  const std::string body = R"({"correction":{"label":"negative"}})";
  Fields fields = shown_by("foreign");
  fields.emplace_back("Content-Type", "application/json");
  EXPECT_EQ(client().send("PATCH", path, body, fields).status, 404U);
  EXPECT_THAT(client().get(path, shown_by("reader")).body, Not(HasSubstr("correction")));
  fields.front() = shown_by("writer").front();
  EXPECT_THAT(client().send("PATCH", path, body, fields).body, HasSubstr(R"("by":"writer")"));
}

}  // namespace
}  // namespace passaparola::feed
