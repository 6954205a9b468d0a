// The fast engine against the slow obvious one, over random rules and posts: PASSAPAROLA_SEED
// repeats a run, PASSAPAROLA_PAIRS makes it longer.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "core/arena.h"
#include "match/compiled.h"
#include "match/match.h"
#include "match/reference.h"

namespace passaparola::match {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return engine_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <std::size_t N>
  std::string pick(const char* const (&items)[N]) {
    return items[below(N)];
  }

 private:
  std::mt19937_64 engine_;
};

std::string word(Random& random) {
  return random.pick({"moka", "nera", "mok", "caffè", "caffe", "aa", "a", "ab", "Straße", "東京",
                      "è", "ｍoka", "l'ho", "b-c", "日", "ﬁn", "mokà"});
}

std::string atom(Random& random) {
  switch (random.below(15)) {
    case 0:
      return "\"" + word(random) + " " + word(random) + "\"" + (random.one_in(4) ? "^3" : "");
    case 8:
      return random.pick({"substr:\"mok\"", "substr:\"caff\u00E8\"", "substr:\"a n\"",
                          "substr:\"oka.e\"", "hashtag:moka", "mention:a.b", "word:moka"});
    case 9:
      return random.pick({"\"moka nera\"", "\"caff\u00E8 moka\"", "\"a moka\"", "\"moka nera\"~2",
                          "\"a aa\"~1", "\"nera caff\u00E8 a\"~4"});
    case 1:
      return random.pick({"#moka", "#a", "#caffè", "#aa", "#caffe"});
    case 2:
      return random.pick({"@moka", "@a.b", "@a@b.c", "@mokà"});
    case 3:
      return random.pick({"domain:moka.example", "domain:b.c", "domain:example"});
    case 4:
      return random.pick({"raw:\"Moka\"", "raw:\"a\"", "raw:\"caff\u00E8\"", "raw:\"a.\""});
    case 5:
      return random.pick({"caff*", "mok*", "stra*"});
    case 6:
      return random.pick({"/mok./i", "/[A-Z]a/", "/a b/i", "/^a/", "/\\bnera$/i", "/caff\\p{L}/"});
    case 7:
      return random.pick({"$AB", "☕", "\"a ☕\""});
    default:
      return word(random);
  }
}

std::string near_operand(Random& random) {
  if (random.one_in(3)) return "[" + word(random) + ", " + word(random) + "]";
  return random.one_in(5) ? random.pick({"#moka", "(a OR nera)", "☕", "$set", "mok*"})
                          : word(random);
}

std::string expression(Random& random, int depth) {
  if (depth == 0 || random.one_in(4)) return atom(random);
  switch (random.below(11)) {
    case 9:
      return "atleast(2, " + expression(random, depth - 1) + ", " + expression(random, depth - 1) +
             ", " + expression(random, depth - 1) + ")";
    case 10:
      return random.pick({"act:recommend", "sentiment>0", "-sentiment>0", "NOT label:positive",
                          "is:brand_owned", "author.class:advocate", "author.score>=10",
                          "quality.depth<0.5", "irony>0", "verified"});
    case 0:
    case 1:
      return "(" + expression(random, depth - 1) + " OR " + expression(random, depth - 1) + ")";
    case 2:
      return "(" + expression(random, depth - 1) + " " + expression(random, depth - 1) + ")";
    case 3:
      return "(" + expression(random, depth - 1) + " -" + expression(random, depth - 1) + ")";
    case 4:
      return "NOT (" + expression(random, depth - 1) + ")";
    case 5: {
      std::string near = near_operand(random);
      do {
        near += random.one_in(3) ? " ONEAR/" : " NEAR/";
        near += std::to_string(1 + random.below(3)) + " " + near_operand(random);
      } while (random.one_in(3));
      return "(" + near + ")";
    }
    case 6:
      return random.pick({"in:title(", "in:body(", "in:bio(", "in:quoted("}) +
             expression(random, depth - 1) + ")";
    case 7:
      return random.pick({"lang:it", "is:reply", "likes>2", "has:hashtag", "rating:5", "-likes<9"});
    default:
      return random.pick({"$set", "$part", "$b", "$b.r0"});
  }
}

// A rule set without errors; most tries have an unanchored rule, which is left out.
std::string rule_text(Random& random) {
  std::string text = "let set = [aa, moka, \"a nera\"]\nlet part = (" + expression(random, 0) +
                     " OR " + expression(random, 0) + ")\n";
  text += random.one_in(2) ? "brand b @fold(accent) {" : "brand b {";
  text += " terms " + word(random) + ", mok*\n hashtags moka\n handles x:a.b, moka\n";
  text += " domains moka.example\n ambiguous nera near/2 [caffè, aa]\n";
  if (random.one_in(2)) text += " exclude \"nera nera\", $set\n";
  text += "}\nrule b.r0 { " + atom(random) + " }\n";
  // With many words the scanner finds them another way than with few.
  if (random.one_in(2)) {
    text += "brand many { terms many0";
    for (int i = 1; i < 450; ++i) text += ", many" + std::to_string(i);
    text += " }\n";
  }
  return text;
}

std::shared_ptr<const Ruleset> random_rules(Random& random) {
  std::string text = rule_text(random);
  for (int i = 1; i < 9; ++i) {
    const std::string rule = "rule b.r" + std::to_string(i) +
                             (random.one_in(3) ? " @fold(accent)" : "") +
                             (random.one_in(9) ? " @unanchored(max_rate=1)" : "") + " { " +
                             expression(random, 3) + " }\n";
    const std::vector<RuleFile> files{{"test.rules", text + rule}};
    Diagnostics diagnostics(files);
    read_rule_book(files, diagnostics);
    if (!diagnostics.has_errors()) text += rule;
  }
  const std::vector<RuleFile> files{{"test.rules", text}};
  auto rules = Ruleset::compile(files);
  EXPECT_TRUE(rules.has_value()) << rules.error().message;
  return *rules;
}

std::string text(Random& random) {
  std::string out;
  const std::size_t pieces = random.below(9);
  for (std::size_t i = 0; i < pieces; ++i) {
    switch (random.below(6)) {
      case 0:
        out += random.pick({"#moka",
                            "@moka",
                            "@a.b",
                            "@a@b.c",
                            "#CAFFÈ",
                            "$ab",
                            "a@b.c",
                            "#aa",
                            "https://www.moka.example/a?moka",
                            "www.b.c",
                            "moka.example",
                            "＃a",
                            "moka[.]example",
                            "moka dot example",
                            "b(.)c",
                            "x.moka[.]example[.]org",
                            "#MokaNera",
                            "#AaMoka2Nera",
                            "#caff\u00E8Moka",
                            "#moka_nera",
                            "m\u043Eka",
                            "\u041C\u043Eka",
                            "\u03B1a",
                            "\uFF03AMokaNera"});
        break;
      case 1:
        out += random.pick({"MOKA", "Moka", "CAFFE\u0300", "mo\u200Bka", "☕", "caffettiera", "fin",
                            "strasse", "東", "京", "NERA"});
        break;
      default:
        out += word(random);
    }
    out += random.pick({" ", " ", " ", "  ", "\n", "\u00A0", ", ", ".", "-", "", "'", "’", "_",
                        "\u0301", "/", "\u2028", "@", "#"});
  }
  return out;
}

struct OwnedPost {
  std::string text, title, bio, quote, link;
  std::string_view links[1];
  PostView view;
};

void fill(Random& random, OwnedPost& post) {
  post.text = text(random);
  post.title = random.one_in(3) ? text(random) : "";
  post.bio = random.one_in(3) ? text(random) : "";
  post.quote = random.one_in(3) ? text(random) : "";
  post.link = random.pick({"https://moka.example/a", "http://www.Moka.Example", "b.c/moka", "x"});
  post.links[0] = post.link;
  post.view.text = post.text;
  post.view.title = post.title;
  post.view.author.bio = post.bio;
  post.view.quote_text = post.quote;
  if (random.one_in(3)) post.view.links = post.links;
  post.view.source = random.one_in(2) ? "x" : "y";
  post.view.lang = random.one_in(2) ? "it" : "en";
  post.view.kind = random.one_in(3) ? PostKind::reply : PostKind::post;
  if (random.one_in(2)) post.view.engagement.likes = static_cast<std::int64_t>(random.below(12));
}

using Mentions = std::vector<std::string>;

std::string line(std::string_view rule, std::string_view atom_text, Field field, unsigned link,
                 unsigned begin, unsigned end) {
  return std::string(rule) + " " + std::string(atom_text) + " " + std::string(name_of(field)) +
         " " + std::to_string(link) + " " + std::to_string(begin) + ".." + std::to_string(end);
}

// What the fast engine says of each post.
std::vector<Mentions> found(const std::vector<PostMatch>& matches, const Ruleset& rules,
                            std::size_t posts) {
  std::vector<Mentions> out(posts);
  for (const PostMatch& match : matches) {
    Mentions& mentions = out[match.post];
    mentions.push_back("brand " + rules.brands()[match.brand].id);
    for (const RuleHit& rule : match.rules) mentions.push_back("rule " + std::string(rule.id));
    for (const Match& span : match.matches) {
      mentions.push_back(line(span.rule, span.atom, span.field, span.link, span.begin, span.end));
    }
  }
  return out;
}

// How a mention speaks of the brand, as a plain function of what was found: enough to see that both
// engines ask with the same spans, and what they make of the answer.
Mention scored(const PostView& post, std::string_view brand, std::size_t spans, std::size_t sum) {
  static constexpr std::array<ActHit, 1> kActs{
      {{Act::recommend, false, 0.5, {}, Field::text, 0, 0}}};
  static constexpr std::array<Penalty, 1> kOwn{{{Signal::brand_owned, 1, {}, Field::text, 0, 0}}};
  Mention mention;
  mention.post = post;
  mention.brand = brand;
  mention.lang = post.lang;
  mention.sentiment.score = static_cast<double>(sum % 5) - 2;
  mention.sentiment.label = mention.sentiment.score > 0   ? Label::positive
                            : mention.sentiment.score < 0 ? Label::abstain
                                                          : Label::neutral;
  if (spans % 2 == 1) mention.acts = kActs;
  if (sum % 3 == 0) mention.authenticity.penalties = kOwn;
  mention.quality.depth = sum % 2 == 0 ? 0.25 : 0.75;
  return mention;
}

Knowledge knowledge() {
  Knowledge known;
  known.language_of = [](const PostView& post) { return post.lang; };
  known.mention_of = [](const PostView& post, const PostMatch& match, Arena&) {
    std::size_t sum = 0;
    for (const Match& span : match.matches) sum += span.begin + span.end;
    return scored(post, "b", match.matches.size(), sum);
  };
  known.author_of = [](const PostView& post, std::string_view) {
    std::optional<AuthorStanding> standing;
    if (post.source == "x") standing = AuthorStanding{"advocate", "", 12, 8, 3, 0, 100, 4};
    return standing;
  };
  return known;
}

Mentions expected(const Ruleset& rules, const PostView& post) {
  const RuleBook& book = rules.compiled().book;
  Subject subject;
  const Knowledge known = knowledge();
  subject.reset(post, &known);
  Mentions out;
  Mention kept;
  const auto score = [&](const ReferenceMention& mention) {
    std::size_t sum = 0;
    for (const auto& [match, rule] : mention.matches) sum += match.begin + match.end;
    kept = scored(post, "b", mention.matches.size(), sum);
    return &kept;
  };
  for (const ReferenceMention& mention : Reference(book, subject).mentions(score)) {
    out.push_back("brand " + book.brands[mention.brand].id);
    for (const auto rule : mention.definitions) out.push_back("rule " + book.definitions[rule].id);
    for (const auto& [match, rule] : mention.matches) {
      out.push_back(line(book.definitions[rule].id, match.atom, match.field, match.link,
                         match.begin, match.end));
    }
  }
  return out;
}

constexpr std::size_t kPostsARuleset = 500;

// In two halves, so that two processors share the work.
constexpr std::uint64_t kHalves = 2;
class EnginesAgree : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Halves, EnginesAgree, testing::Range(std::uint64_t{0}, kHalves));

TEST_P(EnginesAgree, TheFastOneSaysWhatTheReferenceSays) {
  const std::uint64_t seed = number_from("PASSAPAROLA_SEED", std::random_device{}()) + GetParam();
  const std::uint64_t pairs = number_from("PASSAPAROLA_PAIRS", 1'000'000) / kHalves;
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  Random random(seed);
  std::uint64_t judged = 0;
  std::uint64_t mentioned = 0;
  while (judged < pairs) {
    const std::shared_ptr<const Ruleset> rules = random_rules(random);
    std::vector<OwnedPost> posts(kPostsARuleset);
    std::vector<PostView> views;
    for (OwnedPost& post : posts) {
      fill(random, post);
      views.push_back(post.view);
    }
    Arena arena;
    std::vector<PostMatch> at_once;
    Matcher(rules, knowledge()).find(views, arena, at_once);
    const std::vector<Mentions> batch = found(at_once, *rules, views.size());
    Matcher single(rules, knowledge());
    for (std::size_t i = 0; i < views.size(); ++i, ++judged) {
      const Mentions want = expected(*rules, views[i]);
      mentioned += !want.empty();
      ASSERT_EQ(batch[i], want) << "seed " << seed << ", rules:\n"
                                << rules->compiled().hash << "\ntext: " << views[i].text
                                << "\ntitle: " << views[i].title
                                << explain(*rules, views[i], {}, knowledge());
      if (i % 8 != 0) continue;
      std::vector<PostMatch> alone;
      single.find(std::span(views).subspan(i, 1), arena, alone);
      ASSERT_EQ(found(alone, *rules, 1)[0], want) << "seed " << seed << ", a batch of one";
    }
  }
  EXPECT_GT(mentioned, pairs / 10);
  EXPECT_LT(mentioned, pairs);
}

}  // namespace
}  // namespace passaparola::match
