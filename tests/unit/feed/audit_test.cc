// The audit log: who did what, never what it said nor of whom.
#include "feed/audit.h"

#include <gmock/gmock.h>
#include <simdjson.h>

#include "core/hash.h"
#include "core/limits.h"
#include "core/mention.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Fields kAdmin{{"Authorization", "Bearer capo"}};
const Fields kReader{{"Authorization", "Bearer lettore"}};

class AuditTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ServerOptions options;
    options.tokens = {{{"chief", Role::admin, {}}, hash_token("capo"), std::nullopt},
                      {{"reader", Role::reader, {}}, hash_token("lettore"), std::nullopt}};
    start(options);
  }

  // All that is kept: reading does not wait for what is written beside it, so it asks again.
  std::string log(std::size_t count) {
    std::string body;
    do {
      body = client().get("/api/v1/audit?limit=1000", kAdmin).body;
    } while (actions(body).size() < count && !HasFailure());
    return body;
  }

  // "who action outcome" of each, but for readings of the log.
  static std::vector<std::string> actions(const std::string& body) {
    simdjson::dom::parser parser;
    std::vector<std::string> out;
    for (const auto record : parser.parse(body)["records"].get_array()) {
      const auto text = [&](std::string_view name) {
        return std::string(record[name].get_string().value());
      };
      if (text("action") == "audit.read") continue;
      out.push_back(text("by") + " " + text("action") + " " + text("outcome"));
    }
    return out;
  }

  std::string author_hash(const std::string& author) const {
    const KeyedHash hash = keyed_hash(store_->hash_key(), "test", author);
    return to_hex({hash.data(), hash.size()});
  }
};

TEST_F(AuditTest, WhatChangesSomethingOrShowsAPersonIsKept) {
  publish({"segretissimo"}, "moka_nera", Label::positive, "anna");
  auto http = client();
  http.get("/api/v1/mentions", kAdmin);
  http.get("/api/v1/authors/test/anna", kAdmin);
  http.get("/api/v1/authors/test/anna/access", kAdmin);
  const std::string id = mention_id("test", "p1", "moka_nera");
  Fields json = kAdmin;
  json.emplace_back("Content-Type", "application/json");
  http.send("PATCH", "/api/v1/mentions/" + id, R"({"correction":{"label":"negative"}})", json);
  Fields text = kAdmin;
  text.emplace_back("Content-Type", "text/plain");
  http.send("PUT", "/api/v1/rules", "brand x {}", text);
  http.send("DELETE", "/api/v1/authors/test/nobody", {}, kAdmin);
  http.send("DELETE", "/api/v1/authors/test/anna", {}, kAdmin);
  http.send("POST", "/api/v1/authors:forget", R"({"authors":[{"source":"test","id":"bruno"}]})",
            json);
  const std::string body = log(6);
  EXPECT_THAT(actions(body), ElementsAre("chief author.report done", "chief mention.change done",
                                         "chief rules.change done", "chief author.erase failed",
                                         "chief author.erase done", "chief authors.erase done"));
  EXPECT_THAT(body, HasSubstr("\"subject\":\"" + author_hash("anna") + "\""));
  for (const char* word : {"anna", "bruno", "nobody", "segretissimo", "negative", "brand x"}) {
    EXPECT_THAT(body, Not(HasSubstr(word)));
  }
  EXPECT_THAT(body, Not(HasSubstr(id)));
}

TEST_F(AuditTest, RefusalsAreKeptByNameAndBounded) {
  auto http = client();
  EXPECT_EQ(http.send("DELETE", "/api/v1/authors/test/anna", {}, kReader).status, 403U);
  EXPECT_EQ(client().send("POST", "/api/v1/posts", "{}", kReader).status, 403U);
  EXPECT_EQ(http.get("/api/v1/live/sse?ticket=pp_falso").status, 401U);
  EXPECT_EQ(http.get("/api/v1/brands", {{"Authorization", "Bearer falso"}}).status, 401U);
  const std::string body = log(3);
  EXPECT_THAT(actions(body), ElementsAre("reader author.erase refused",
                                         "reader /api/v1/posts refused", " ticket.use refused"));
  EXPECT_THAT(body, Not(HasSubstr("pp_falso")));
  for (std::size_t i = 0; i < 2 * kAuditedRefusalsPerMinute; ++i) {
    http.get("/api/v1/erasures", kReader);
  }
  const std::string metrics = http.get("/metrics", kReader).body;
  EXPECT_THAT(metrics, Not(HasSubstr("passaparola_audit_lost_total 0\n")));
}

TEST_F(AuditTest, ItIsReadPageByPage) {
  auto http = client();
  for (int i = 0; i < 5; ++i) http.send("DELETE", "/api/v1/authors/test/x", {}, kAdmin);
  log(5);
  std::string after;
  std::vector<std::string> all;
  for (bool more = true; more;) {
    const std::string body = http.get("/api/v1/audit?limit=2&after=" + after, kAdmin).body;
    for (const std::string& action : actions(body)) all.push_back(action);
    after = member(body, "next_after");
    more = body.find("\"more\":true") != std::string::npos && all.size() < 5;
  }
  EXPECT_EQ(all, std::vector<std::string>(5, "chief author.erase failed"));
  EXPECT_EQ(http.get("/api/v1/audit", kReader).status, 403U);
  EXPECT_EQ(http.get("/api/v1/audit?limit=0", kAdmin).status, 400U);
}

TEST(Audit, OldRecordsAreDroppedOnceADay) {
  std::string name = (std::filesystem::temp_directory_path() / "audit_test_XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  {
    auto store = store::Store::open(std::filesystem::path(name) / "store", {});
    ASSERT_TRUE(store);
    const auto run = [](const std::function<void()>& work) { work(); };
    const std::int64_t day = kMillisecondsPerDay;
    const auto count = [&] {
      std::size_t records = 0;
      (void)(*store)->visit_records(
          store::RecordKind::audit, "",
          [&](std::string_view, std::string_view) { return ++records > 0; });
      return records;
    };
    Audit audit(**store, run);
    audit.add({{0}, "a", "rules.change", "done", 200, "", "1"});
    audit.add({{day}, "a", "rules.change", "done", 200, "", "2"});
    EXPECT_EQ(count(), 2U);
    audit.add({{kAuditDays * day + 1}, "a", "rules.change", "done", 200, "", "3"});
    EXPECT_EQ(count(), 2U) << "the first is too old";
    audit.add({{(kAuditDays + 1) * day}, "a", "rules.change", "done", 200, "", "4"});
    EXPECT_EQ(count(), 3U) << "not looked for again the same day";
    audit.add({{(kAuditDays + 2) * day}, "a", "rules.change", "done", 200, "", "5"});
    EXPECT_EQ(count(), 3U);
  }
  std::filesystem::remove_all(name);
}

}  // namespace
}  // namespace passaparola::feed
