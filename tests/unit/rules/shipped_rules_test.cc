#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "make_corpus/bulk.h"
#include "make_corpus/phrasebook.h"
#include "match/match.h"

namespace passaparola::match {
namespace {

std::string told(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += to_text(diagnostic) + "\n";
  return out;
}

TEST(ShippedRules, PassTheCheckWithoutErrorOrWarning) {
  const auto files = Ruleset::read(std::filesystem::path(PASSAPAROLA_SOURCE_DIR) / "rules");
  ASSERT_TRUE(files);
  EXPECT_EQ(told(Ruleset::check(*files)), "");
}

TEST(ShippedRules, NameEveryBrandOfTheSampleFeed) {
  const auto rules = Ruleset::load(std::filesystem::path(PASSAPAROLA_SOURCE_DIR) / "rules");
  ASSERT_TRUE(rules) << rules.error().message;
  std::set<std::string> ids;
  for (const Brand& brand : (*rules)->brands()) ids.insert(brand.id);
  for (const std::string_view brand : make_corpus::kBrands)
    EXPECT_TRUE(ids.contains(std::string(brand))) << brand;
}

TEST(BulkRules, PassTheCheck) {
  make_corpus::BulkOptions options;
  options.rule_count = 2'000;
  const std::vector<RuleFile> files = {{"bulk.rules", make_corpus::BulkFeed(options).rules()}};
  EXPECT_EQ(told(Ruleset::check(files)), "");
}

}  // namespace
}  // namespace passaparola::match
