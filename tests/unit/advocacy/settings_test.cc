// Every weight, window and gate by its name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"
#include "unit/advocacy/parse_json.h"

namespace passaparola::advocacy {
namespace {

using testing::HasSubstr;

double value_of(const AdvocacyConfig& config, std::string_view wanted) {
  double found = std::nan("");
  for_each_setting(config, [&](std::string_view name, double value) {
    if (name == wanted) found = value;
  });
  return found;
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for_each_setting(default_config(),
                   [&](std::string_view name, double) { all.emplace_back(name); });
  return all;
}

TEST(Settings, EachIsSetByItsNameAndChangesTheHash) {
  ASSERT_GT(names().size(), 90U);
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    AdvocacyConfig config;
    const double before = value_of(config, name);
    const double other = before == 1 ? 0.5 : 1;
    const bool whole = !set_setting(config, name, 0.25);
    const double value = whole ? before + 1 : other;
    const auto done = set_setting(config, name, value);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(value_of(config, name), value);
    EXPECT_NE(config_hash(config), config_hash(default_config()));
    ASSERT_TRUE(set_setting(config, name, before));
    EXPECT_EQ(config_hash(config), config_hash(default_config()));
  }
}

TEST(Settings, OutOfRangeChangesNothing) {
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    AdvocacyConfig config;
    for (const double value : {-1.0, std::nan(""), HUGE_VAL, 1e300}) {
      const auto done = set_setting(config, name, value);
      ASSERT_FALSE(done);
      EXPECT_EQ(done.error().code, ErrorCode::invalid_argument);
      EXPECT_THAT(done.error().message, HasSubstr("must be a "));
    }
    EXPECT_EQ(config_hash(config), config_hash(default_config()));
  }
  AdvocacyConfig config;
  EXPECT_EQ(set_setting(config, "half_life_days", 0).error().message,
            "must be a number above 0 to 36600");
  EXPECT_EQ(set_setting(config, "levels.advocate_acts", 2.5).error().message,
            "must be a whole number from 0 to 4294967295");
  EXPECT_EQ(set_setting(config, "levels.advocate_positive_share", 1.5).error().message,
            "must be a number from 0 to 1");
  EXPECT_EQ(set_setting(config, "niche_topics", 1).error().message,
            "must be a number above 1 to 1000000")
      << "N would be divided by an entropy of 0";
}

TEST(Settings, OfAnUnknownNameTheNearestIsSaid) {
  AdvocacyConfig config;
  EXPECT_EQ(set_setting(config, "acts.recomend", 1).error().message,
            "is no setting: acts.recommend is the nearest");
  EXPECT_EQ(set_setting(config, "window", 1).error().message,
            "is no setting: window_days is the nearest");
}

TEST(Settings, ArePrintedAsAConfigurationFile) {
  AdvocacyConfig config;
  ASSERT_TRUE(set_setting(config, "acts.recommend", 0.95));
  const std::string toml = settings_toml(config);
  EXPECT_THAT(toml, HasSubstr("# config_hash " + config_hash(config) + "\n"));
  EXPECT_THAT(toml, HasSubstr("\n[advocacy.acts]\n"));
  EXPECT_THAT(toml, HasSubstr("recommend = 0.95                         # default 0.9\n"));
  EXPECT_THAT(toml, HasSubstr("\n[advocacy.types.educator]\nhelp_share = 3"));
  EXPECT_THAT(toml, HasSubstr("\n[advocacy]\nwindow_days = 365"));
  rapidjson::Document json;
  json.Parse(settings_json(config).c_str());
  ASSERT_FALSE(json.HasParseError());
  EXPECT_EQ(json["config_hash"].GetString(), config_hash(config));
  EXPECT_EQ(json["settings"].Size(), names().size());
  EXPECT_STREQ(json["settings"][1]["name"].GetString(), "acts.recommend");
  EXPECT_EQ(json["settings"][1]["value"].GetDouble(), 0.95);
  EXPECT_EQ(json["settings"][1]["default"].GetDouble(), 0.9);
}

}  // namespace
}  // namespace passaparola::advocacy
