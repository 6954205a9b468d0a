#include "core/fold.h"

#include <gtest/gtest.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <random>
#include <string>

namespace passaparola {
namespace {

TEST(Fold, UndoesCaseWidthAndInvisibleCharacters) {
  EXPECT_EQ(folded("MOKA Nera"), "moka nera");
  EXPECT_EQ(folded("ＭＯＫＡ"), "moka");
  EXPECT_EQ(folded("mo\u200Bka"), "moka");
  EXPECT_EQ(folded("Straße"), "strasse");
  EXPECT_EQ(folded("CAFFE\u0300"), "caffè");
}

TEST(Fold, EveryAsciiByteFoldsAlikeAtEveryPlace) {
  std::string all;
  for (char c = 0; c < 127; ++c) all.push_back(c);
  for (std::size_t shift = 0; shift < 40; ++shift) {
    const std::string text = std::string(shift, 'X') + all;
    const std::string result = folded(text);
    ASSERT_EQ(result.size(), text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      EXPECT_EQ(result[i], c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
    }
  }
}

TEST(Fold, WithOriginAgreesWithAppendAndMapsBack) {
  for (const std::string text :
       {"", "A", "ÀB", "abc ＭOKA ﬁne Straße\u0301", "e\u0301e\u0301", "日本語 moka", "㎡ x"}) {
    const Folded result = fold_with_origin(text);
    EXPECT_EQ(result.text, folded(text));
    ASSERT_EQ(result.origin.size(), result.text.size() + 1);
    for (std::size_t i = 1; i < result.origin.size(); ++i) {
      EXPECT_LE(result.origin[i - 1], result.origin[i]);
    }
    EXPECT_EQ(result.origin.back(), text.size());
  }
  const std::string text = "È ＭOKA!";
  const Folded result = fold_with_origin(text);
  const std::size_t at = result.text.find("moka");
  ASSERT_NE(at, std::string::npos);
  const std::uint32_t begin = result.original_begin(at);
  EXPECT_EQ(text.substr(begin, result.original_end(at + 4) - begin), "ＭOKA");
}

constexpr const char* kParts[] = {"a",
                                  "Z",
                                  " ",
                                  "moka nera e poi ",
                                  "THE END OF IT ALL, ",
                                  "è",
                                  "È",
                                  "ß",
                                  "İ",
                                  "ŉ",
                                  "ŀ",
                                  "Ÿ",
                                  "\u0301",
                                  "\u0323",
                                  "\u200D",
                                  "\uFE0F",
                                  "\u200B",
                                  "\u2019",
                                  "…",
                                  "™",
                                  "☕",
                                  "😅",
                                  "🤷",
                                  "🄰",
                                  "👍🏽",
                                  "ﬁ",
                                  "Ｍ",
                                  "漢",
                                  "が",
                                  "ｶﾞ",
                                  "한",
                                  "ᄒ",
                                  "ᅡ",
                                  "ж",
                                  "Σ",
                                  "\u00AD",
                                  "½",
                                  "ª",
                                  "\u00A0",
                                  "\u2028",
                                  "\u2126",
                                  "℀",
                                  "\u3000",
                                  "ǆ",
                                  "ſ",
                                  "\u0345",
                                  "ά",
                                  "אּ"};

// The quick ways through a text say what ICU says of all of it at once.
TEST(Fold, IsWhatIcuSaysWhateverStandsBesideWhat) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const icu_fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  ASSERT_TRUE(U_SUCCESS(status));
  std::mt19937_64 random(20261122);
  std::string out;
  Folded mapped;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const std::size_t parts = random() % 12;
    for (std::size_t k = 0; k < parts; ++k) text += kParts[random() % std::size(kParts)];
    std::string want;
    icu_fold->normalize(icu::UnicodeString::fromUTF8(text), status).toUTF8String(want);
    ASSERT_TRUE(U_SUCCESS(status));
    out = "before";
    fold_append(text, out);
    ASSERT_EQ(out, "before" + want) << text;
    fold_with_origin(text, mapped);
    ASSERT_EQ(mapped.text, want) << text;
    ASSERT_EQ(mapped.origin.size(), want.size() + 1) << text;
    ASSERT_TRUE(std::is_sorted(mapped.origin.begin(), mapped.origin.end())) << text;
    ASSERT_EQ(mapped.origin.back(), text.size()) << text;
  }
}

TEST(Fold, WithoutAccentsDropsAccentsAndNothingElse) {
  EXPECT_EQ(without_accents("caffè perché ñandú ü").text, "caffe perche nandu u");
  EXPECT_EQ(without_accents("x\u0301y").text, "xy");
  EXPECT_EQ(without_accents("が").text, "\u304B\u3099");  // a voiced sound is no accent
  const Folded result = without_accents("tè moka");
  EXPECT_EQ(result.text, "te moka");
  EXPECT_EQ(result.original_begin(1), 1U);
  EXPECT_EQ(result.original_end(2), 3U);
  EXPECT_EQ(result.original_begin(3), 4U);
}

TEST(Fold, WordCharactersAndUnspacedLetters) {
  EXPECT_TRUE(is_word_character(U'è'));
  EXPECT_TRUE(is_word_character(U'_'));
  EXPECT_TRUE(is_word_character(U'\u0301'));
  EXPECT_FALSE(is_word_character(U'\''));
  EXPECT_FALSE(is_word_character(U'☕'));
  for (const char32_t c : {U'漢', U'ひ', U'カ', U'ー', U'ก'}) EXPECT_TRUE(is_unspaced_letter(c));
  for (const char32_t c : {U'a', U'è', U'ж', U'한', U'☕'}) EXPECT_FALSE(is_unspaced_letter(c));
}

TEST(Fold, StepsBackAndForthOverCodePoints) {
  const std::string text = "aè漢😀";
  std::size_t at = 0;
  for (const char32_t want : {U'a', U'è', U'漢', U'😀'}) {
    EXPECT_EQ(next_code_point(text, at), want);
    EXPECT_EQ(previous_code_point(text, at), want);
  }
  EXPECT_EQ(at, text.size());
}

TEST(Fold, RecognisesInvalidUtf8) {
  EXPECT_TRUE(is_valid_utf8("perché"));
  EXPECT_FALSE(is_valid_utf8("\xC3"));
  EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));
  EXPECT_TRUE(is_ascii("plain"));
  EXPECT_FALSE(is_ascii("plain text and then è"));
}

}  // namespace
}  // namespace passaparola
