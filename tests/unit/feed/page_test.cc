// The page and its files, as browsers get them.
#include "feed/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

#include "feed/inflate.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using ::testing::HasSubstr;

class PageTest : public ServerTest {
 protected:
  void SetUp() override {
    ASSERT_FALSE(page_script_name().empty()) << "built without the page";
    ServerTest::SetUp();
    start();
  }
  Reply get(std::string_view name, const Fields& fields = {}) {
    return client().get("/page/" + std::string(name), fields);
  }
};

TEST_F(PageTest, NamesItsFilesAndRunsNothingElse) {
  const Reply page = client().get("/");
  EXPECT_EQ(page.status, 200U);
  EXPECT_THAT(page.body, HasSubstr("/page/" + std::string(page_script_name()) + "\""));
  EXPECT_THAT(page.body, HasSubstr("/page/" + std::string(page_style_name()) + "\""));
  const std::string policy = page.fields.at("content-security-policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("script-src 'self';"));
  EXPECT_THAT(policy, HasSubstr("require-trusted-types-for 'script'"));
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(page.fields.at("cache-control"), "no-cache");
}

TEST_F(PageTest, FilesAreGzipForWhoTakesIt) {
  for (const char* taken : {"gzip", "br, gzip;q=0.5", "gzip; q=0.001"}) {
    const Reply file = get(page_script_name(), {{"Accept-Encoding", taken}});
    EXPECT_EQ(file.status, 200U);
    EXPECT_EQ(file.fields.at("content-encoding"), "gzip") << taken;
    EXPECT_EQ(file.body, page_script()) << taken;
  }
  const auto plain = inflate_gzip(page_style());
  ASSERT_TRUE(std::holds_alternative<std::string>(plain));
  for (const Fields& fields : {Fields{}, Fields{{"Accept-Encoding", "gzip;q=0, br"}},
                               Fields{{"Accept-Encoding", "gzipped"}}}) {
    const Reply file = get(page_style_name(), fields);
    EXPECT_FALSE(file.fields.contains("content-encoding"));
    EXPECT_EQ(file.body, std::get<std::string>(plain));
  }
}

TEST_F(PageTest, FilesAreKeptForEverAndKnownByTheirTag) {
  const Fields gzip{{"Accept-Encoding", "gzip"}};
  const Reply packed = get(page_script_name(), gzip), plain = get(page_script_name());
  EXPECT_THAT(packed.fields.at("cache-control"), HasSubstr("immutable"));
  EXPECT_NE(packed.fields.at("etag"), plain.fields.at("etag")) << "other bytes, other tag";
  Fields known = gzip;
  known.emplace_back("If-None-Match", packed.fields.at("etag"));
  EXPECT_EQ(get(page_script_name(), known).status, 304U);
  EXPECT_EQ(get("app-000000000000.js").status, 404U) << "of another version";
}

}  // namespace
}  // namespace passaparola::feed
