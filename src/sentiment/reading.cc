#include "sentiment/reading.h"

#include <algorithm>

#include "sentiment/lexicons.h"

namespace passaparola::sentiment {
namespace {

// A wider span is not a name: a rule's "near" covers all that stands between two words.
constexpr std::ptrdiff_t kMaxTargetTokens = 6;

void mark_targets(std::span<const Match> matches, Field field, std::vector<Token>& tokens) {
  for (const Match& match : matches) {
    if (match.field != field) continue;
    const auto first = std::partition_point(
        tokens.begin(), tokens.end(), [&](const Token& token) { return token.end <= match.begin; });
    const auto last = std::partition_point(
        first, tokens.end(), [&](const Token& token) { return token.begin < match.end; });
    if (first == last || last - first > kMaxTargetTokens) continue;
    const auto end = static_cast<std::uint32_t>(last - tokens.begin());
    first->target_end = std::max(first->target_end, end);
  }
}

double valence_of(const Lexicons& lexicons, const Token& token, PatternLanguage language) {
  if (token.kind != TokenKind::word && token.kind != TokenKind::hashtag) {
    return token.kind == TokenKind::sign ? lexicons.of(token.word).english.valence : 0;
  }
  std::string_view key = token.key;
  WordId word = token.word;
  if (token.kind == TokenKind::hashtag) {
    key.remove_prefix(std::min<std::size_t>(1, key.size()));
    word = lexicons.words.find(key);
  }
  if (language != PatternLanguage::italian) {
    const double english = lexicons.of(word).english.valence;
    if (english != 0 || language == PatternLanguage::english) return english;
  }
  return word != 0 ? lexicons.of(word).italian.valence : italian_valence(lexicons, key);
}

}  // namespace

void cut_text(const Lexicons& lexicons, std::string_view text, Reading& out) {
  out.keys.reset();
  tokenize(text, lexicons.words, out.keys, out.tokens);
}

void read_tokens(const Lexicons& lexicons, PatternLanguage language, std::span<const Match> matches,
                 Field field, Reading& out) {
  mark_targets(matches, field, out.tokens);
  for (Token& token : out.tokens) {
    token.valence = static_cast<float>(valence_of(lexicons, token, language));
  }
  lexicons.patterns.find(out.tokens, language, out.hits);
}

void read_text(const Lexicons& lexicons, std::string_view text, PatternLanguage language,
               std::span<const Match> matches, Field field, Reading& out) {
  cut_text(lexicons, text, out);
  read_tokens(lexicons, language, matches, field, out);
}

}  // namespace passaparola::sentiment
