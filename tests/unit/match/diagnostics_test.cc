// What is said about bad and doubtful rules, and where.
#include <gmock/gmock.h>

#include "core/limits.h"
#include "match_fixture.h"

namespace passaparola::match {
namespace {

// "E-CODE line:column" of every diagnostic, in order.
std::vector<std::string> codes_of(std::string text, std::string file = "test.rules") {
  const std::vector<RuleFile> files{{std::move(file), std::move(text)}};
  std::vector<std::string> out;
  for (const Diagnostic& d : Ruleset::check(files)) {
    out.push_back(d.code + " " + std::to_string(d.line) + ":" + std::to_string(d.column));
  }
  return out;
}

std::vector<std::string> codes_in(const std::string& expression) {
  return codes_of("brand b { terms qqqq }\nrule b.r { " + expression + " }");
}

using testing::ElementsAre;
using testing::IsEmpty;

struct Bad {
  const char* expression;
  const char* first;
};

class Errors : public testing::TestWithParam<Bad> {};

TEST_P(Errors, AreNamedWithTheirPlace) {
  const auto codes = codes_in(GetParam().expression);
  ASSERT_FALSE(codes.empty()) << GetParam().expression;
  EXPECT_EQ(codes.front(), GetParam().first) << GetParam().expression;
}

INSTANTIATE_TEST_SUITE_P(
    Expressions, Errors,
    testing::Values(Bad{"", "E-SYNTAX 2:13"}, Bad{"(a b", "E-SYNTAX 2:17"},
                    Bad{"è OR", "E-SYNTAX 2:17"}, Bad{"a OR OR b", "E-SYNTAX 2:17"},
                    Bad{"\"a", "E-SYNTAX 2:12"}, Bad{"'a b'", "E-SYNTAX 2:12"},
                    Bad{"a NEAR b", "E-SYNTAX 2:18"}, Bad{"a NEAR/0 b", "E-NEAR 2:14"},
                    Bad{"a NEAR/31 b", "E-NEAR 2:14"}, Bad{"a NEAR/2 -b", "E-NEAR 2:21"},
                    Bad{"a NEAR/2 (b c)", "E-NEAR 2:22"}, Bad{"NOT a", "E-UNANCHORED 2:12"},
                    Bad{"a OR lang:it", "E-UNANCHORED 2:12"}, Bad{"lang:it", "E-UNANCHORED 2:12"},
                    Bad{"a OR -$b", "E-UNANCHORED 2:12"}, Bad{"ca*", "E-PREFIX 2:12"},
                    Bad{"/a(/", "E-REGEX 2:12"}, Bad{"/a*/", "E-REGEX 2:12"},
                    Bad{"/a/x", "E-REGEX 2:12"}, Bad{"a $nothing", "E-NAME 2:14"},
                    Bad{"a $b.nothing", "E-NAME 2:14"}, Bad{"a foo:bar", "E-FIELD 2:14"},
                    Bad{"a brand:b", "E-FIELD 2:14"}, Bad{"a tag:t", "E-FIELD 2:14"},
                    Bad{"a is:nice", "E-FIELD 2:17"}, Bad{"a rating>x", "E-FIELD 2:21"},
                    Bad{"a in:feet(b)", "E-FIELD 2:17"}, Bad{"\"!?\"", "E-EMPTY 2:12"},
                    Bad{"#moka-nera", "E-SYNTAX 2:17"}, Bad{"$b.r", "E-CYCLE 2:6"}));

TEST(Diagnostics, ShowTheLineWithACaretAndColumnsInCodePoints) {
  const std::vector<RuleFile> files{
      {"caffè.rules", "brand b { terms qqqq }\nrule b.r { caffè OR }"}};
  const auto rules = Ruleset::compile(files);
  ASSERT_FALSE(rules.has_value());
  EXPECT_EQ(rules.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(rules.error().message.substr(0, 33), "caffè.rules:2:21: error E-SYNTAX");
  EXPECT_THAT(rules.error().message,
              testing::EndsWith("\n  rule b.r { caffè OR }\n                      ^"));
}

TEST(Diagnostics, OfBlocks) {
  EXPECT_THAT(codes_of("rule x.y { a }"), ElementsAre("E-BRAND 1:6"));
  EXPECT_THAT(codes_of("rule y { a }"), ElementsAre("E-BRAND 1:6"));
  EXPECT_THAT(codes_of("brand b { }"), ElementsAre("E-EMPTY 1:7"));
  EXPECT_THAT(codes_of("brand b { terms a b }"), ElementsAre("E-SYNTAX 1:19"));
  EXPECT_THAT(codes_of("brand b { terms a1 }\nbrand b { terms a2 }"), ElementsAre("E-DUP 2:7"));
  EXPECT_THAT(codes_of("let a = $b1\nlet b1 = $a\n"), testing::Contains("E-CYCLE 1:1"));
  EXPECT_THAT(codes_of("oops\nbrand b { terms a b }\nlet x = y"),
              ElementsAre("E-SYNTAX 1:1", "E-SYNTAX 2:19"));
  EXPECT_THAT(codes_of("brand b { terms \xFF }"), ElementsAre("E-ENCODING 1:1"));
  EXPECT_THAT(codes_of("brand b @nice(x) { terms a }"), ElementsAre("E-SYNTAX 1:9"));
  EXPECT_THAT(codes_of("# only a comment\n"), IsEmpty());
}

TEST(Diagnostics, Limits) {
  const std::string deep(kMaxExpressionDepth + 1, '(');
  EXPECT_THAT(codes_in(deep + "a"), ElementsAre(testing::StartsWith("E-LIMIT")));
  EXPECT_THAT(codes_in(std::string(kMaxAtomBytes + 1, 'a')), ElementsAre("E-LIMIT 2:12"));
  std::string chain = "let l0 = a\n";
  for (std::size_t i = 1; i < 100; ++i) {
    chain += "let l" + std::to_string(i) + " = $l" + std::to_string(i - 1) + "\n";
  }
  EXPECT_THAT(codes_of(chain), testing::Contains(testing::StartsWith("E-LIMIT")));
  EXPECT_THAT(codes_in(std::string(40'000, ' ') + "a [" + std::string(30'000, ' ') + "c]"),
              testing::Contains("E-LIMIT 2:1"));
}

TEST(Diagnostics, WarningsAndHints) {
  EXPECT_THAT(codes_in("a1 b1 OR c1"), ElementsAre("W-MIXED 2:12"));
  EXPECT_THAT(codes_in("(a1 b1) OR c1"), IsEmpty());
  EXPECT_THAT(codes_in("a1 or b1"), ElementsAre("W-LOWEROP 2:15"));
  EXPECT_THAT(codes_of("brand b { terms apple, qqqq }"), ElementsAre("W-AMBIG 1:17"));
  EXPECT_THAT(codes_of("brand b { ambiguous apple near/3 [mac] }"), IsEmpty());
  EXPECT_THAT(codes_of("brand b { terms qqqq }\nrule b.r { a }\nrule b.s { a }"),
              ElementsAre("I-DUP 3:6"));
}

}  // namespace
}  // namespace passaparola::match
