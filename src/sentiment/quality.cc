#include "sentiment/quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "core/arena.h"
#include "core/fingerprint.h"
#include "core/hash.h"
#include "core/json.h"

namespace passaparola::sentiment {
namespace {

constexpr std::size_t kFewestWords = 4;
// Below this one other word is too large a part of the text for it to be the same.
constexpr std::size_t kFewestWordsOfNear = 8;
constexpr double kDeepWords = 150;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Of a fingerprint: numbers change between copies, and so do the signs of tags.
bool is_left_out(char c) { return is_digit(c) || c == '#' || c == '_'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

constexpr std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

// 1-bit minhash over words and pairs of neighbouring words. Each lane orders all words and pairs in
// an order of its own, and of the first one it keeps a bit: of two texts a lane has the same first
// one as often as words and pairs are shared. A simhash of a post of twenty words loses nine bits
// with one word, this one three. Lanes of 16 bits are a vector instruction for eight of them.
class NearFingerprint {
 public:
  NearFingerprint() { first_.fill(INT16_MAX); }

  void add(std::uint64_t word) {
    put(word);
    if (before_ != 0) put(mixed(before_ * 0x9E3779B97F4A7C15 + word));
    before_ = word;
  }

  std::uint64_t bits() const {
    std::uint64_t bits = kNearFingerprint;
    for (std::size_t i = 0; i + 1 < kLanes; ++i) {
      const std::uint64_t scattered = std::uint64_t{static_cast<std::uint16_t>(first_[i])} * 40503;
      bits |= ((scattered >> 15) & 1) << i;
    }
    return bits;
  }

 private:
  static constexpr std::size_t kLanes = 64;
  using Factors = std::array<std::uint16_t, kLanes>;

  static constexpr Factors odd_factors(std::uint64_t seed) {
    Factors factors{};
    for (std::size_t i = 0; i < kLanes; ++i) {
      factors[i] = static_cast<std::uint16_t>(mixed(seed + i) | 1);
    }
    return factors;
  }

  void put(std::uint64_t part) {
    static constexpr Factors kHigh = odd_factors(0x70617373), kLow = odd_factors(0x70726F6C61);
    const auto high = static_cast<std::uint16_t>(part >> 48);
    const auto low = static_cast<std::uint16_t>(part >> 32);
    for (std::size_t i = 0; i < kLanes; ++i) {
      const std::uint32_t place = std::uint32_t{high} * kHigh[i] + std::uint32_t{low} * kLow[i];
      first_[i] = std::min(first_[i], static_cast<std::int16_t>(place & 0xFFFF));
    }
  }

  std::array<std::int16_t, kLanes> first_;  // by the order of each lane
  std::uint64_t before_ = 0;
};

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

constexpr double kWarmValence = 1;  // of an emoji
constexpr double kShortSentenceWords = 20;

std::uint8_t style_of(const Lexicons& lexicons, std::span<const Token> tokens,
                      std::string_view text, double words, bool answers) {
  std::uint8_t style = 0;
  std::size_t handles = 0;
  for (const Token& token : tokens) {
    const Word& word = lexicons.of(token.word);
    if (token.kind == TokenKind::handle) handles += token.target_end == 0 ? 1 : 0;
    if (token.kind == TokenKind::stop && text[token.begin] == '!') style |= bit_of(StyleSign::warm);
    if (token.kind == TokenKind::sign && word.italian.valence >= kWarmValence) {
      style |= bit_of(StyleSign::warm);
    }
    if (word.guide) style |= bit_of(StyleSign::guides);
    if (word.achievement) style |= bit_of(StyleSign::announces);
    if (word.stage) style |= bit_of(StyleSign::on_stage);
    if (word.plan) style |= bit_of(StyleSign::plans);
  }
  if (handles > (answers ? 1U : 0U)) style |= bit_of(StyleSign::tags_peers);
  const double sentences = tokens.empty() ? 1 : 1 + tokens.back().sentence;
  if (words > 0 && words / sentences <= kShortSentenceWords) {
    style |= bit_of(StyleSign::short_sentences);
  }
  return style;
}

}  // namespace

Quality judge_quality(const Lexicons& lexicons, std::span<const Token> tokens,
                      std::string_view text, bool two_sided, bool answers) {
  const auto words =
      static_cast<double>(std::count_if(tokens.begin(), tokens.end(), is_plain_word));
  Quality quality;
  quality.style = style_of(lexicons, tokens, text, words, answers);
  quality.depth = rounded(std::min(1.0, std::log2(1 + words) / std::log2(1 + kDeepWords)));
  quality.two_sided = two_sided;
  quality.specifics = has_specifics(lexicons, tokens);
  return quality;
}

bool has_public_role(const Lexicons& lexicons, const AuthorView& author) {
  thread_local Arena keys(1024);
  thread_local std::vector<Token> tokens;
  for (const std::string_view text : {author.name, author.handle, author.bio}) {
    if (text.empty()) continue;
    keys.reset();
    tokenize(text, lexicons.words, keys, tokens);
    const auto names_role = [&](const Token& token) { return lexicons.of(token.word).public_role; };
    if (std::any_of(tokens.begin(), tokens.end(), names_role)) return true;
  }
  return false;
}

std::uint64_t fingerprint_of(std::span<const Token> tokens) {
  thread_local std::string letters;
  letters.clear();
  NearFingerprint near;
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
    if (letters.size() == before) continue;
    near.add(content_hash64(std::string_view(letters).substr(before)));
    ++words;
  }
  if (words < kFewestWords) return 0;
  if (words < kFewestWordsOfNear) return content_hash64(letters) & ~kNearFingerprint;
  return near.bits();
}

}  // namespace passaparola::sentiment
