// Regular expressions: bounded in size and memory, and nothing is lost by the bounds.
#include "match/patterns.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "core/limits.h"
#include "match_fixture.h"

namespace passaparola::match {
namespace {

std::vector<std::size_t> places_of(const Pattern& pattern, std::string_view text) {
  std::vector<std::size_t> places;
  pattern.find(text, [&](std::size_t begin, std::size_t end) {
    places.push_back(begin);
    places.push_back(end);
  });
  return places;
}

std::vector<std::string> codes_of(const std::string& text) {
  const std::vector<RuleFile> files{{"test.rules", text}};
  std::vector<std::string> codes;
  for (const Diagnostic& diagnostic : Ruleset::check(files)) codes.push_back(diagnostic.code);
  return codes;
}

// As little memory as RE2 takes the expression with.
Pattern tightest(const char* regex) {
  std::size_t bytes = 1 << 10;
  while (Pattern(regex, false, bytes).error()) bytes += bytes / 8;
  return Pattern(regex, false, bytes);
}

// With hardly more memory than its program needs, RE2's automaton gives up and another way of
// matching takes over: it must find the same.
TEST(Pattern, FindsTheSameWithAnyMemory) {
  std::mt19937 random(7);
  std::string text;
  for (int i = 0; i < 6'000; ++i) text += "abc abe#"[random() % 8];
  for (std::size_t at = 500; at < text.size(); at += 900) text.insert(at, "abbaabbacxqèé#");
  std::size_t found = 0;
  for (const char* const regex :
       {"([ab]*a[ab]{6}){3}c", "(a|b)*a(a|b){4}c", "[^a]{1,40}c", ".{1,60}x", "x.?#",
        "(?:a|ab|b)+c$", "^.*q", "\\pL{1,3}q", "(?:a?){30}b"}) {
    const Pattern poor = tightest(regex);
    const Pattern rich(regex, false, 64 << 20);
    ASSERT_EQ(rich.error(), std::nullopt) << regex;
    EXPECT_EQ(places_of(poor, text), places_of(rich, text)) << regex;
    found += places_of(rich, text).size();
  }
  EXPECT_GT(found, 100U);
}

// Some versions of RE2 find nothing at all when the program for reading backwards has no room.
TEST(Pattern, WithoutRoomForItsReverseIsRefusedAndNotSilent) {
  const Pattern pattern(".{1,500}x#", false, 128 << 10);
  ASSERT_NE(pattern.error(), std::nullopt);
  EXPECT_THAT(*pattern.error(), testing::HasSubstr("too large"));
}

TEST(Pattern, TakesTheMemoryThatItsSizeAsksFor) {
  EXPECT_EQ(Pattern("mok[ab]", false).memory_bytes(), kSmallPatternBytes);
  EXPECT_EQ(Pattern("[^a]{1,250}b", false).memory_bytes(), kLargePatternBytes);
  EXPECT_EQ(Pattern("[^a]{1,250}b", false).error(), std::nullopt);
  for (const char* regex : {"\\pL{1,20}x", "(\\pL|\\pN|\\pP){1,30}q", "\\pL{1,60}x"}) {
    const auto error = Pattern(regex, false).error();
    ASSERT_NE(error, std::nullopt) << regex;
    EXPECT_THAT(*error, testing::HasSubstr("too large")) << regex;
  }
}

TEST(Pattern, HasNoFirstLookThatReadsOnlyHalfOfIt) {
  const std::string regex("ab\0|cd", 6);
  EXPECT_FALSE(Pattern(regex, false).has_prefilter());
  EXPECT_EQ(found_by("/" + regex + "/", "x cd y"), "cd");
}

TEST(Pattern, StopsWhenItsSearchesTakeTooMuch) {
  std::string text;
  std::mt19937 random(3);
  for (std::size_t i = 0; i < kMaxTextBytes; ++i) text += "ab"[random() % 2];
  const Pattern heavy("(a|b)*a(a|b){200}c|b", false);
  const std::size_t most = kMaxPatternSteps / (heavy.instructions() * text.size()) + 2;
  const std::size_t found = places_of(heavy, text).size() / 2;
  EXPECT_GE(found, 1U);
  EXPECT_LE(found, most);
  EXPECT_EQ(places_of(Pattern("a|b", false), text).size() / 2, kMaxPatternMatches);
  // A text of a usual length is searched to its end.
  EXPECT_EQ(places_of(heavy, text.substr(0, 400)).size(),
            2 * std::min<std::size_t>(
                    static_cast<std::size_t>(std::count(text.begin(), text.begin() + 400, 'b')),
                    kMaxPatternMatches));
}

TEST(Patterns, OfASetHaveAMemoryTogether) {
  constexpr std::size_t kMost = kMaxPatternSetBytes / kSmallPatternBytes;
  std::string rules = "brand b { terms qqqq }\n";
  for (std::size_t i = 0; i < kMost; ++i) {
    rules += "rule b.r" + std::to_string(i) + " { /x" + std::to_string(i) + "y/ }\n";
  }
  EXPECT_THAT(codes_of(rules), testing::IsEmpty());
  EXPECT_THAT(codes_of(rules + "rule b.more { /more/ }\n"), testing::ElementsAre("E-LIMIT"));
}

TEST(Patterns, ThatAreRefusedForTheirSizeUseTheMemoryUp) {
  constexpr std::size_t kMost = kMaxPatternSetBytes / kLargePatternBytes;
  std::string rules = "brand b { terms qqqq }\nlet many = [x1";
  for (std::size_t i = 0; i < kMost; ++i) rules += ", /[^a]{1,200}b" + std::to_string(i) + "/";
  EXPECT_THAT(codes_of(rules + "]\n"), testing::IsEmpty());
  EXPECT_THAT(codes_of(rules + ", /c/]\n"), testing::ElementsAre("E-LIMIT"));
}

TEST(Patterns, OfAFilterHaveAMemoryTogether) {
  std::string where = "/x0/";
  for (std::size_t i = 1; i < kMaxFilterPatternBytes / kSmallPatternBytes; ++i) {
    where += " OR /x" + std::to_string(i) + "/";
  }
  EXPECT_TRUE(Filter::compile(where).has_value());
  EXPECT_FALSE(Filter::compile(where + " OR /more/").has_value());
}

}  // namespace
}  // namespace passaparola::match
