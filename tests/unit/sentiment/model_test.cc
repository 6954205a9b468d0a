// The learned scorer: ratings, tags, reasons, the files of its weights, and the same bytes on every
// thread.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "core/json.h"
#include "unit/sentiment/scorer.h"

namespace passaparola::sentiment {
namespace {

namespace fs = std::filesystem;

Sentiment of_review(std::string_view text, double stars, Arena& arena) {
  PostView post;
  post.lang = "en";
  post.kind = PostKind::review;
  post.text = text;
  post.rating = Rating{stars, 5};
  return enrich({.post = post}, arena).sentiment;
}

TEST(Ratings, WeighInWithTheText) {
  Arena arena;
  EXPECT_EQ(of_review("Bought the Moka Nera in May.", 5, arena).label, Label::positive);
  EXPECT_EQ(of_review("Bought the Moka Nera in May.", 1, arena).label, Label::negative);
  EXPECT_GT(of_review("Bought the Moka Nera in May.", 5, arena).score,
            of_review("Bought the Moka Nera in May.", 3, arena).score);
}

TEST(Ratings, ThatTheTextContradictsMakeItMixed) {
  Arena arena;
  const std::string_view text =
      "The Moka Nera is terrible, horrible and useless. It broke after two days. Worst ever, I "
      "hate it.";
  EXPECT_EQ(of_review(text, 1, arena).label, Label::negative);
  EXPECT_EQ(of_review(text, 5, arena).label, Label::mixed);
}

TEST(Ratings, OfSurveysAreAnswersToTheNpsQuestion) {
  Arena arena;
  PostView post;
  post.lang = "it";
  post.kind = PostKind::survey;
  post.text = "La Moka Nera.";
  post.nps = 10;
  EXPECT_EQ(enrich({.post = post}, arena).sentiment.label, Label::positive);
  post.nps = 0;
  EXPECT_EQ(enrich({.post = post}, arena).sentiment.label, Label::negative);
}

TEST(Tags, SpeakToTheBrandWithTheWholeText) {
  Arena arena;
  PostView post;
  post.lang = "en";
  post.text = "this is the worst service ever, three weeks without an answer @mokanera";
  EXPECT_EQ(enrich({.post = post, .brand = "@mokanera"}, arena).sentiment.label, Label::negative);
}

TEST(Explanation, NamesWordsOfTheTextInOrder) {
  Arena arena;
  const std::string_view text = "I love my Moka Nera, but the support is terrible.";
  const Sentiment sentiment = enrich(text, "en", arena).sentiment;
  ASSERT_GE(sentiment.hits.size(), 2U);
  bool love = false;
  bool terrible = false;
  for (std::size_t i = 0; i < sentiment.hits.size(); ++i) {
    const SentimentHit& hit = sentiment.hits[i];
    EXPECT_EQ(hit.term, text.substr(hit.begin, hit.end - hit.begin));
    EXPECT_NE(hit.weight, 0);
    if (i > 0) {
      EXPECT_LE(sentiment.hits[i - 1].begin, hit.begin);
    }
    love = love || (hit.term.find("love") != std::string_view::npos && hit.weight > 0);
    terrible = terrible || (hit.term.find("terrible") != std::string_view::npos && hit.weight < 0);
  }
  EXPECT_TRUE(love);
  EXPECT_TRUE(terrible);
}

// All that one text gives, as bytes.
std::string bytes_of(std::string_view text, std::string_view lang) {
  Arena arena;
  PostView post;
  post.text = text;
  post.lang = lang;
  const Enrichment enriched = enrich({.post = post}, arena);
  Mention mention;
  mention.sentiment = enriched.sentiment;
  mention.acts = enriched.acts;
  mention.authenticity = enriched.authenticity;
  mention.quality = enriched.quality;
  mention.lang = enriched.lang;
  mention.fingerprint = enriched.fingerprint;
  mention.post = post;
  std::string out;
  JsonWriter writer(out);
  write_mention(writer, mention, 0);
  return out;
}

TEST(Scorer, GivesTheSameBytesOnOneThreadAndOnMany) {
  std::vector<std::string> texts;
  for (int i = 0; i < 300; ++i) {
    const std::string number = std::to_string(i);
    texts.push_back("Moka Nera " + number + " is great, but the handle broke after " + number +
                    " days. I would not recommend it! Use my code ANNA" + number);
    texts.push_back("Vi consiglio la Moka Nera " + number + ", bellissima anche se cara :) " +
                    std::string(static_cast<std::size_t>(i % 7), '!'));
  }
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    expected.push_back(bytes_of(texts[i], i % 2 == 0 ? "en" : "it"));
  }
  std::vector<std::thread> threads;
  std::vector<std::size_t> different(4);
  for (std::size_t t = 0; t < different.size(); ++t) {
    threads.emplace_back([&, t] {
      // Each in an order of its own, so that what a thread keeps is not the same.
      for (std::size_t step = 0; step < texts.size(); ++step) {
        const std::size_t i = (step * (2 * t + 7) + 13 * t) % texts.size();
        different[t] += bytes_of(texts[i], i % 2 == 0 ? "en" : "it") == expected[i] ? 0U : 1U;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(different, std::vector<std::size_t>(4));
}

class ModelFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("model-files-" + std::to_string(getpid()));
    fs::copy(PASSAPAROLA_SOURCE_DIR "/rules/lexicons", folder_, fs::copy_options::recursive);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // What loading says of a file with one more line.
  std::string error_with(const fs::path& file, const std::string& line) {
    std::ofstream(folder_ / file, std::ios::app) << line << '\n';
    const auto loaded = Scorer::load(folder_);
    return loaded ? "" : loaded.error().message;
  }

  fs::path folder_;
};

TEST_F(ModelFiles, AnUnknownFactIsNamedWithItsLine) {
  const std::string error =
      error_with("en/model.tsv", "brand\tnear.wonderful\t1\t0\t0\t0\t0\t0\t0");
  EXPECT_NE(error.find("model.tsv:"), std::string::npos) << error;
  EXPECT_NE(error.find("an unknown fact"), std::string::npos) << error;
}

TEST_F(ModelFiles, AWeightThatIsNoNumberIsNamedWithItsLine) {
  const std::string error = error_with("it/learned.tsv", "ottim\tmolto\t0\t0\t0\t0\t0\t0");
  EXPECT_NE(error.find("learned.tsv:"), std::string::npos) << error;
}

TEST_F(ModelFiles, ChangeTheHash) {
  EXPECT_EQ(error_with("en/learned.tsv", "zyxwvut\t1.5\t-1.5\t0\t0\t0\t0\t0"), "");
  const auto loaded = Scorer::load(folder_);
  ASSERT_TRUE(loaded);
  EXPECT_NE((*loaded)->hash(), scorer().hash());
}

}  // namespace
}  // namespace passaparola::sentiment
