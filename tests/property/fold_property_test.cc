// Our folding against ICU's own, over random strings: PASSAPAROLA_SEED repeats a run,
// PASSAPAROLA_STRINGS makes it longer.
#include <gtest/gtest.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>

#include <array>
#include <cstdlib>
#include <random>
#include <string>

#include "core/fold.h"

namespace passaparola {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Blocks whose letters fold, decompose, join or vanish, beside plain ones.
constexpr std::array<std::pair<char32_t, char32_t>, 24> kRanges{{
    {0x20, 0x7E},     {0x20, 0x7E},     {0x20, 0x7E},       {0xA0, 0x24F},      {0x300, 0x36F},
    {0x370, 0x3FF},   {0x400, 0x52F},   {0x530, 0x5FF},     {0x600, 0x6FF},     {0x900, 0x97F},
    {0x1100, 0x11FF}, {0x13A0, 0x13FF}, {0x1E00, 0x1FFF},   {0x2000, 0x206F},   {0x2070, 0x218F},
    {0x2460, 0x24FF}, {0x3040, 0x33FF}, {0xAC00, 0xAC80},   {0xF900, 0xFAFF},   {0xFB00, 0xFDFF},
    {0xFE00, 0xFE6F}, {0xFF00, 0xFFEF}, {0x1D400, 0x1D7FF}, {0x1F100, 0x1FAFF},
}};

std::string random_text(std::mt19937_64& random) {
  icu::UnicodeString text;
  const std::size_t length = random() % 24;
  for (std::size_t i = 0; i < length; ++i) {
    auto [low, high] = kRanges[random() % kRanges.size()];
    if (random() % 64 == 0) low = 0, high = 0x10FFFF;
    const auto c = static_cast<UChar32>(low + random() % (high - low + 1));
    text.append(U_IS_SURROGATE(c) ? UChar32{'s'} : c);
  }
  std::string utf8;
  return text.toUTF8String(utf8);
}

TEST(Property, FoldingIsThatOfIcu) {
  const std::uint64_t seed = number_from("PASSAPAROLA_SEED", std::random_device{}());
  const std::uint64_t strings = number_from("PASSAPAROLA_STRINGS", 1'000'000);
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  UErrorCode status = U_ZERO_ERROR;
  const auto* const icu_folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
  ASSERT_TRUE(U_SUCCESS(status));
  std::string own;
  Folded mapped;
  for (std::uint64_t i = 0; i < strings; ++i) {
    const std::string text = random_text(random);
    std::string expected;
    icu_folding->normalize(icu::UnicodeString::fromUTF8(text), status).toUTF8String(expected);
    ASSERT_TRUE(U_SUCCESS(status));
    own.clear();
    fold_append(text, own);
    ASSERT_EQ(own, expected) << "seed " << seed << ", string " << i << ": " << text;
    fold_with_origin(text, mapped);
    ASSERT_EQ(mapped.text, expected) << "seed " << seed << ", string " << i << ", with its map";
    ASSERT_EQ(mapped.origin.size(), expected.size() + 1);
    ASSERT_EQ(mapped.origin.back(), text.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
      ASSERT_LE(mapped.origin[k], mapped.origin[k + 1]) << "seed " << seed << ", string " << i;
      if ((static_cast<unsigned char>(expected[k]) & 0xC0U) == 0x80U) continue;
      const auto byte = static_cast<unsigned char>(text[mapped.origin[k]]);
      ASSERT_NE(byte & 0xC0U, 0x80U)
          << "seed " << seed << ", byte " << k << " of " << expected << " from " << text
          << ": an origin is where a character begins";
    }
  }
}

}  // namespace
}  // namespace passaparola
