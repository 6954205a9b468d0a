// A set that is compiled after another one uses its regular expressions again.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "match/compiled.h"
#include "match/place_index.h"

namespace passaparola::match {
namespace {

std::shared_ptr<const Ruleset> compiled(std::string terms, const Ruleset* earlier) {
  const std::vector<RuleFile> files{
      {"moka.rules", fmt::format("brand moka \"Moka\" {{ terms {} }}\n", terms)}};
  auto rules = Ruleset::compile(files, {}, nullptr, earlier);
  EXPECT_TRUE(rules) << (rules ? "" : rules.error().message);
  return rules ? *rules : nullptr;
}

std::size_t found(std::shared_ptr<const Ruleset> rules, std::string_view text) {
  PostView post;
  post.text = text;
  Arena arena;
  std::vector<PostMatch> out;
  Matcher(std::move(rules), {}).find({&post, 1}, arena, out);
  return out.size();
}

TEST(EarlierSet, ItsPatternsAreUsedAgain) {
  const auto first = compiled("moka, /mok[ae]x/i, /MOK[AE]Y/", nullptr);
  const auto second = compiled("lumafon, /mok[ae]x/i, /MOK[AE]Y/", first.get());
  EXPECT_EQ(first->compiled().patterns, second->compiled().patterns);
  EXPECT_EQ(found(second, "a MOKEX here"), 1U);
  EXPECT_EQ(found(second, "a MOKEY here"), 1U);
  EXPECT_EQ(found(second, "a mokey here"), 0U);
  EXPECT_EQ(found(second, "moka"), 0U);
  EXPECT_EQ(found(second, "lumafon"), 1U);
}

TEST(EarlierSet, PatternsMayMoveComeAndGo) {
  const auto first = compiled("/mok[ae]x/i, /MOK[AE]Y/", nullptr);
  const auto second = compiled("/lum[ae]x/i, /MOK[AE]Y/, /mok[ae]x/", first.get());
  EXPECT_EQ(second->compiled().patterns.size(), 3U);
  EXPECT_EQ(found(second, "a lumax here"), 1U);
  EXPECT_EQ(found(second, "a MOKEY here"), 1U);
  EXPECT_EQ(found(second, "a mokex here"), 1U);
  EXPECT_EQ(found(second, "a MOKEX here"), 0U);  // the case counts now
}

TEST(EarlierSet, OutlivesTheFirst) {
  auto first = compiled("/mok[ae]x/i, /m.{20,90}x/i", nullptr);
  auto second = compiled("luma, /mok[ae]x/i, /m.{20,90}x/i", first.get());
  first.reset();
  EXPECT_EQ(found(second, "a MOKEX here"), 1U);
  EXPECT_EQ(found(second, "many letters stand between these two: x"), 1U);
}

TEST(PlaceIndex, FindsTheFirstOfEqualThings) {
  PlaceIndex index;
  const std::vector<std::uint64_t> things{7, 7, 23, 7, 39};  // 7, 23 and 39 share a slot at first
  for (std::uint32_t i = 0; i < 5; ++i) {
    const auto same = [&](std::uint32_t place) { return things[place] == things[i]; };
    EXPECT_EQ(index.find_or_add(things[i], i, same), i == 1 || i == 3 ? 0U : i);
  }
  for (std::uint32_t i = 5; i < 1000; ++i) {
    EXPECT_EQ(index.find_or_add(i * 40, i, [](std::uint32_t) { return true; }), i);
  }
  EXPECT_EQ(index.find(39, [](std::uint32_t) { return true; }), 4U);
  EXPECT_EQ(index.find(999 * 40, [](std::uint32_t place) { return place == 999; }), 999U);
  EXPECT_FALSE(index.find(41, [](std::uint32_t) { return true; }));
}

}  // namespace
}  // namespace passaparola::match
