// Sets of rules that came into force: kept whole, in order, not for ever, and given to whoever
// asks.
#include "feed/rule_versions.h"

#include <gmock/gmock.h>
#include <simdjson.h>

#include "core/limits.h"
#include "feed/token.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Timestamp kNoon{1'795'996'800'000};  // 2026-11-30T00:00:00Z

class RuleVersionsTest : public ServerTest {
 protected:
  void keep(const std::string& hash, std::string_view text, std::string_view by = "anna",
            RulesCame how = RulesCame::change) {
    const RulesInForce set{hash, kNoon, how, by, 2, {{"moka.rules", text}, {"b/x.rules", "# x"}}};
    const auto kept = RuleVersions(*store_).keep(set);
    EXPECT_TRUE(kept) << kept.error().message;
  }

  // What all versions say under that name, newest first.
  std::vector<std::string> members(std::string_view name) {
    const auto json = RuleVersions(*store_).list_json();
    EXPECT_TRUE(json);
    simdjson::dom::parser parser;
    std::vector<std::string> all;
    for (const auto version : parser.parse(*json)["versions"].get_array()) {
      all.push_back(simdjson::minify(version[name]));
    }
    return all;
  }

  // The first file's text; or why there is none.
  std::string text_of(const std::string& hash) {
    const auto json = RuleVersions(*store_).version_json(hash);
    if (!json) return json.error().message;
    simdjson::dom::parser parser;
    return std::string(std::string_view(parser.parse(*json)["files"].at(0)["text"]));
  }

  std::size_t records() {
    std::size_t count = 0;
    const auto visited = store_->visit_records(store::RecordKind::rules, "", [&](auto, auto) {
      ++count;
      return true;
    });
    EXPECT_TRUE(visited);
    return count;
  }
};

TEST_F(RuleVersionsTest, SayWhoPutThemIntoForceAndWhenNewestFirst) {
  keep("aa", "brand a", "", RulesCame::start);
  keep("bb", "brand b");
  keep("cc", "brand c", "", RulesCame::reload);
  EXPECT_EQ(*RuleVersions(*store_).list_json(),
            R"({"versions":[{"hash":"cc","at":"2026-11-30T00:00:00.000Z","how":"reload",)"
            R"("by":"reload","brands":2,"file_count":2,"file_names":["moka.rules","b/x.rules"],)"
            R"("has_files":true},{"hash":"bb","at":"2026-11-30T00:00:00.000Z","how":"change",)"
            R"("by":"anna","brands":2,"file_count":2,"file_names":["moka.rules","b/x.rules"],)"
            R"("has_files":true},{"hash":"aa","at":"2026-11-30T00:00:00.000Z","how":"start",)"
            R"("by":"start","brands":2,"file_count":2,"file_names":["moka.rules","b/x.rules"],)"
            R"("has_files":true}]})");
  EXPECT_THAT(*RuleVersions(*store_).version_json("bb"),
              HasSubstr(R"("has_files":true,"files":[{"name":"moka.rules","text":"brand b"},)"
                        R"({"name":"b/x.rules","text":"# x"}]})"));
  EXPECT_EQ(RuleVersions(*store_).version_json("dd").error().code, ErrorCode::not_found);
}

TEST_F(RuleVersionsTest, OutliveTheStoreBeingClosed) {
  keep("aa", "brand a");
  store_.reset();
  auto opened = store::Store::open(folder_ / "store", {});
  ASSERT_TRUE(opened);
  store_ = *std::move(opened);
  keep("aa", "brand a", "", RulesCame::start);
  EXPECT_THAT(members("by"), ElementsAre("\"anna\""))
      << "it is known, so that nobody began with it";
  EXPECT_EQ(text_of("aa"), "brand a");
}

TEST_F(RuleVersionsTest, ThatArePutBackShareTheirFiles) {
  keep("aa", "brand a");
  keep("bb", "brand b");
  keep("aa", "brand a", "bruno");
  EXPECT_THAT(members("hash"), ElementsAre("\"aa\"", "\"bb\"", "\"aa\""));
  EXPECT_EQ(records(), 5U);
  EXPECT_THAT(*RuleVersions(*store_).version_json("aa"), HasSubstr("bruno"));
}

TEST_F(RuleVersionsTest, OfManyTheOldestGoWithTheirFilesUnlessThoseAreUsed) {
  keep("again", "brand again");
  for (std::size_t i = 1; i < kMaxRuleVersions; ++i) keep(std::to_string(i), "brand x");
  EXPECT_EQ(records(), 2 * kMaxRuleVersions);
  keep("again", "brand again");
  EXPECT_EQ(members("hash").size(), kMaxRuleVersions);
  EXPECT_EQ(text_of("again"), "brand again");
  keep("new", "brand new");
  EXPECT_EQ(members("hash").size(), kMaxRuleVersions);
  EXPECT_EQ(members("hash").front(), "\"new\"");
  EXPECT_EQ(text_of("1"), "no set of rules of this hash is kept");
  EXPECT_EQ(records(), 2 * kMaxRuleVersions) << "nothing is left behind";
}

TEST_F(RuleVersionsTest, OfAnySizeAreGivenAsTheyCame) {
  std::string text;
  while (text.size() < 3 * kMaxRecordBytesKept) text += "terms \"caff\u00e8 \\ \u2615\"\n";
  keep("aa", text);
  EXPECT_EQ(text_of("aa"), text);
}

TEST_F(RuleVersionsTest, TakeABoundedNumberOfBytes) {
  const std::string large(kMaxRuleVersionsBytes / 5 * 2, 'x');
  for (const char* hash : {"aa", "bb", "cc"}) keep(hash, large);
  EXPECT_THAT(members("hash"), ElementsAre("\"cc\"", "\"bb\""));
  const std::size_t full = records();
  keep("dd", "brand d");
  EXPECT_THAT(members("hash"), ElementsAre("\"dd\"", "\"cc\"", "\"bb\""));
  EXPECT_EQ(records(), full + 2);
  keep("ee", large + large + large);
  EXPECT_THAT(members("has_files"), ElementsAre("false", "true", "true", "true"));
  EXPECT_EQ(text_of("ee"), "the files of this set were too large to be kept");
}

TEST_F(RuleVersionsTest, AreNamedByAsManyFilesAsARecordHolds) {
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i) names.push_back(std::string(200, 'n') + std::to_string(i));
  RulesInForce set{"aa", kNoon, RulesCame::change, "anna", 1, {}};
  for (const std::string& name : names) set.files.push_back({name, ""});
  ASSERT_TRUE(RuleVersions(*store_).keep(set));
  EXPECT_THAT(members("file_count"), ElementsAre("10000"));
  EXPECT_LT(members("file_names").front().size(), kMaxRecordBytesKept);
  EXPECT_THAT(*RuleVersions(*store_).version_json("aa"), HasSubstr(names.back()));
}

TEST_F(RuleVersionsTest, AreReadByWhoeverReadsTheRules) {
  keep("aa", "brand a");
  const RuleVersions versions(*store_);
  rule_versions_ = &versions;
  ServerOptions options;
  Token reader = admin_token("reader-token-of-the-whole");
  reader.caller = {"rita", Role::reader, {}};
  Token limited = admin_token("token-of-one-workspace");
  limited.caller = {"lucia", Role::admin, {"moka_nera"}};
  options.tokens = {reader, limited};
  start(options);
  const auto get = [&](const std::string& target, const std::string& token) {
    return client().get(target, {{"Authorization", "Bearer " + token}});
  };
  const std::string all = "/api/v1/rules/versions";
  EXPECT_EQ(get(all, "reader-token-of-the-whole").body, *versions.list_json());
  EXPECT_EQ(get(all + "/aa", "reader-token-of-the-whole").body, *versions.version_json("aa"));
  EXPECT_EQ(get(all + "/bb", "reader-token-of-the-whole").status, 404U);
  EXPECT_EQ(get(all, "token-of-one-workspace").status, 403U);
  EXPECT_EQ(get(all + "/aa", "token-of-one-workspace").status, 403U);
  EXPECT_EQ(client().get(all).status, 401U);
}

TEST_F(RuleVersionsTest, OfAServerThatKeepsNoneAreNone) {
  start();
  EXPECT_EQ(client().get("/api/v1/rules/versions").body, R"({"versions":[]})");
  EXPECT_EQ(client().get("/api/v1/rules/versions/aa").status, 404U);
}

}  // namespace
}  // namespace passaparola::feed
