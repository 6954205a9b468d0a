#include "sentiment/patterns.h"

#include <algorithm>

#include "core/check.h"

namespace passaparola::sentiment {
namespace {

bool counts(PatternLanguage pattern, PatternLanguage text) {
  return pattern == PatternLanguage::both || text == PatternLanguage::both || pattern == text;
}

bool ends_sentence(const Token& token) {
  return token.kind == TokenKind::stop || token.kind == TokenKind::question;
}

std::uint8_t bucket_of(std::string_view key) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(key[i]) & 0xFFU; };
  return static_cast<std::uint8_t>(byte(0) * 31U + byte(1) * 7U + byte(2));
}

}  // namespace

Patterns::Patterns() : nodes_(1) {}

void Patterns::seal(const WordTable& words) {
  first_word_.assign(words.size() + 1, 0);
  for (const auto& [word, to] : nodes_[0].words) first_word_[word] = to;
  for (std::uint32_t i = 0; i < nodes_[0].prefixes.size(); ++i) {
    first_prefix_[bucket_of(nodes_[0].prefixes[i].first)].push_back(i);
  }
}

void Patterns::find(std::span<const Token> tokens, PatternLanguage language,
                    std::vector<PatternHit>& hits) const {
  CHECK(!first_word_.empty(), "patterns are sealed before they are used");
  hits.clear();
  for (std::uint32_t first = 0; first < tokens.size(); ++first) {
    const Token& token = tokens[first];
    const std::size_t before = hits.size();
    if (token.word != 0 && first_word_[token.word] != 0) {
      walk(tokens, first, first + 1, first_word_[token.word], language, hits);
    }
    if (token.kind == TokenKind::number && nodes_[0].number != 0) {
      walk(tokens, first, first + 1, nodes_[0].number, language, hits);
    }
    if (token.target_end > first && nodes_[0].target != 0) {
      walk(tokens, first, token.target_end, nodes_[0].target, language, hits);
    }
    if (token.kind == TokenKind::word && token.key.size() >= 3) {
      walk_prefixes(tokens, first, language, hits);
    }
    if (hits.size() - before < 2) continue;
    // Of several forms of one pattern that begin here the longest stays.
    const auto begin = hits.begin() + static_cast<std::ptrdiff_t>(before);
    std::sort(begin, hits.end(), [](const PatternHit& a, const PatternHit& b) {
      return a.pattern != b.pattern ? a.pattern < b.pattern : a.last > b.last;
    });
    hits.erase(std::unique(
                   begin, hits.end(),
                   [](const PatternHit& a, const PatternHit& b) { return a.pattern == b.pattern; }),
               hits.end());
  }
}

void Patterns::walk_prefixes(std::span<const Token> tokens, std::uint32_t first,
                             PatternLanguage language, std::vector<PatternHit>& hits) const {
  const std::string_view key = tokens[first].key;
  for (const std::uint32_t i : first_prefix_[bucket_of(key)]) {
    const auto& [prefix, to] = nodes_[0].prefixes[i];
    if (key.starts_with(prefix)) walk(tokens, first, first + 1, to, language, hits);
  }
}

// The depth is bounded by the longest pattern, the breadth by its gaps (6 words each).
void Patterns::walk(std::span<const Token> tokens, std::uint32_t first, std::uint32_t at,
                    std::uint32_t node_index, PatternLanguage language,
                    std::vector<PatternHit>& hits) const {
  const Node& node = nodes_[node_index];
  for (const auto& [pattern, of] : node.accepts) {
    if (counts(of, language)) hits.push_back({pattern, first, at});
  }
  if (at >= tokens.size() || tokens[at].kind == TokenKind::stop) return;
  const Token& token = tokens[at];
  if (token.word != 0) {
    for (const auto& [word, to] : node.words) {
      if (word == token.word) walk(tokens, first, at + 1, to, language, hits);
    }
  }
  if (token.kind == TokenKind::word) {
    for (const auto& [prefix, to] : node.prefixes) {
      if (token.key.starts_with(prefix)) walk(tokens, first, at + 1, to, language, hits);
    }
  }
  if (token.kind == TokenKind::number && node.number != 0) {
    walk(tokens, first, at + 1, node.number, language, hits);
  }
  if (token.target_end > at && node.target != 0) {
    walk(tokens, first, token.target_end, node.target, language, hits);
  }
  for (const auto& [gap, to] : node.gaps) {
    std::uint32_t end = at;
    for (std::uint32_t words = 0; words <= gap.second; ++words) {
      if (words >= gap.first) walk(tokens, first, end, to, language, hits);
      if (end >= tokens.size() || ends_sentence(tokens[end])) break;
      ++end;
    }
  }
}

}  // namespace passaparola::sentiment
