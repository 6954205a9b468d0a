#include "match/patterns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/limits.h"
#include "match_fixture.h"

namespace passaparola::match {
namespace {

std::vector<std::shared_ptr<const Pattern>> patterns_of(
    const std::vector<std::pair<const char*, bool>>& regexes) {
  std::vector<std::shared_ptr<const Pattern>> patterns;
  for (const auto& [regex, ignore_case] : regexes) {
    patterns.push_back(std::make_shared<const Pattern>(regex, ignore_case));
    EXPECT_FALSE(patterns.back()->error().has_value()) << regex;
  }
  return patterns;
}

TEST(PatternUnion, SaysWhichOfItsKindMatch) {
  const auto patterns =
      patterns_of({{"moka\\b", true}, {"Moka", false}, {"^ne.a", true}, {"caff\\p{L}", true}});
  const PatternUnion ignoring(patterns, true);
  const PatternUnion exact(patterns, false);
  const auto found = [](const PatternUnion& in, std::string_view text) {
    std::vector<std::uint32_t> out;
    in.find(text, out);
    std::sort(out.begin(), out.end());
    return out;
  };
  using Places = std::vector<std::uint32_t>;
  EXPECT_EQ(found(ignoring, "nera MOKA, caffè"), (Places{0, 2, 3}));
  EXPECT_EQ(found(exact, "moka Moka"), Places{1});
  EXPECT_EQ(found(ignoring, "mokan nra"), Places{});
}

TEST(PatternUnion, HasSteadyPatternsOnly) {
  const auto patterns = patterns_of({{"mok[ao]", true},
                                     {"a.*b", true},
                                     {"x{2}", true},
                                     {"a+", true},
                                     {".....x", true},
                                     {"\\bmoka \\w\\w", true},
                                     {"Moka", false},
                                     {"a[ab][ab][ab][ab][ab]c", true}});
  const PatternUnion all(patterns, true);
  for (std::uint32_t i = 0; i < patterns.size(); ++i) EXPECT_EQ(all.has(i), i == 0 || i == 5) << i;
  std::vector<std::uint32_t> out;
  PatternUnion({}, true).find("moka", out);
  EXPECT_TRUE(out.empty());
}

TEST(PatternUnion, NamesAllOfItsOwnForATextThatIsTooLong) {
  const auto patterns = patterns_of({{"moka", true}, {"a.*b", true}, {"nera", true}});
  const PatternUnion all(patterns, true);
  const std::size_t instructions = patterns[0]->instructions() + patterns[2]->instructions();
  std::vector<std::uint32_t> out;
  all.find(std::string(kMaxPatternUnionSteps / instructions + 1, 'x'), out);
  EXPECT_EQ(out, (std::vector<std::uint32_t>{0, 2}));
}

TEST(PatternUnion, IsAskedBesideHyperscan) {
  std::string text = "brand b { terms /moka.nera/i, /caffè/i }\n";
  for (int i = 0; i < 100; ++i) {
    text += "rule b.r" + std::to_string(i) + " { /x" + std::to_string(i) + "[a-f]{1,99}y/i }\n";
  }
  const auto rules = rules_of(text);
  EXPECT_EQ(found_in(rules, post_of("La MOKA-nera")), "MOKA-nera");
  EXPECT_EQ(found_in(rules, post_of("un Caffè")), "Caffè");
  EXPECT_EQ(found_in(rules, post_of("X7ABCY x7y")), "X7ABCY");
  EXPECT_EQ(found_in(rules, post_of("x7abcgy moka.nera")), "moka.nera");
  EXPECT_EQ(found_in(rules, post_of("x7abcgy")), "-");
}

}  // namespace
}  // namespace passaparola::match
