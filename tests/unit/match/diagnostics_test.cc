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
    testing::Values(
        Bad{"", "E-SYNTAX 2:13"}, Bad{"(a b", "E-SYNTAX 2:17"}, Bad{"è OR", "E-SYNTAX 2:17"},
        Bad{"a OR OR b", "E-SYNTAX 2:17"}, Bad{"\"a", "E-SYNTAX 2:12"},
        Bad{"'a b'", "E-SYNTAX 2:12"}, Bad{"a NEAR b", "E-SYNTAX 2:18"},
        Bad{"a NEAR/0 b", "E-NEAR 2:14"}, Bad{"a NEAR/31 b", "E-NEAR 2:14"},
        Bad{"a NEAR/2 -b", "E-NEAR 2:21"}, Bad{"a NEAR/2 (b c)", "E-NEAR 2:22"},
        Bad{"NOT a", "E-UNANCHORED 2:12"}, Bad{"a OR lang:it", "E-UNANCHORED 2:12"},
        Bad{"lang:it", "E-UNANCHORED 2:12"}, Bad{"a OR -$b", "E-UNANCHORED 2:12"},
        Bad{"ca*", "E-PREFIX 2:12"}, Bad{"/a(/", "E-REGEX 2:12"}, Bad{"/a*/", "E-REGEX 2:12"},
        Bad{"/a/x", "E-REGEX 2:12"}, Bad{"a $nothing", "E-NAME 2:14"},
        Bad{"a $b.nothing", "E-NAME 2:14"}, Bad{"a foo:bar", "E-FIELD 2:14"},
        Bad{"a brand:b", "E-FIELD 2:14"}, Bad{"a tag:t", "E-FIELD 2:14"},
        Bad{"a is:nice", "E-FIELD 2:17"}, Bad{"a rating>x", "E-FIELD 2:21"},
        Bad{"a in:feet(b)", "E-FIELD 2:17"}, Bad{"\"!?\"", "E-EMPTY 2:12"},
        Bad{"#moka-nera", "E-SYNTAX 2:17"}, Bad{"$b.r", "E-CYCLE 2:6"},
        Bad{"a ONEAR/0 b", "E-NEAR 2:14"}, Bad{"\"a b\"~0", "E-NEAR 2:17"},
        Bad{"\"ab\"~2", "E-NEAR 2:12"}, Bad{"\"a b\"~2.5", "E-NEAR 2:17"},
        Bad{"atleast(3, a, b)", "E-SYNTAX 2:12"}, Bad{"atleast(0, a)", "E-SYNTAX 2:12"},
        Bad{"atleast(2, a, b", "E-SYNTAX 2:28"}, Bad{"a^0", "E-SYNTAX 2:14"},
        Bad{"(a b)^2", "E-SYNTAX 2:17"}, Bad{"substr:\"ab\"", "E-PREFIX 2:19"},
        Bad{"substr:abc", "E-SYNTAX 2:19"}, Bad{"atleast(1, a, likes>2)", "E-UNANCHORED 2:12"},
        Bad{"created>=tomorrow a", "E-FIELD 2:21"}, Bad{"a author.class:nice", "E-FIELD 2:27"},
        Bad{"a1 b1 -a1", "E-EMPTY 2:12"}, Bad{"a1 (b1 -(a1))", "E-EMPTY 2:12"},
        Bad{"a1 likes<2 likes>5", "E-EMPTY 2:12"}, Bad{"a1 likes<2 likes>=2", "E-EMPTY 2:12"}));

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
  EXPECT_THAT(codes_in("a1 /\\p{L}x/"), ElementsAre("W-COST 2:15"));
  EXPECT_THAT(codes_in("apple author.class:advocate"), ElementsAre("W-PHASE4 2:6"));
  EXPECT_THAT(codes_in("apple a1 author.class:advocate"), IsEmpty());
  EXPECT_THAT(codes_of("brand b { terms qqqq }\nrule b.r @unanchored(max_rate=0.1) { likes>9 }"),
              ElementsAre("W-COST 2:6"));
  EXPECT_THAT(codes_of("let x.ABC = a1\nlet t.ABC = b1\nbrand b { terms qqqq }\nrule b.r { a1 }"),
              IsEmpty());
  EXPECT_THAT(codes_of("let ABC = a1\nbrand b { terms qqqq }\nrule b.r { $ABC }"),
              ElementsAre("W-CASHTAG 3:12"));
  EXPECT_THAT(codes_in("a1 likes>2 likes<5"), IsEmpty());
}

TEST(Diagnostics, OfPacks) {
  EXPECT_THAT(
      codes_of("import \"packs/exclusions\" @1\nbrand b { terms qqqq exclude $exclusions.jobs }"),
      IsEmpty());
  EXPECT_THAT(codes_of("brand b { terms qqqq exclude $exclusions.jobs }"),
              ElementsAre("E-NAME 1:30"));
  EXPECT_THAT(codes_of("import \"packs/exclusions\" @9\nbrand b { terms qqqq }"),
              ElementsAre("E-IMPORT 1:8"));
  EXPECT_THAT(codes_of("import \"packs/none\"\nbrand b { terms qqqq }"),
              ElementsAre("E-IMPORT 1:8"));
  const std::vector<RuleFile> files{
      {"rules/mine/exclusions.rules", "pack own @2\nlet jobs = [a1]\nlet all = $jobs\n"},
      {"rules/b.rules", "import \"mine/exclusions\" @2\nbrand b { terms qqqq exclude $own.all }"}};
  EXPECT_TRUE(Ruleset::check(files).empty()) << to_text(Ruleset::check(files).front());
}

}  // namespace
}  // namespace passaparola::match
