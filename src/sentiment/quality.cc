#include "sentiment/quality.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/hash.h"
#include "core/json.h"

namespace passaparola::sentiment {
namespace {

constexpr std::size_t kFewestWords = 4;
constexpr double kDeepWords = 150;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Of a fingerprint: numbers change between copies, and so do the signs of tags.
bool is_left_out(char c) { return is_digit(c) || c == '#' || c == '_'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

// Letters and digits in one word, two characters of model name at least: "r7", "xr300", "15pro".
bool is_model_name(std::string_view key) {
  if (key.size() < 2 || key.size() > 16) return false;
  const bool plain =
      std::all_of(key.begin(), key.end(), [](char c) { return is_digit(c) || is_letter(c); });
  return plain && std::any_of(key.begin(), key.end(), is_digit) &&
         std::any_of(key.begin(), key.end(), is_letter);
}

// "30min": a number with its unit in one word.
bool is_measure(const Lexicons& lexicons, std::string_view key) {
  std::size_t digits = 0;
  while (digits < key.size() && is_digit(key[digits])) ++digits;
  return digits > 0 && lexicons.of(lexicons.words.find(key.substr(digits))).unit;
}

bool has_specifics(const Lexicons& lexicons, std::span<const Token> tokens) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind == TokenKind::number) {
      const bool unit = i + 1 < tokens.size() && lexicons.of(tokens[i + 1].word).unit;
      if (unit) return true;
    } else if (token.kind == TokenKind::word && !token.only_letters &&
               (is_model_name(token.key) || is_measure(lexicons, token.key))) {
      return true;
    }
  }
  return false;
}

}  // namespace

Quality judge_quality(const Lexicons& lexicons, std::span<const Token> tokens, bool two_sided) {
  const auto words =
      static_cast<double>(std::count_if(tokens.begin(), tokens.end(), is_plain_word));
  Quality quality;
  quality.depth = rounded(std::min(1.0, std::log2(1 + words) / std::log2(1 + kDeepWords)));
  quality.two_sided = two_sided;
  quality.specifics = has_specifics(lexicons, tokens);
  return quality;
}

std::uint64_t fingerprint_of(std::span<const Token> tokens) {
  thread_local std::string letters;
  letters.clear();
  std::size_t words = 0;
  for (const Token& token : tokens) {
    if (token.kind != TokenKind::word && token.kind != TokenKind::hashtag) continue;
    const std::size_t before = letters.size();
    letters.append(token.key);
    if (!token.only_letters) {
      letters.erase(std::remove_if(letters.begin() + static_cast<std::ptrdiff_t>(before),
                                   letters.end(), is_left_out),
                    letters.end());
    }
    words += letters.size() > before ? 1 : 0;
  }
  return words < kFewestWords ? 0 : content_hash64(letters);
}

}  // namespace passaparola::sentiment
