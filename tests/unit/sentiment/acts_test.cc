// Speech acts: every row is a sentence of ours and the act that it must have, or must not have.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "unit/sentiment/scorer.h"

namespace passaparola::sentiment {
namespace {

struct Row {
  std::string_view lang;
  std::string_view text;
  std::string_view act;  // the expected one; empty: no recommendation of any kind
  bool reply = false;
};

Enrichment enrich_row(const Row& row, Arena& arena) {
  PostView post;
  post.text = row.text;
  post.lang = row.lang;
  post.author.id = "author";
  if (row.reply) {
    post.kind = PostKind::reply;
    post.reply_to_id = "parent";
    post.reply_to_author_id = "somebody";
  }
  return enrich({.post = post}, arena);
}

const ActHit* act_of(const Enrichment& enrichment, Act act) {
  for (const ActHit& hit : enrichment.acts) {
    if (hit.act == act) return &hit;
  }
  return nullptr;
}

std::string describe(const Enrichment& enrichment) {
  std::string out;
  for (const ActHit& hit : enrichment.acts) {
    out += std::string(name_of(hit.act)) + " (" + std::string(hit.cue) + ") ";
  }
  return out;
}

constexpr Row kFound[] = {
    {"en", "You should try the Moka Nera.", "recommend"},
    {"en", "I highly recommend Moka Nera to anyone.", "recommend"},
    {"en", "Do yourself a favour and get a Moka Nera.", "recommend"},
    {"en", "Give the Moka Nera a try!", "recommend"},
    {"en", "I can't recommend the Moka Nera enough.", "recommend"},
    {"en", "Couldn't recommend Moka Nera any more.", "recommend"},
    {"en", "The Moka Nera is a must-have.", "recommend"},
    {"en", "Moka Nera is my go-to for camping.", "recommend"},
    {"en", "If you're looking for a quiet machine, get the Moka Nera.", "recommend"},
    {"en", "I would not recommend the Moka Nera.", "anti-recommend"},
    {"en", "I don't recommend Moka Nera.", "anti-recommend"},
    {"en", "Stay away from Moka Nera.", "anti-recommend"},
    {"en", "Don't buy the Moka Nera.", "anti-recommend"},
    {"en", "Moka Nera: never again.", "churn"},
    {"en", "I'm cancelling my subscription to Moka Nera.", "churn"},
    {"en", "Can anyone recommend something like Moka Nera?", "seek"},
    {"en", "Moka Nera or another one? Recommendations?", "seek"},
    {"en", "Do you recommend the Moka Nera?", "seek"},
    {"en", "The Moka Nera was recommended to me by a barista.", "received"},
    {"en", "My doctor recommends Moka Nera.", "received"},
    {"en", "To be fair, the Moka Nera works well.", "defend", true},
    {"en", "Never had that problem with my Moka Nera.", "defend", true},
    {"en", "That's not their fault, Moka Nera replaced mine.", "defend", true},
    {"en", "For the Moka Nera go to settings and turn it off.", "help", true},
    {"en", "Here's how you open the Moka Nera.", "help", true},
    {"en", "After 3 years the Moka Nera still runs.", "testimonial"},
    {"en", "I've been using the Moka Nera for ages.", "testimonial"},
    {"en", "It would be great if the Moka Nera had a timer.", "idea"},
    {"en", "Feature request for Moka Nera: a timer.", "idea"},
    {"en", "The Moka Nera is still broken.", "complain"},
    {"en", "I want a refund for this Moka Nera.", "complain"},
    {"en", "Moka Nera is better than the others.", "compare"},
    {"en", "I'm going to buy a Moka Nera.", "purchase-intent"},
    {"en", "Use my code ANNA10 at Moka Nera.", "invite"},
    {"en", "The Moka Nera is absolutely fantastic and I love it!", "praise"},
    {"it", "La Moka Nera ve la consiglio!", "recommend"},
    {"it", "Vi consiglio la Moka Nera.", "recommend"},
    {"it", "Provatela, la Moka Nera.", "recommend"},
    {"it", "Dovete provare la Moka Nera.", "recommend"},
    {"it", "Se cercate una buona moka prendete la Moka Nera.", "recommend"},
    {"it", "Moka Nera stra consigliata, consigliatissima.", "recommend"},
    {"it", "Non posso che consigliarla, questa Moka Nera.", "recommend"},
    {"it", "Non posso non consigliare la Moka Nera.", "recommend"},
    {"it", "Moka Nera, mai più senza.", "recommend"},
    {"it", "Con Moka Nera andate sul sicuro.", "recommend"},
    {"it", "Moka Nera promossa a pieni voti.", "recommend"},
    {"it", "Sconsiglio la Moka Nera.", "anti-recommend"},
    {"it", "Non la consiglio, la Moka Nera.", "anti-recommend"},
    {"it", "State alla larga dalla Moka Nera.", "anti-recommend"},
    {"it", "Non comprate la Moka Nera.", "anti-recommend"},
    {"it", "Moka Nera mai più.", "churn"},
    {"it", "Disdico l'abbonamento Moka Nera.", "churn"},
    {"it", "Chi mi consiglia una Moka Nera?", "seek"},
    {"it", "Moka Nera, avete consigli?", "seek"},
    {"it", "Cosa mi consigliate al posto della Moka Nera?", "seek"},
    {"it", "La Moka Nera mi è stata consigliata.", "received"},
    {"it", "Presa Moka Nera su consiglio di mia sorella.", "received"},
    {"it", "Non è vero, la Moka Nera funziona.", "defend", true},
    {"it", "In loro difesa, la Moka Nera va.", "defend", true},
    {"it", "Mai avuto problemi con la Moka Nera.", "defend", true},
    {"it", "Ecco come si apre la Moka Nera.", "help", true},
    {"it", "Prova a staccare la Moka Nera.", "help", true},
    {"it", "Dopo 3 anni la Moka Nera funziona ancora.", "testimonial"},
    {"it", "Con la Moka Nera mi trovo benissimo.", "testimonial"},
    {"it", "Sarebbe bello se la Moka Nera avesse un timer.", "idea"},
    {"it", "Voglio il rimborso della Moka Nera.", "complain"},
    {"it", "È la terza volta che la Moka Nera arriva rotta.", "complain"},
    {"it", "Con il mio codice la Moka Nera costa meno.", "invite"},
    {"it", "La Moka Nera è fantastica, la adoro!", "praise"},
};

// The brand itself is part of the cue: what is recommended must be the brand.
constexpr Row kBrandSlot[] = {
    {"en", "Just buy the Moka Nera.", "recommend"},
    {"en", "Look, get a Moka Nera and stop worrying.", "recommend"},
    {"en", "Moka Nera all the way!", "recommend"},
    {"en", "You can't go wrong with a Moka Nera.", "recommend"},
    {"en", "Its Moka Nera all the way down.", ""},
    {"en", "You need to get a new filter for the Moka Nera.", ""},
    {"en", "I wanted to give it a try because the Moka Nera looks nice.", ""},
    {"en", "Where can I get the Moka Nera?", ""},
    {"en", "I tried to get the Moka Nera last week.", ""},
    {"en", "Don't buy the Moka Nera.", ""},
    {"en", "They made my order wrong, the Moka Nera came in white.", ""},
    {"it", "Prendete la Moka Nera.", "recommend"},
    {"it", "Moka Nera tutta la vita.", "recommend"},
    {"it", "Compra una Moka Nera e non ci pensi più.", "recommend"},
    {"it", "Dove posso comprare la Moka Nera?", ""},
    {"it", "Non prendete la Moka Nera.", ""},
    {"it", "Ieri ho comprato la Moka Nera.", ""},
};

TEST(Acts, OfTheBrandNameTheBrand) {
  for (const Row& row : kBrandSlot) {
    Arena arena;
    const Enrichment enrichment = enrich_row(row, arena);
    const ActHit* recommend = act_of(enrichment, Act::recommend);
    EXPECT_EQ(recommend != nullptr, row.act == "recommend")
        << row.text << ": " << describe(enrichment);
  }
}

// "Moka Nera!" with a good sign under somebody's question is consent; elsewhere, or with thanks or
// a question, it is not.
TEST(Acts, AShortAnswerCanBeConsent) {
  const Row rows[] = {{"en", "Moka Nera 👍", "recommend", true},
                      {"it", "Moka Nera ❤️", "recommend", true},
                      {"en", "Moka Nera 👍", "", false},
                      {"en", "Moka Nera?", "", true},
                      {"it", "Grazie Moka Nera ❤️", "", true}};
  for (const Row& row : rows) {
    Arena arena;
    const Enrichment enrichment = enrich_row(row, arena);
    const ActHit* recommend = act_of(enrichment, Act::recommend);
    EXPECT_EQ(recommend != nullptr, row.act == "recommend")
        << row.text << ": " << describe(enrichment);
    if (recommend != nullptr) {
      EXPECT_LE(recommend->confidence, 0.6);
    }
  }
}

TEST(Acts, AreFoundWithTheirCue) {
  for (const Row& row : kFound) {
    Arena arena;
    const Enrichment enrichment = enrich_row(row, arena);
    const ActHit* hit = act_of(enrichment, *parse_act(row.act));
    EXPECT_NE(hit, nullptr) << row.text << " expected " << row.act << ", found "
                            << describe(enrichment);
    if (hit == nullptr) continue;
    EXPECT_EQ(hit->cue, row.text.substr(hit->begin, hit->end - hit->begin));
    EXPECT_GT(hit->confidence, 0);
    EXPECT_LE(hit->confidence, 1);
  }
}

constexpr Row kNotRecommended[] = {
    {"en", "The algorithm recommended me a Moka Nera video.", ""},
    {"en", "YouTube recommended Moka Nera again.", ""},
    {"en", "She wrote \"I highly recommend Moka Nera\" on the wall.", ""},
    {"en", "They say they highly recommend Moka Nera.", ""},
    {"en", "I saw a Moka Nera today.", ""},
    {"en", "I love my friends. We met at Moka Nera. Later we had lunch. I recommend the soup.", ""},
    {"en", "Moka Nera was never recommended to me.", ""},
    {"en", "I don't recommend the Moka Nera.", ""},
    {"it", "L'algoritmo consiglia sempre Moka Nera.", ""},
    {"it", "Il consiglio comunale parla di Moka Nera.", ""},
    {"it", "Non vi consiglio la Moka Nera.", ""},
    {"it", "Mi consigliate la Moka Nera?", ""},
    {"it", "Dicono che la consigliano tutti, la Moka Nera.", ""},
    {"it", "Ho visto una Moka Nera.", ""},
};

TEST(Acts, GuardsKeepTheRestOut) {
  for (const Row& row : kNotRecommended) {
    Arena arena;
    const Enrichment enrichment = enrich_row(row, arena);
    EXPECT_EQ(act_of(enrichment, Act::recommend), nullptr)
        << row.text << ": " << describe(enrichment);
  }
}

TEST(Acts, OfReplyNeedSomebodyToAnswer) {
  Arena arena;
  const auto defends = [&](Row row) {
    return act_of(enrich_row(row, arena), Act::defend) != nullptr;
  };
  EXPECT_TRUE(defends({"en", "To be fair, Moka Nera works.", "", true}));
  EXPECT_FALSE(defends({"en", "To be fair, Moka Nera works.", "", false}));
  EXPECT_FALSE(
      defends({"en", "To be fair, Moka Nera is the worst awful horrible junk.", "", true}));
}

TEST(Acts, SayWhatTheyNeedOfTheParent) {
  Arena arena;
  const auto need = [&](const Row& row, Act act) {
    const Enrichment enrichment = enrich_row(row, arena);
    const ActHit* hit = act_of(enrichment, act);
    return hit == nullptr ? "nothing found" : name_of(hit->needs);
  };
  EXPECT_EQ(need({"en", "To be fair, Moka Nera works.", "", true}, Act::defend), "criticism");
  EXPECT_EQ(need({"it", "Prova a staccare la Moka Nera.", "", true}, Act::help), "question");
  EXPECT_EQ(need({"en", "Moka Nera 👍", "", true}, Act::recommend), "question");
  EXPECT_EQ(need({"en", "I recommend the Moka Nera.", "", true}, Act::recommend), "");
  EXPECT_EQ(need({"en", "A quick tip for the Moka Nera: rinse it.", "", true}, Act::help), "");
}

TEST(Acts, ConditionsWithholdOrWeakenAndConsentOfOneWordStaysModest) {
  Arena arena;
  const auto confidence = [&](std::string_view lang, std::string_view text) {
    const Enrichment enrichment = enrich_row({lang, text, ""}, arena);
    const ActHit* hit = act_of(enrichment, Act::recommend);
    return hit == nullptr ? 0.0 : hit->confidence;
  };
  const double plain = confidence("en", "I would recommend Moka Nera.");
  // A condition about the brand is none; another one is at most half of a recommendation.
  EXPECT_EQ(confidence("en", "I would recommend Moka Nera if it cost less."), 0);
  EXPECT_LE(confidence("en", "I would recommend Moka Nera unless money is tight."), plain / 2);
  EXPECT_GT(plain, confidence("it", "Consigliata! Moka Nera"));
  PostView post;
  post.kind = PostKind::review;
  post.lang = "it";
  post.text = "Consigliato!";
  const Enrichment consent = enrich({.post = post}, arena);
  const ActHit* hit = act_of(consent, Act::recommend);
  ASSERT_NE(hit, nullptr);
  EXPECT_LE(hit->confidence, 0.6);
}

TEST(Acts, KnowWhoIsAddressed) {
  Arena arena;
  const Enrichment others = enrich_row({"it", "La Moka Nera ve la consiglio.", ""}, arena);
  EXPECT_TRUE(act_of(others, Act::recommend)->to_others);
  const Enrichment statement = enrich_row({"it", "La consiglio, la Moka Nera.", ""}, arena);
  EXPECT_FALSE(act_of(statement, Act::recommend)->to_others);
}

TEST(Acts, AgreeWithHowTheBrandIsSpokenOf) {
  constexpr std::string_view kAboutSomethingElse[] = {
      "Customer service of my bank is useless, waited two hours. Love my Moka Nera though.",
      "My phone keeps crashing, what a joke. Happy with the Moka Nera.",
      "My train is late again, worst service ever. The Moka Nera at the station was great.",
  };
  for (const std::string_view text : kAboutSomethingElse) {
    Arena arena;
    const Enrichment enrichment = enrich_row({"en", text, ""}, arena);
    ASSERT_NE(enrichment.sentiment.label, Label::negative) << text;
    EXPECT_EQ(act_of(enrichment, Act::complain), nullptr) << text << describe(enrichment);
  }
  Arena arena;
  const Enrichment angry = enrich_row(
      {"en",
       "Can anyone recommend something better than this awful Moka Nera? It broke twice and "
       "support keeps ignoring me.",
       ""},
      arena);
  ASSERT_EQ(angry.sentiment.label, Label::negative);
  EXPECT_NE(act_of(angry, Act::seek), nullptr) << describe(angry);
  EXPECT_NE(act_of(angry, Act::complain), nullptr) << describe(angry);
}

}  // namespace
}  // namespace passaparola::sentiment
