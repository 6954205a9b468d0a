#include "core/terminal.h"

#include <gtest/gtest.h>

#include <string>

namespace passaparola {
namespace {

TEST(Terminal, PlainTextPasses) {
  EXPECT_EQ(terminal_safe("Perché no? ☕ 日本"), "Perché no? ☕ 日本");
}

TEST(Terminal, EscapeSequencesLoseTheirEscape) {
  EXPECT_EQ(terminal_safe("\x1b[2Jx"), "\uFFFD[2Jx");
  EXPECT_EQ(terminal_safe("\u009b31m"), "\uFFFD31m");
  EXPECT_EQ(terminal_safe("\x07\b\x7f"), "\uFFFD\uFFFD\uFFFD");
}

TEST(Terminal, LineBreaksBecomeBlanks) {
  EXPECT_EQ(terminal_safe("a\r\nb\tc\u2028d\u0085e"), "a  b c d e");
}

TEST(Terminal, BidiControlsAndTagsAreReplaced) {
  EXPECT_EQ(terminal_safe("\u202Eevil\u202C"), "\uFFFDevil\uFFFD");
  EXPECT_EQ(terminal_safe("\u2066x\u2069\U000E0041"), "\uFFFDx\uFFFD\uFFFD");
}

TEST(Terminal, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_EQ(terminal_safe("a\xff z\xc3"), "a\uFFFD z\uFFFD");
}

TEST(Terminal, NulIsReplaced) { EXPECT_EQ(terminal_safe(std::string("a\0b", 3)), "a\uFFFDb"); }

TEST(Terminal, JsonIsEscapedWithoutMeaningAnythingElse) {
  EXPECT_EQ(terminal_safe_json("{\"a\":\"caffè \u202e\u009b\x7f\U000E0041\"}\n"),
            "{\"a\":\"caffè \\u202e\\u009b\\u007f\\udb40\\udc41\"}\n");
  EXPECT_EQ(terminal_safe_json("[\"日本\u2028\"]\n[1]\n"), "[\"日本\\u2028\"]\n[1]\n");
  EXPECT_EQ(terminal_safe_json(""), "");
}

TEST(Terminal, WidthOfWideAndCombiningCharacters) {
  EXPECT_EQ(display_width("caffè"), 5U);
  EXPECT_EQ(display_width("caffe\u0300"), 5U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("\U0001F600"), 2U);
  EXPECT_EQ(display_width(""), 0U);
}

TEST(Terminal, FitCutsAndFills) {
  EXPECT_EQ(fit_columns("abc", 5), "abc  ");
  EXPECT_EQ(fit_columns("abcdef", 4), "abc…");
  EXPECT_EQ(fit_columns("日本語", 4), "日… ");
  EXPECT_EQ(fit_columns("abc", 0), "");
  EXPECT_EQ(display_width(fit_columns("日本語日本語", 7)), 7U);
}

}  // namespace
}  // namespace passaparola
