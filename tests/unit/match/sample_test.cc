// Rules over a sample of posts: how often they hold, what is too broad, what never excludes.
#include "match/sample.h"

#include <gmock/gmock.h>

#include "match_fixture.h"

namespace passaparola::match {
namespace {

using testing::ElementsAre;

struct Outcome {
  std::vector<std::string> codes;  // "W-BROAD 3:6"
  std::vector<std::uint64_t> posts;
};

// `texts` a hundred times each.
Outcome judged(const std::string& rules_text, const std::vector<std::string>& texts) {
  const std::vector<RuleFile> files{{"test.rules", rules_text}};
  const auto rules = Ruleset::compile(files);
  EXPECT_TRUE(rules) << rules.error().message;
  Sample sample(files, **rules, {});
  std::vector<PostView> posts;
  for (const std::string& text : texts) posts.push_back(post_of(text));
  for (int i = 0; i < 100; ++i) sample.add(posts);
  EXPECT_EQ(sample.posts(), 100 * texts.size());
  Outcome outcome;
  for (const Diagnostic& diagnostic : sample.diagnostics()) {
    outcome.codes.push_back(diagnostic.code + " " + std::to_string(diagnostic.line) + ":" +
                            std::to_string(diagnostic.column));
  }
  for (const RuleRate& rate : sample.rates()) outcome.posts.push_back(rate.posts);
  return outcome;
}

std::vector<std::string> twenty(std::vector<std::string> texts) {
  while (texts.size() < 20) texts.emplace_back("altro");
  return texts;
}

TEST(Sample, CountsEveryRule) {
  const Outcome outcome = judged("brand b { terms moka }\nrule b.r { moka nera }\n",
                                 twenty({"la moka", "moka nera", "nera"}));
  EXPECT_THAT(outcome.posts, ElementsAre(200U, 100U));
}

TEST(Sample, NamesWhatIsTooBroad) {
  EXPECT_THAT(judged("brand b { terms moka }", twenty({"moka"})).codes, ElementsAre());
  EXPECT_THAT(judged("brand b { terms moka }", twenty({"moka", "moka"})).codes,
              ElementsAre("W-BROAD 1:7"));
  const std::string rules =
      "brand b { terms qqqq }\nrule b.r @unanchored(max_rate=0.5) { is:post }";
  EXPECT_THAT(judged(rules, twenty({})).codes, ElementsAre("W-BROAD 2:6"));
}

TEST(Sample, NamesExclusionsThatExcludeNothing) {
  const std::string rules = "brand b { terms moka exclude gatto }\nrule b.r { moka -cane }\n";
  EXPECT_THAT(judged(rules, twenty({"moka"})).codes,
              ElementsAre("W-DEADNOT 1:7", "W-DEADNOT 2:17"));
  EXPECT_THAT(judged(rules, twenty({"gatto", "moka cane"})).codes, ElementsAre("W-DEADNOT 1:7"));
  EXPECT_THAT(judged(rules, {"moka gatto cane", "altro"}).codes, ElementsAre())
      << "too few posts to say what never happens, and nothing is left that is broad";
}

}  // namespace
}  // namespace passaparola::match
