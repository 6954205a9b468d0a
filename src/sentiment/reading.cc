#include "sentiment/reading.h"

#include <algorithm>

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

}  // namespace

void read_text(const Lexicons& lexicons, std::string_view text, PatternLanguage language,
               std::span<const Match> matches, Field field, Reading& out) {
  out.keys.reset();
  tokenize(text, lexicons.words, out.keys, out.tokens);
  mark_targets(matches, field, out.tokens);
  lexicons.patterns.find(out.tokens, language, out.hits);
}

}  // namespace passaparola::sentiment
