// Tokens: the words and signs of a text, once for cues, Italian sentiment, quality and fingerprint.
// Words are folded one by one, so every token knows its bytes in the original text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "sentiment/word_table.h"

namespace passaparola::sentiment {

enum class TokenKind : std::uint8_t {
  word,
  number,    // digits with inner points and commas
  hashtag,   // key with its '#'
  handle,    // key with its '@'
  url,       // no key
  sign,      // an emoticon, emoji or other sign that the word table knows
  stop,      // the end of a sentence: . ! … and line ends
  question,  // ?
  pause,     // , ; : brackets and dashes
  quote,     // opening or closing quotation mark
};

struct Token {
  std::uint32_t begin = 0;  // bytes of the original text
  std::uint32_t end = 0;
  TokenKind kind = TokenKind::word;
  bool only_letters = false;     // of the key of a word: neither ASCII digit nor underscore in it
  WordId word = 0;               // in the word table
  std::uint32_t sentence = 0;    // from 0, in order
  std::string_view key;          // folded; apostrophes of "n't" dropped; empty when over-long
  std::uint32_t target_end = 0;  // the brand stands in tokens [this, target_end); 0: it does not
  float valence = 0;             // of the word alone, in the language that the text is read in
};

// Words that are longer are not looked up: nothing that we know is.
inline constexpr std::size_t kMaxWordBytes = 64;

// The tokens of `text` (valid UTF-8) into `tokens`, cleared first. An apostrophe parts words
// ("l'ho" is l and ho), but "don't" is the one word dont. Keys live in `keys`. At most
// kMaxScoredTokens tokens are made; the rest of a longer text is not looked at.
void tokenize(std::string_view text, const WordTable& words, Arena& keys,
              std::vector<Token>& tokens);

inline bool is_plain_word(const Token& token) {
  return token.kind == TokenKind::word || token.kind == TokenKind::number;
}

inline bool ends_sentence(const Token& token) {
  return token.kind == TokenKind::stop || token.kind == TokenKind::question;
}

// `folded` without combining accents: "perché" becomes "perche".
std::string without_accents(std::string_view folded);

}  // namespace passaparola::sentiment
