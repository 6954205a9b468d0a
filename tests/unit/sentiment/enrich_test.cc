// Sentiment towards the brand, authenticity, quality, language and fingerprints.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "core/fingerprint.h"
#include "unit/sentiment/scorer.h"

namespace passaparola::sentiment {
namespace {

Label label_of(std::string_view text, std::string_view lang) {
  Arena arena;
  return enrich(text, lang, arena).sentiment.label;
}

TEST(TowardsTheBrand, IsNeutralUnlessEarned) {
  EXPECT_EQ(label_of("I bought a Moka Nera on Monday.", "en"), Label::neutral);
  EXPECT_EQ(label_of("What a lovely day. I passed the Moka Nera shop.", "en"), Label::neutral);
  EXPECT_EQ(label_of("Che bella giornata. Sono passato da Moka Nera.", "it"), Label::neutral);
}

TEST(TowardsTheBrand, FollowsTheWordsAboutIt) {
  EXPECT_EQ(label_of("The Moka Nera is great.", "en"), Label::positive);
  EXPECT_EQ(label_of("Just got a Moka Nera. I love it!", "en"), Label::positive);
  EXPECT_EQ(label_of("The Moka Nera is terrible.", "en"), Label::negative);
  EXPECT_EQ(label_of("The service was awful but Moka Nera is great.", "en"), Label::positive);
  EXPECT_EQ(label_of("La Moka Nera è ottima.", "it"), Label::positive);
  EXPECT_EQ(label_of("La Moka Nera è pessima.", "it"), Label::negative);
  EXPECT_EQ(label_of("Il posto è orribile ma la Moka Nera è ottima.", "it"), Label::positive);
}

TEST(TowardsTheBrand, IsMixedWhenItsClausesDisagree) {
  EXPECT_EQ(label_of("Moka Nera makes great coffee. But Moka Nera has horrible buttons.", "en"),
            Label::mixed);
}

TEST(TowardsTheBrand, AbstainsFromIronyAndUnknownLanguages) {
  EXPECT_NE(label_of("Moka Nera is great \xF0\x9F\x99\x84 #sarcasm", "en"), Label::positive);
  EXPECT_EQ(label_of("Moka Nera ist super good", "de"), Label::abstain);
}

TEST(TowardsTheBrand, IgnoresOpinionsInItsName) {
  Arena arena;
  PostView post;
  post.lang = "en";
  post.text = "Bought three pairs at Happy Socks today.";
  EXPECT_EQ(enrich({.post = post, .brand = "Happy Socks"}, arena).sentiment.label, Label::neutral);
}

TEST(TowardsTheBrand, ReadsTheTitleWhenTheMatchIsThere) {
  Arena arena;
  PostView post;
  post.lang = "en";
  post.title = "Moka Nera is wonderful";
  post.text = "See the picture.";
  const Enrichment enrichment = enrich({.post = post}, arena);
  EXPECT_EQ(enrichment.sentiment.label, Label::positive);
  ASSERT_FALSE(enrichment.sentiment.hits.empty());
  EXPECT_EQ(enrichment.sentiment.hits[0].field, Field::title);
}

const Penalty* penalty_of(const Enrichment& enrichment, Signal signal) {
  for (const Penalty& penalty : enrichment.authenticity.penalties) {
    if (penalty.signal == signal) return &penalty;
  }
  return nullptr;
}

struct SignalRow {
  std::string_view text;
  Signal signal;
  double score;
};

TEST(Authenticity, FindsEverySignalInTheText) {
  constexpr SignalRow kRows[] = {
      {"Love my Moka Nera #ad", Signal::explicit_label, 0},
      {"Moka Nera, che buona. #adv", Signal::explicit_label, 0},
      {"La Moka Nera #pubblicit\xC3\xA0", Signal::explicit_label, 0},
      {"This video is sponsored by Moka Nera", Signal::explicit_label, 0},
      {"Post in collaborazione con Moka Nera", Signal::explicit_label, 0},
      {"My Moka Nera #partner", Signal::ambiguous_label, 0.5},
      {"Moka Nera https://www.amazon.it/dp/B0?tag=anna-21", Signal::affiliate_link, 0.2},
      {"Moka Nera https://amzn.to/3abc", Signal::affiliate_link, 0.2},
      {"Moka Nera https://shop.mokanera.example/?ref=anna", Signal::affiliate_link, 0.2},
      {"10% off Moka Nera with the code ANNA10", Signal::code, 0.3},
      {"Moka Nera in sconto con il codice MOKA2026", Signal::code, 0.3},
      {"La Moka Nera che ho ricevuto in omaggio", Signal::gift, 0.4},
      {"Moka Nera #giveaway: tag two friends", Signal::giveaway, 0.2},
  };
  for (const SignalRow& row : kRows) {
    Arena arena;
    const Enrichment enrichment = enrich(row.text, "en", arena);
    const Penalty* penalty = penalty_of(enrichment, row.signal);
    ASSERT_NE(penalty, nullptr) << row.text;
    EXPECT_DOUBLE_EQ(enrichment.authenticity.score, row.score) << row.text;
    EXPECT_EQ(penalty->evidence, row.text.substr(penalty->begin, penalty->end - penalty->begin));
  }
}

TEST(Authenticity, LeavesHonestTextsAlone) {
  constexpr std::string_view kHonest[] = {
      "The Moka Nera shows error code E1234 again.", "Il codice fiscale per la Moka Nera",
      "I read the source code of Moka Nera",         "My Moka Nera https://example.com/?ref=home",
      "This Moka Nera post is not sponsored",        "I sent an ad to Moka Nera",
  };
  for (const std::string_view text : kHonest) {
    Arena arena;
    const Enrichment enrichment = enrich(text, "en", arena);
    EXPECT_DOUBLE_EQ(enrichment.authenticity.score, 1) << text;
    EXPECT_EQ(enrichment.relation_hint, RelationHint::none) << text;
  }
}

TEST(Authenticity, KnowsTheBrandsOwnPeopleAndBots) {
  Arena arena;
  PostView post;
  post.text = "Moka Nera";
  post.author.bio = "Marketing manager at Moka Nera. Coffee.";
  EXPECT_EQ(enrich({.post = post}, arena).relation_hint, RelationHint::affiliated);
  post.author.bio = "Former marketing manager at Moka Nera. Coffee.";
  EXPECT_EQ(enrich({.post = post}, arena).relation_hint, RelationHint::none);
  post.author.bio = "Marketing manager. I drink coffee every single day of the year, Moka Nera.";
  EXPECT_EQ(enrich({.post = post}, arena).relation_hint, RelationHint::none);
  post.author.bio = "I am a bot.";
  EXPECT_EQ(enrich({.post = post}, arena).relation_hint, RelationHint::inauthentic);
  post.author.bio = "Definitely not a robot";
  EXPECT_EQ(enrich({.post = post}, arena).relation_hint, RelationHint::none);
  post.author.bio = "";
  EXPECT_EQ(enrich({.post = post, .owned = true}, arena).relation_hint, RelationHint::affiliated);
  post.sponsored = true;
  EXPECT_EQ(enrich({.post = post}, arena).relation_hint, RelationHint::influencer);
}

TEST(Quality, MeasuresDepthSidesAndSpecifics) {
  Arena arena;
  EXPECT_DOUBLE_EQ(enrich("Moka Nera", "en", arena).quality.depth, 0.219);
  EXPECT_TRUE(enrich("Great taste, horrible handle, Moka Nera.", "en", arena).quality.two_sided);
  EXPECT_FALSE(enrich("Great taste, Moka Nera.", "en", arena).quality.two_sided);
  EXPECT_TRUE(enrich("Moka Nera after 3 months", "en", arena).quality.specifics);
  EXPECT_TRUE(enrich("Moka Nera XR300", "en", arena).quality.specifics);
  EXPECT_FALSE(enrich("Moka Nera is number 3", "en", arena).quality.specifics);
}

std::uint64_t fingerprint(std::string_view text) {
  Arena arena;
  return enrich(text, "en", arena).fingerprint;
}

TEST(Fingerprint, IsEqualForCopiesAndZeroForShortTexts) {
  EXPECT_NE(fingerprint("the Moka Nera is a pot"), 0U);
  EXPECT_EQ(fingerprint("the Moka Nera is a pot"),
            fingerprint("@ann THE moka-nera is a pot!! 12 https://a.example/x"));
  EXPECT_NE(fingerprint("the Moka Nera is a pot"), fingerprint("the Moka Nera is a pan"));
  EXPECT_EQ(fingerprint("Moka Nera pot"), 0U);
}

constexpr std::string_view kText =
    "I have had the Moka Nera for two years now and every morning it makes the same strong coffee "
    "without ever burning it, so do yourselves a favour";

TEST(Fingerprint, HardlyChangesWithAFewOtherWords) {
  const std::uint64_t text = fingerprint(kText);
  EXPECT_EQ(text, fingerprint(std::string(kText) + " https://a.example/1?utm=2 @ann @bob 100%"));
  for (const std::string& copy :
       {"So true: " + std::string(kText), std::string(kText) + " #coffee #ad",
        std::string(kText).replace(kText.find("strong"), 6, "lovely"),
        std::string(kText).replace(kText.find(" now"), 4, "")}) {
    EXPECT_TRUE(is_near_copy(text, fingerprint(copy))) << copy;
  }
  EXPECT_FALSE(is_near_copy(
      text, fingerprint("I have had the Moka Nera for two weeks and already the handle is loose, "
                        "so I shall send it back and ask for my money")));
}

TEST(Fingerprint, OfAShortTextIsNearNothingButItself) {
  const std::uint64_t seven = fingerprint("the Moka Nera is a lovely pot");
  const std::uint64_t eight = fingerprint("the Moka Nera is a lovely little pot");
  EXPECT_EQ(seven & kNearFingerprint, 0U);
  EXPECT_NE(eight & kNearFingerprint, 0U);
  EXPECT_FALSE(is_near_copy(seven, eight));
  EXPECT_FALSE(is_near_copy(seven, fingerprint("the Moka Nera is a lovely pan")));
  EXPECT_TRUE(is_near_copy(seven, seven));
  EXPECT_FALSE(is_near_copy(0, 0));
}

// Stored fingerprints are compared with those of later versions: the same text, the same bits.
TEST(Fingerprint, IsTheSameOnEveryMachine) {
  EXPECT_EQ(fingerprint("the Moka Nera is a pot"), 265199181083334911U);
  EXPECT_EQ(fingerprint(kText), 17825330878180486565U);
}

TEST(Language, TakesThePostsOwnFieldFirst) {
  PostView post;
  post.text = "the cat sat on the mat";
  post.lang = "IT-ch";
  EXPECT_EQ(scorer().language(post), "it");
  post.lang = "und";
  EXPECT_EQ(scorer().language(post), "en");
  post.lang = "1\xC3\xA8";
  EXPECT_EQ(scorer().language(post), "en");
}

TEST(Language, IsDetectedInShortTexts) {
  const auto detect = [](std::string_view text) { return scorer().detect_language(text); };
  EXPECT_EQ(detect("this is the best thing that I have had"), "en");
  EXPECT_EQ(detect("questa è la cosa più bella che abbiamo visto"), "it");
  EXPECT_EQ(detect("grazie mille"), "it");
  EXPECT_EQ(detect("non ci credo"), "it");
  EXPECT_EQ(detect("esta es la mejor cafetera que he comprado en mi vida"), "es");
  EXPECT_EQ(detect("das ist wirklich eine sehr gute Kaffeemaschine"), "de");
  EXPECT_EQ(detect(""), "und");
  EXPECT_EQ(detect("\xF0\x9F\x98\x80 12"), "und");
}

// Only the first 4 KiB are looked at, and a letter of several bytes may stand across their end.
TEST(Language, IsTheSameForTheFilterAndTheMentionOfALongText) {
  for (std::size_t shift = 0; shift < 8; ++shift) {
    std::string text(shift, 'x');
    while (text.size() < 5000) text += " perch\u00E9 \u20AC\U0001F600";
    Arena arena;
    PostView post;
    post.text = text;
    EXPECT_EQ(enrich({.post = post}, arena).lang, scorer().language(post)) << shift;
    EXPECT_EQ(scorer().language(post), "it") << shift;
  }
}

}  // namespace
}  // namespace passaparola::sentiment
