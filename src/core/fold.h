// Folding: the one form of text in which matching, tokens and lexicons meet. NFKC case folding
// (Unicode's NFKC_Casefold, by ICU), which also undoes full-width and mathematical letters and
// drops zero-width characters. Spans found in folded text map back to the original. All functions:
// `text` must be valid UTF-8 (is_valid_utf8); thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace passaparola {

struct Folded {
  std::string text;
  // For every byte of `text`, the offset in the original of the character that it came from (behind
  // the first byte of a character that folding left as it was: of that byte), and one more at the
  // end: the original's size. Never decreasing.
  std::vector<std::uint32_t> origin;

  // The original span of folded bytes [begin, end), begin < end: whole characters of the original.
  std::uint32_t original_begin(std::size_t begin) const { return origin[begin]; }
  std::uint32_t original_end(std::size_t end) const;
};

// Appends the folded form of `text` to `out`.
void fold_append(std::string_view text, std::string& out);

// The folded form with its map back. Equal text to fold_append's. The second replaces what `result`
// held and keeps its memory.
Folded fold_with_origin(std::string_view text);
void fold_with_origin(std::string_view text, Folded& result);

std::string folded(std::string_view text);

bool is_valid_utf8(std::string_view text);

// Decodes the code point that begins at `offset` (< text.size()) and moves `offset` behind it.
char32_t next_code_point(std::string_view text, std::size_t& offset);

// The code point that ends at `offset` (> 0), which must be a character boundary.
char32_t previous_code_point(std::string_view text, std::size_t offset);

// Letters, digits, marks and underscore of any script: what a word is made of.
bool is_word_character(char32_t c);

// Letters of scripts that write no space between words (Han, Kana, Thai, Lao, Khmer, Myanmar):
// between two of them a word may end anywhere.
bool is_unspaced_letter(char32_t c);

// `folded_text` without combining accents (U+0300..U+036F after canonical decomposition), so that
// caffè, caffé and caffe are one. The origins of the result are offsets into `folded_text`.
Folded without_accents(std::string_view folded_text);

bool is_ascii(std::string_view text);

}  // namespace passaparola
