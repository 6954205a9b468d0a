#include "sentiment/language.h"

#include <array>
#include <cstdio>  // the next header needs it and does not say so
#include <vector>

#include <cld2/public/compact_lang_det.h>

#include "core/arena.h"
#include "core/fold.h"
#include "sentiment/tokens.h"

namespace passaparola::sentiment {
namespace {

constexpr std::size_t kMaxDetectedBytes = 4 << 10;
constexpr std::size_t kFewWords = 8;

// "aa" to "zz", so that a tag in capitals has a lower-case form in static storage.
constexpr std::array<char, 26 * 26 * 2> kTwoLetters = [] {
  std::array<char, 26 * 26 * 2> pairs{};
  for (std::size_t i = 0; i < 26 * 26; ++i) {
    pairs[2 * i] = static_cast<char>('a' + i / 26);
    pairs[2 * i + 1] = static_cast<char>('a' + i % 26);
  }
  return pairs;
}();

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
std::size_t index_of(char c) { return static_cast<std::size_t>((c | 0x20) - 'a'); }

struct StopWords {
  std::size_t english = 0;
  std::size_t italian = 0;
  std::size_t words = 0;
};

// What of `text` is looked at: whole characters.
std::string_view detected_part(std::string_view text) {
  if (text.size() <= kMaxDetectedBytes) return text;
  std::size_t end = kMaxDetectedBytes;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// Of the tokens before byte `end`: one that reaches it may be the beginning of a longer word.
StopWords count_stop_words(const Lexicons& lexicons, std::span<const Token> tokens,
                           std::size_t end) {
  StopWords count;
  for (const Token& token : tokens) {
    if (token.end >= end) break;
    if (token.kind != TokenKind::word) continue;
    ++count.words;
    const Word& word = lexicons.of(token.word);
    count.english += word.stop_english ? 1 : 0;
    count.italian += word.stop_italian ? 1 : 0;
  }
  return count;
}

std::string_view by_stop_words(const StopWords& count, std::size_t least, std::size_t lead) {
  if (count.english >= least && count.english >= lead * count.italian) return "en";
  if (count.italian >= least && count.italian >= lead * count.english) return "it";
  return {};
}

}  // namespace

std::string_view primary_subtag(std::string_view tag) {
  std::size_t size = 0;
  while (size < tag.size() && is_letter(tag[size])) ++size;
  if (size < tag.size() && tag[size] != '-' && tag[size] != '_') return {};
  const std::string_view subtag = tag.substr(0, size);
  if (size == 2) {
    const std::size_t at = 2 * (26 * index_of(subtag[0]) + index_of(subtag[1]));
    return std::string_view(kTwoLetters.data() + at, 2);
  }
  if (size != 3) return {};
  char lower[3];
  bool same = true;
  for (std::size_t i = 0; i < 3; ++i) {
    lower[i] = static_cast<char>(subtag[i] | 0x20);
    same = same && lower[i] == subtag[i];
  }
  const std::string_view code(lower, 3);
  if (code == "ita") return "it";
  if (code == "eng") return "en";
  // No language, several, or X's own codes for posts without words.
  if (code == "und" || code == "zxx" || code == "mul" || code == "mis" || code == "art" ||
      code[0] == 'q') {
    return {};
  }
  return same ? subtag : std::string_view();
}

std::string_view detect_language(const Lexicons& lexicons, std::string_view text) {
  thread_local Arena keys;
  thread_local std::vector<Token> tokens;
  keys.reset();
  tokenize(detected_part(text), lexicons.words, keys, tokens);
  return detect_language(lexicons, text, tokens);
}

std::string_view detect_language(const Lexicons& lexicons, std::string_view text,
                                 std::span<const Token> tokens) {
  const std::string_view part = detected_part(text);
  const bool whole = part.size() == text.size();
  const StopWords count =
      count_stop_words(lexicons, tokens, whole ? std::string_view::npos : part.size());
  if (count.words == 0) return "und";
  const std::string_view clear = by_stop_words(count, 3, 3);
  // In a long text of another language a few of its words are stop words of ours.
  if (!clear.empty() && 6 * (count.english + count.italian) >= count.words) return clear;
  const bool few = count.words <= kFewWords;
  if (few) {
    if (const std::string_view lang = by_stop_words(count, 1, 2); !lang.empty()) return lang;
  }
  CLD2::Language best[3];
  int percent[3];
  double scores[3];
  int text_bytes = 0;
  bool reliable = false;
  const CLD2::Language language = CLD2::ExtDetectLanguageSummary(
      part.data(), static_cast<int>(part.size()), true, nullptr, CLD2::kCLDFlagBestEffort, best,
      percent, scores, nullptr, &text_bytes, &reliable);
  if (language == CLD2::UNKNOWN_LANGUAGE) {
    const std::string_view likely = by_stop_words(count, 1, 2);
    return likely.empty() ? "und" : likely;
  }
  const std::string_view code = primary_subtag(CLD2::LanguageCode(language));
  return code.empty() ? "und" : code;
}

}  // namespace passaparola::sentiment
