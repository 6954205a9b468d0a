// Brands, rules that belong to them, lets and packs; what a mention says; filters.
#include <gmock/gmock.h>

#include "core/limits.h"
#include "match_fixture.h"

namespace passaparola::match {
namespace {

constexpr const char* kMoka = R"(
brand moka_nera "Moka Nera" {
  terms      "moka nera", mokanera
  hashtags   mokanera, #teammokanera
  handles    bluesky:mokanera.example, x:mokanera
  domains    mokanera.example
  ambiguous  nera near/8 [caffè, espresso]      # counts only in such company
  exclude    "camicia nera", $exclusions.jobs
  owned      bluesky:mokanera.example, bluesky:did:plc:own
  competitor false
}
rule moka_nera.crisis @version(7) { $moka_nera (rotta OR difettosa) }
  tag quality.crisis score risk += 3 route community alert early
)";

std::shared_ptr<const Ruleset> moka() {
  const std::vector<RuleFile> files{{"a/moka.rules", kMoka},
                                    {"b/exclusions.rules", "let jobs = [\"cercasi barista\"]\n"}};
  auto rules = Ruleset::compile(files);
  EXPECT_TRUE(rules.has_value()) << rules.error().message;
  return *rules;
}

TEST(Brands, AreFoundByWhatTheirBlockSays) {
  const auto rules = moka();
  ASSERT_EQ(rules->brands().size(), 1U);
  EXPECT_EQ(rules->brands()[0].name, "Moka Nera");
  EXPECT_EQ(rules->rule_count(), 2U);
  EXPECT_EQ(found_in(rules, post_of("Adoro la #MokaNera, ve la consiglio!")), "#MokaNera|MokaNera");
  EXPECT_EQ(found_in(rules, post_of("la nera è un buon espresso")), "nera|espresso");
  EXPECT_EQ(found_in(rules, post_of("la nera")), "-");
  EXPECT_EQ(found_in(rules, post_of("MokaNera con camicia nera")), "-");
  EXPECT_EQ(found_in(rules, post_of("mokanera: cercasi barista")), "-");
  EXPECT_EQ(found_in(rules, post_of("ciao @mokanera.example")), "@mokanera.example");
  EXPECT_EQ(found_in(rules, post_of("ciao @mokanera")), "-");  // a handle of another source
}

TEST(Brands, MentionsNameTheirRulesAndTags) {
  const auto rules = moka();
  PostView post = post_of("È la Moka Nera, rotta");
  post.author.handle = "@MokaNera.example";
  Arena arena;
  std::vector<PostMatch> out;
  Matcher(rules, {}).find(std::span(&post, 1), arena, out);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_TRUE(out[0].author_is_owned);
  ASSERT_EQ(out[0].rules.size(), 2U);
  EXPECT_EQ(out[0].rules[0].id, "moka_nera.mention");
  EXPECT_THAT(out[0].rules[0].tags, testing::ElementsAre("brand.moka_nera"));
  EXPECT_EQ(out[0].rules[1].id, "moka_nera.crisis");
  EXPECT_EQ(out[0].rules[1].version, 7U);
  EXPECT_THAT(out[0].rules[1].tags, testing::ElementsAre("quality.crisis"));
  ASSERT_EQ(out[0].matches.size(), 2U);
  EXPECT_EQ(out[0].matches[0].rule, "moka_nera.mention");
  EXPECT_EQ(out[0].matches[0].atom, "moka nera");
  EXPECT_EQ(out[0].matches[0].begin, 6U);  // È is two bytes
  EXPECT_EQ(out[0].matches[1].rule, "moka_nera.crisis");
  post.author = {};
  post.author.id = "did:plc:own";
  out.clear();
  Matcher(rules, {}).find(std::span(&post, 1), arena, out);
  EXPECT_TRUE(out.at(0).author_is_owned);
  post.op = PostOp::remove;
  out.clear();
  Matcher(rules, {}).find(std::span(&post, 1), arena, out);
  EXPECT_TRUE(out.empty());
}

TEST(Brands, KeepABoundedNumberOfSpans) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "mokanera ";
  const PostView post = post_of(text);
  Arena arena;
  std::vector<PostMatch> out;
  Matcher(moka(), {}).find(std::span(&post, 1), arena, out);
  EXPECT_EQ(out.at(0).matches.size(), kMaxMatchesPerMention);
  EXPECT_EQ(out[0].matches.back().begin, 9 * (kMaxMatchesPerMention - 1));
}

TEST(Rulesets, AreNamedByTheirContent) {
  EXPECT_EQ(moka()->hash(), moka()->hash());
  EXPECT_EQ(moka()->hash().size(), 32U);
  EXPECT_NE(moka()->hash(), rules_of("brand b { terms qqqq }")->hash());
  EXPECT_EQ(Ruleset::load("/nonexistent").error().code, ErrorCode::not_found);
}

TEST(Explain, SaysWhichClauseHeld) {
  const std::string text = explain(*moka(), post_of("la nera espresso"), {}, {});
  EXPECT_THAT(text, testing::HasSubstr("moka_nera.mention yes"));
  EXPECT_THAT(text, testing::HasSubstr("mokanera: no"));
  EXPECT_THAT(text, testing::HasSubstr("moka_nera.crisis no"));
}

TEST(Filters, JudgeStoredMentions) {
  Mention mention;
  mention.brand = "moka_nera";
  mention.sentiment = {Label::negative, -0.5, 0.9, {}};
  const std::string_view tags[] = {"brand.moka_nera"};
  const RuleHit rules[] = {{"moka_nera.mention", 1, tags, {}}};
  mention.rules = rules;
  const ActHit acts[] = {{Act::anti_recommend, false, 1, "", Field::text, 0, 0}};
  mention.acts = acts;
  mention.lang = "it";
  mention.post = post_of("la Moka Nera è pessima");
  for (const char* where :
       {"", "brand:moka_nera sentiment<0", "label:negative", "act:anti-recommend", "\"moka nera\"",
        "tag:brand.moka_nera rule:moka_nera.mention", "lang:it -brand:x", "sentiment:-1..-0.2",
        "authenticity=1", "relation:none", "NOT followers>=1 OR sentiment<-0.4"}) {
    const auto filter = Filter::compile(where);
    ASSERT_TRUE(filter.has_value()) << where;
    EXPECT_TRUE((*filter)(mention)) << where;
  }
  for (const char* where :
       {"brand:x", "sentiment>=0", "followers>1", "-followers>1", "act:praise"}) {
    EXPECT_FALSE((*Filter::compile(where))(mention)) << where;
  }
  mention.sentiment.label = Label::abstain;
  EXPECT_FALSE((*Filter::compile("sentiment<0"))(mention));
}

Mention complaint() {
  Mention mention;
  mention.brand = "moka_nera";
  mention.sentiment = {Label::negative, -0.5, 0.9, {}};
  mention.post = post_of("la Moka Nera è pessima");
  return mention;
}

// What a filter says of a mention whose author stands so; counts how often it asked.
struct AskedOfAuthor {
  explicit AskedOfAuthor(std::string_view where) : filter(*Filter::compile(where)) {}

  bool holds(const Mention& mention, const std::optional<AuthorStanding>& standing) {
    return filter.holds(mention, [&](const PostView& post, std::string_view brand) {
      EXPECT_EQ(post.author.id, "did:plc:anna");
      EXPECT_EQ(brand, "moka_nera");
      ++asked;
      return standing;
    });
  }

  Filter filter;
  int asked = 0;
};

TEST(Filters, AskHowTheAuthorStands) {
  const Mention mention = complaint();
  AuthorStanding anna;
  anna.relation = "advocate";
  anna.type = "educator";
  anna.score = 70;
  anna.score_low = 60;
  anna.recommendations = 5;
  anna.first_seen_days = 400;
  anna.active_months = 4;
  for (const char* where :
       {"author.class:[loyal, advocate]", "author.type:educator", "author.score>=70",
        "author.score_lo<61 author.recs=5", "author.defences=0", "author.first_seen_days>365",
        "author.active_months:3..5", "author.detractor:0", "-author.class:detractor moka"}) {
    AskedOfAuthor about(where);
    EXPECT_TRUE(about.filter.asks_author()) << where;
    EXPECT_TRUE(about.holds(mention, anna)) << where;
    EXPECT_EQ(about.asked, 1) << where;
    EXPECT_FALSE(about.holds(mention, std::nullopt)) << where << ": nothing is known";
    EXPECT_FALSE(about.filter(mention)) << where << ": there is nobody to ask";
  }
  EXPECT_FALSE(AskedOfAuthor("author.class:loyal").holds(mention, anna));
}

TEST(Filters, AskTheAuthorLastAndOnlyWhereTheRestLeavesItOpen) {
  const Mention mention = complaint();
  AuthorStanding anna;
  anna.relation = "advocate";
  for (const char* where : {"brand:moka_nera sentiment<0", "NOT lang:it OR author:anna.example"}) {
    AskedOfAuthor about(where);
    EXPECT_FALSE(about.filter.asks_author()) << where;
    about.holds(mention, anna);
    EXPECT_EQ(about.asked, 0) << where;
  }
  for (const char* where :
       {"author.class:advocate brand:teiera", "author.class:advocate OR moka",
        "-(author.class:advocate OR sentiment<0)", "moka (author.class:loyal) sentiment>0"}) {
    AskedOfAuthor about(where);
    about.holds(mention, anna);
    EXPECT_EQ(about.asked, 0) << where;
  }
}

TEST(Filters, SayWhereTheyAreWrong) {
  EXPECT_THAT(Filter::compile("è (").error().message, testing::StartsWith("column 4: E-SYNTAX"));
  EXPECT_THAT(Filter::compile("moka $nera").error().message,
              testing::StartsWith("column 6: E-NAME"));
  EXPECT_FALSE(Filter::compile("a ) b").has_value());
  EXPECT_FALSE(Filter::compile(std::string(kMaxFilterBytes + 1, 'a')).has_value());
  EXPECT_FALSE(Filter::compile("\xFF").has_value());
}

}  // namespace
}  // namespace passaparola::match
