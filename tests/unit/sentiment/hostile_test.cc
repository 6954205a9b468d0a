// Hostile text: every span inside its text and on character edges, every score in its range, the
// same answer twice; limits; bad lexicon files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/fold.h"
#include "core/limits.h"
#include "sentiment/lexicons.h"
#include "sentiment/patterns.h"
#include "unit/sentiment/enrichment_checks.h"
#include "unit/sentiment/scorer.h"

namespace passaparola::sentiment {
namespace {

namespace fs = std::filesystem;

void check(std::string_view text) {
  for (const std::string_view lang : {"en", "it", "", "de"}) {
    Arena arena;
    PostView post;
    post.text = text;
    post.title = text.substr(0, 0);
    post.lang = lang;
    post.author.bio = text;
    post.author.id = "a";
    post.kind = PostKind::reply;
    post.reply_to_id = "b";
    const Enrichment one = enrich({.post = post}, arena);
    EXPECT_EQ(first_broken_promise(post, one), "") << text;
    const Enrichment two = enrich({.post = post}, arena);
    EXPECT_EQ(one.sentiment.score, two.sentiment.score);
    EXPECT_EQ(one.fingerprint, two.fingerprint);
    EXPECT_EQ(one.acts.size(), two.acts.size());
  }
}

TEST(Hostile, NaughtyStringsBreakNoPromise) {
  const fs::path file = PASSAPAROLA_DATA_DIR "/suites/blns/blns.txt";
  if (!fs::exists(file)) {
    std::puts("no shared data here: nothing checked");
    return;
  }
  std::ifstream in(file);
  std::size_t lines = 0;
  for (std::string line; std::getline(in, line);) {
    if (!is_valid_utf8(line)) continue;
    check(line);
    check("Moka Nera " + line + " is great, ve la consiglio");
    ++lines;
  }
  EXPECT_GT(lines, 500U);
}

std::string repeated(std::string_view unit, std::size_t bytes) {
  std::string out;
  while (out.size() + unit.size() <= bytes) out += unit;
  return out;
}

TEST(Hostile, LongTextsAreBounded) {
  for (const std::string_view unit :
       {"good but ", "a ", "\xF0\x9F\x98\x82", "! ", "non ", "(((", "\xE2\x80\x8B", "e\xCC\x81",
        "recommend to you ", "code A1B2 ", "give a a a a a ", "http://a?b&c=d ", "#ad ", "\"a"}) {
    check(repeated(unit, kMaxTextBytes));
  }
}

TEST(Hostile, HiddenAndFoldedLettersAreTheSameWord) {
  Arena arena;
  EXPECT_GT(scorer().score_by_vader("una moka ot\xE2\x80\x8Btima", "it", arena).score, 0);
  EXPECT_GT(scorer()
                .score_by_vader("una moka \xEF\xBD\x8F\xEF\xBD\x94\xEF\xBD\x94imA", "it", arena)
                .score,
            0);
}

TEST(Lexicons, ErrorsNameFileAndLine) {
  const fs::path folder = fs::path(testing::TempDir()) / "lexicons_with_an_error";
  fs::remove_all(folder);
  fs::copy(PASSAPAROLA_SOURCE_DIR "/rules/lexicons", folder, fs::copy_options::recursive);
  EXPECT_EQ((*Scorer::load(folder))->hash(), scorer().hash());
  const auto error_of = [&](const char* name, const char* content) {
    const fs::path file = folder / name;
    fs::remove(file);
    std::ofstream(file) << content;
    const auto loaded = Scorer::load(folder);
    const std::string message = loaded ? "loaded" : loaded.error().message;
    fs::copy_file(fs::path(PASSAPAROLA_SOURCE_DIR "/rules/lexicons") / name, file,
                  fs::copy_options::overwrite_existing);
    return message;
  };
  EXPECT_THAT(error_of("en/lexicon.tsv", "# x\ngood\t1.9\nbad\tx\n"),
              testing::HasSubstr("lexicon.tsv:3: "));
  EXPECT_THAT(error_of("en/lexicon.tsv", "good\t99\n"),
              testing::HasSubstr(":1: expected a number"));
  EXPECT_THAT(error_of("en/lexicon.tsv", "good\n"),
              testing::HasSubstr("expected 2 cells, found 1"));
  EXPECT_THAT(error_of("en/lexicon.tsv", "a\xFF\t1\n"), testing::HasSubstr("UTF-8"));
  EXPECT_THAT(error_of("it/cues.tsv", "wave\t1\t-\tciao\n"), testing::HasSubstr("an unknown act"));
  EXPECT_THAT(error_of("it/cues.tsv", "seek\t1\t-\t(a|b\n"), testing::HasSubstr("without its end"));
  EXPECT_THAT(error_of("it/cues.tsv", "seek\t1\t-\t<0-3> a\n"), testing::HasSubstr("a gap stands"));
  EXPECT_THAT(error_of("labels.tsv", "nothing\t1\ttext\ta\n"),
              testing::HasSubstr("unknown signal"));
  fs::remove(folder / "it" / "stems.tsv");
  EXPECT_THAT(Scorer::load(folder).error().message, testing::HasSubstr("no such lexicon file"));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace passaparola::sentiment
