#include "match/hashtag_words.h"

#include <unicode/uchar.h>

#include <vector>

#include "core/limits.h"

namespace passaparola::match {
namespace {

enum class Case : std::uint8_t { small, capital, digit, underscore };

Case case_of(char32_t c) {
  if (c == U'_') return Case::underscore;
  const auto letter = static_cast<UChar32>(c);
  if (u_isdigit(letter)) return Case::digit;
  return u_isupper(letter) || u_istitle(letter) ? Case::capital : Case::small;
}

struct Letter {
  std::size_t begin = 0;  // bytes of the original
  std::size_t end = 0;
  Case kind = Case::small;
};

bool begins_word(const std::vector<Letter>& letters, std::size_t i) {
  const Case here = letters[i].kind;
  const Case before = letters[i - 1].kind;
  if (here == Case::underscore || before == Case::underscore) return true;
  if ((here == Case::digit) != (before == Case::digit)) return true;
  if (here != Case::capital) return false;
  const bool small_follows = i + 1 < letters.size() && letters[i + 1].kind == Case::small;
  return before == Case::small || small_follows;
}

// Bytes of the sign that begins a hashtag, 0 when there is none.
std::size_t sign_at(std::string_view text, std::size_t at) {
  if (text[at] == '#') return 1;
  return text.substr(at).starts_with("\uFF03") ? 3 : 0;
}

void append_word(std::string_view original, std::size_t begin, std::size_t end, Folded& words) {
  const Folded word = fold_with_origin(original.substr(begin, end - begin));
  for (std::size_t i = 0; i < word.text.size(); ++i) {
    words.text.push_back(word.text[i]);
    words.origin.push_back(static_cast<std::uint32_t>(begin) + word.origin[i]);
  }
}

void append_tag(std::string_view original, const std::vector<Letter>& letters, Folded& words) {
  const std::size_t before = words.text.size();
  std::size_t count = 0;
  std::size_t behind = 0;  // the last word
  for (std::size_t i = 0; i < letters.size();) {
    const std::size_t first = i++;
    while (i < letters.size() && !begins_word(letters, i)) ++i;
    if (letters[first].kind == Case::underscore) continue;
    if (count++ > 0) {
      words.text.push_back(' ');
      words.origin.push_back(static_cast<std::uint32_t>(behind));
    }
    behind = letters[i - 1].end;
    append_word(original, letters[first].begin, behind, words);
  }
  if (count < 2) {
    words.text.resize(before);
    words.origin.resize(before);
    return;
  }
  words.text.push_back('\n');
  words.origin.push_back(static_cast<std::uint32_t>(behind));
}

}  // namespace

void hashtag_words(std::string_view original, Folded& words) {
  words.text.clear();
  words.origin.clear();
  std::vector<Letter> letters;
  for (std::size_t at = 0; at < original.size();) {
    const std::size_t sign = sign_at(original, at);
    if (sign == 0) {
      ++at;
      continue;
    }
    at += sign;
    letters.clear();
    while (at < original.size()) {
      std::size_t next = at;
      const char32_t c = next_code_point(original, next);
      if (!is_word_character(c)) break;
      if (letters.size() < kMaxAtomBytes) letters.push_back({at, next, case_of(c)});
      at = next;
    }
    append_tag(original, letters, words);
  }
  words.origin.push_back(static_cast<std::uint32_t>(original.size()));
}

}  // namespace passaparola::match
