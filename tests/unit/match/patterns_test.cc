#include "match/patterns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

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
    EXPECT_TRUE(in.find(text, out));
    std::sort(out.begin(), out.end());
    return out;
  };
  using Places = std::vector<std::uint32_t>;
  EXPECT_EQ(found(ignoring, "nera MOKA, caffè"), (Places{0, 2, 3}));
  EXPECT_EQ(found(exact, "moka Moka"), Places{1});
  EXPECT_EQ(found(ignoring, "mokan nra"), Places{});
}

TEST(PatternUnion, OfNothingIsLeftToOthers) {
  std::vector<std::uint32_t> out;
  EXPECT_FALSE(PatternUnion({}, true).find("moka", out));
}

// Which of the last twenty letters was an a: a state for nearly every letter of the text, more than
// there is memory for.
TEST(PatternUnion, AnswersAlsoWhenItsStatesOutgrowTheirMemory) {
  const auto patterns = patterns_of({{"a[ab]{20}c", true}, {"nera", true}, {"b[ab]{9}d", true}});
  const PatternUnion all(patterns, true);
  std::mt19937_64 random(20261125);
  std::string text;
  while (text.size() < std::size_t{1} << 18) text += random() % 2 == 0 ? 'a' : 'b';
  std::vector<std::uint32_t> out{7};
  EXPECT_TRUE(all.find(text + "bbbbbbbbbbd nera", out));
  std::sort(out.begin(), out.end());
  EXPECT_EQ(out, (std::vector<std::uint32_t>{1, 2, 7}));
}

}  // namespace
}  // namespace passaparola::match
