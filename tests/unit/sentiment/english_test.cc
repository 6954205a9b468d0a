// English scores against the reference program's, line by line, and its rules one by one.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "unit/sentiment/scorer.h"

namespace passaparola::sentiment {
namespace {

namespace fs = std::filesystem;

double compound(std::string_view text) {
  Arena arena;
  return scorer().score_by_vader(text, "en", arena).score;
}

TEST(English, EqualsTheReferenceProgramOnRealTexts) {
  const fs::path data = PASSAPAROLA_DATA_DIR "/sentiment";
  if (!fs::exists(data)) {
    std::puts("no shared data here: nothing compared");
    return;
  }
  std::size_t lines = 0;
  std::size_t different = 0;
  const char* show = std::getenv("PASSAPAROLA_SHOW_DIFFERENCES");
  for (const auto& entry : fs::directory_iterator(data / "vader_reference")) {
    std::ifstream reference(entry.path());
    std::ifstream texts(data / (entry.path().stem().string() + ".tsv"));
    std::string expected;
    std::string line;
    while (std::getline(reference, expected) && std::getline(texts, line)) {
      const std::size_t begin = line.find('\t') + 1;
      const std::string text = line.substr(begin, line.find('\t', begin) - begin);
      ++lines;
      const double score = compound(text);
      if (std::abs(score - std::stod(expected)) < 0.00005) continue;
      ++different;
      if (show != nullptr) {
        std::printf("%s: %s, ours %.4f: %s\n", entry.path().stem().c_str(), expected.c_str(), score,
                    text.c_str());
      }
    }
  }
  std::printf("%zu of %zu lines differ from the reference\n", different, lines);
  EXPECT_GT(lines, 30'000U);
  EXPECT_LE(different * 200, lines);
}

// Values by the published formulas: v / sqrt(v^2 + 15), rounded to four decimals.
double normal(double v) { return std::round(v / std::sqrt(v * v + 15) * 1e4) / 1e4; }

TEST(English, OneWordIsItsValence) {
  EXPECT_DOUBLE_EQ(compound("a good one"), normal(1.9));
  EXPECT_DOUBLE_EQ(compound("a bad one"), normal(-2.5));
  EXPECT_DOUBLE_EQ(compound("one table and two chairs"), 0);
  EXPECT_DOUBLE_EQ(compound(""), 0);
}

TEST(English, NegationFlipsAndDampens) {
  EXPECT_DOUBLE_EQ(compound("this is not good"), normal(1.9 * -0.74));
  EXPECT_DOUBLE_EQ(compound("it isn't good"), normal(1.9 * -0.74));
  EXPECT_DOUBLE_EQ(compound("not one of the good"), normal(1.9));  // out of reach
  EXPECT_GT(compound("never so good"), compound("so good"));
  EXPECT_DOUBLE_EQ(compound("no good"), normal(1.9 * -0.74));
}

TEST(English, BoostersFadeWithDistance) {
  EXPECT_DOUBLE_EQ(compound("a very good one"), normal(1.9 + 0.293));
  EXPECT_DOUBLE_EQ(compound("very old good one"), normal(1.9 + 0.293 * 0.95));
  EXPECT_DOUBLE_EQ(compound("slightly bad"), normal(-2.5 + 0.293));
  EXPECT_LT(compound("all that is kind of good"), compound("all that is there good"));
}

TEST(English, CapitalsCountOnlyInAMix) {
  EXPECT_DOUBLE_EQ(compound("a GOOD one"), normal(1.9 + 0.733));
  EXPECT_DOUBLE_EQ(compound("THAT GOOD ONE"), normal(1.9));
}

TEST(English, PunctuationAmplifiesUpToItsCap) {
  EXPECT_DOUBLE_EQ(compound("that good one!"), normal(1.9 + 0.292));
  EXPECT_DOUBLE_EQ(compound("that good one!!!!!!"), normal(1.9 + 4 * 0.292));
  EXPECT_DOUBLE_EQ(compound("that good one???"), normal(1.9 + 3 * 0.18));
  EXPECT_DOUBLE_EQ(compound("that bad one????"), normal(-2.5 - 0.96));
}

TEST(English, ButMovesTheWeight) {
  EXPECT_DOUBLE_EQ(compound("good one but bad other"), normal(1.9 * 0.5 - 2.5 * 1.5));
}

TEST(English, IdiomsReplaceTheirWords) {
  EXPECT_GT(compound("well now this is the shit"), 0);
  EXPECT_LT(compound("for them it was least good"), 0);
  EXPECT_GT(compound("in the end at least good"), 0);
}

TEST(English, EmojiAreReadByName) {
  Arena arena;
  const std::string text = "moka \xF0\x9F\x98\x82";
  const Sentiment sentiment = scorer().score_by_vader(text, "en", arena);
  EXPECT_GT(sentiment.score, 0);
  for (const SentimentHit& hit : sentiment.hits) {
    EXPECT_EQ(hit.begin, 5U);
    EXPECT_EQ(hit.end, text.size());
  }
}

TEST(English, HitsCarryTheirPlaceAndSign) {
  Arena arena;
  const Sentiment sentiment =
      scorer().score_by_vader("It is not GOOD. The rest of it was really bad.", "en", arena);
  ASSERT_EQ(sentiment.hits.size(), 2U);
  EXPECT_EQ(sentiment.hits[0].term, "GOOD");
  EXPECT_TRUE(sentiment.hits[0].negated);
  EXPECT_LT(sentiment.hits[0].weight, 0);
  EXPECT_EQ(sentiment.hits[1].term, "bad");
  EXPECT_EQ(sentiment.label, Label::negative);
}

}  // namespace
}  // namespace passaparola::sentiment
