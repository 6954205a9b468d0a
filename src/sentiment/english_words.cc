#include "sentiment/english_words.h"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <string>

#include "core/fold.h"
#include "core/limits.h"

namespace passaparola::sentiment {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// What Python's str.split() splits at.
bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

// Python's string.punctuation: all of ASCII's.
bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

// Python's str.isupper(): something has case, and nothing is in lower or title case.
bool is_upper(std::string_view word) {
  bool upper = false;
  for (std::size_t at = 0; at < word.size();) {
    const auto c = static_cast<UChar32>(next_code_point(word, at));
    if (u_isULowercase(c) || u_istitle(c)) return false;
    upper = upper || u_isUUppercase(c);
  }
  return upper;
}

// The text with emoji replaced, and for every byte where its character lies in the original.
struct Spelled {
  std::string text;
  std::vector<std::uint32_t> begin;
  std::vector<std::uint32_t> end;

  void append(std::string_view bytes, std::size_t from, std::size_t to) {
    text.append(bytes);
    begin.resize(text.size(), static_cast<std::uint32_t>(from));
    end.resize(text.size(), static_cast<std::uint32_t>(to));
  }
};

bool has_emoji(const EnglishTables& tables, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    if (tables.emoji.contains(next_code_point(text, at))) return true;
  }
  return false;
}

Spelled spell_emoji(const EnglishTables& tables, std::string_view text) {
  Spelled out;
  bool behind_space = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const char32_t c = next_code_point(text, at);
    const auto emoji = tables.emoji.find(c);
    if (emoji == tables.emoji.end()) {
      out.append(text.substr(from, at - from), from, at);
      behind_space = c == ' ';
      continue;
    }
    if (!behind_space) out.append(" ", from, at);
    out.append(emoji->second, from, at);
    behind_space = false;
    // Names of a hostile run of emoji would make the text many times as long.
    if (out.text.size() > 2 * kMaxTextBytes) break;
  }
  return out;
}

WrittenWord read_word(const EnglishTables& tables, std::string_view text, std::size_t begin,
                      std::size_t end) {
  std::size_t from = begin;
  std::size_t to = end;
  while (from < to && is_punctuation(text[from])) ++from;
  while (to > from && is_punctuation(text[to - 1])) --to;
  if (to - from <= 8 && code_points(text.substr(from, to - from)) <= 2) {
    from = begin;
    to = end;
  }
  const std::string_view token = text.substr(from, to - from);
  WrittenWord word{static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)};
  constexpr std::size_t kLongest = 64;
  if (is_ascii(token)) {
    char lower[kLongest];
    bool any_lower = false;
    bool any_upper = false;
    const bool fits = token.size() <= kLongest;
    for (std::size_t i = 0; i < token.size(); ++i) {
      const char c = token[i];
      const bool capital = c >= 'A' && c <= 'Z';
      any_upper = any_upper || capital;
      any_lower = any_lower || (c >= 'a' && c <= 'z');
      if (fits) lower[i] = capital ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    word.upper = any_upper && !any_lower;
    if (fits) {
      const std::string_view key(lower, token.size());
      word.id = tables.words.find(key);
      word.negation = tables.entry(word.id).negation ||
                      (token.size() > 2 && key.find('\'') != std::string_view::npos &&
                       key.find("n't") != std::string_view::npos);
    }
    return word;
  }
  word.upper = is_upper(token);
  if (token.size() > 4 * kLongest) return word;
  std::string key;
  icu::UnicodeString::fromUTF8(
      icu::StringPiece(token.data(), static_cast<std::int32_t>(token.size())))
      .toLower(icu::Locale::getRoot())
      .toUTF8String(key);
  word.id = tables.words.find(key);
  word.negation = tables.entry(word.id).negation || key.find("n't") != std::string::npos;
  return word;
}

void split(const EnglishTables& tables, std::string_view text, std::vector<WrittenWord>& words) {
  std::size_t at = 0;
  std::size_t begin = std::string_view::npos;
  while (at < text.size() && words.size() < kMaxScoredTokens) {
    const std::size_t from = at;
    const char32_t c = static_cast<unsigned char>(text[at]) < 0x80
                           ? static_cast<char32_t>(text[at++])
                           : next_code_point(text, at);
    if (!is_space(c)) {
      if (begin == std::string_view::npos) begin = from;
    } else if (begin != std::string_view::npos) {
      words.push_back(read_word(tables, text, begin, from));
      begin = std::string_view::npos;
    }
  }
  if (begin != std::string_view::npos) words.push_back(read_word(tables, text, begin, at));
}

}  // namespace

void written_words(const EnglishTables& tables, std::string_view text,
                   std::vector<WrittenWord>& words) {
  words.clear();
  if (!has_emoji(tables, text)) {
    split(tables, text, words);
    return;
  }
  const Spelled spelled = spell_emoji(tables, text);
  split(tables, spelled.text, words);
  for (WrittenWord& word : words) {
    word.end = spelled.end[word.end - 1];
    word.begin = spelled.begin[word.begin];
  }
}

}  // namespace passaparola::sentiment
