// Patterns found from their rarest word, held against a slow matcher that tries every place.
#include "sentiment/patterns.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "sentiment/reading.h"

namespace passaparola::sentiment {
namespace {

// One part of a pattern as the reference sees it: words (of which one must stand), a gap, a number
// or the target; optional or not.
struct Part {
  std::vector<std::string> words;
  int low = 0;
  int high = 0;
  enum class Kind { words, gap, number, target } kind = Kind::words;
  bool optional = false;

  std::string text() const {
    if (kind == Kind::gap) return "<" + std::to_string(low) + "-" + std::to_string(high) + ">";
    if (kind == Kind::number) return "<number>";
    if (kind == Kind::target) return "<target>";
    std::string out = "(";
    for (const std::string& word : words) out += (out.size() > 1 ? "|" : "") + word;
    return out + (optional ? ")?" : ")");
  }
};

using Found = std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>>;

// Where the parts from `part` on may end when they begin at token `at`.
void ends_of(const std::vector<Part>& parts, std::size_t part, const std::vector<Token>& tokens,
             std::uint32_t at, std::set<std::uint32_t>& ends) {
  if (part == parts.size()) {
    ends.insert(at);
    return;
  }
  const Part& p = parts[part];
  if (p.optional) ends_of(parts, part + 1, tokens, at, ends);
  if (p.kind == Part::Kind::gap) {
    std::uint32_t end = at;
    for (int words = 0; words <= p.high; ++words, ++end) {
      if (words >= p.low) ends_of(parts, part + 1, tokens, end, ends);
      if (end >= tokens.size() || tokens[end].kind == TokenKind::stop) return;
    }
    return;
  }
  if (at >= tokens.size() || tokens[at].kind == TokenKind::stop) return;
  const Token& token = tokens[at];
  if (p.kind == Part::Kind::target) {
    if (token.target_end > at) ends_of(parts, part + 1, tokens, token.target_end, ends);
  } else if (p.kind == Part::Kind::number) {
    if (token.kind == TokenKind::number) ends_of(parts, part + 1, tokens, at + 1, ends);
  } else if (std::find(p.words.begin(), p.words.end(), token.key) != p.words.end()) {
    ends_of(parts, part + 1, tokens, at + 1, ends);
  }
}

Found slowly(const std::vector<std::vector<Part>>& patterns, const std::vector<Token>& tokens) {
  Found found;
  for (std::uint32_t first = 0; first < tokens.size(); ++first) {
    for (std::uint32_t pattern = 0; pattern < patterns.size(); ++pattern) {
      std::set<std::uint32_t> ends;
      ends_of(patterns[pattern], 0, tokens, first, ends);
      ends.erase(first);
      if (!ends.empty()) found.emplace(first, pattern, *ends.rbegin());
    }
  }
  return found;
}

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }

  std::vector<Part> pattern() {
    std::vector<Part> parts(1, words());
    const unsigned more = below(4);
    for (unsigned i = 0; i < more; ++i) {
      if (below(3) == 0) {
        const int low = static_cast<int>(below(2));
        parts.push_back({{}, low, low + static_cast<int>(below(3)), Part::Kind::gap, false});
      }
      const unsigned kind = below(8);
      Part part = words();
      if (kind == 0) part = {{}, 0, 0, Part::Kind::number, false};
      if (kind == 1) part = {{}, 0, 0, Part::Kind::target, false};
      if (kind == 2 && i + 1 < more) part.optional = true;
      parts.push_back(part);
    }
    return parts;
  }

  std::string text() {
    std::string out;
    const unsigned length = 1 + below(14);
    for (unsigned i = 0; i < length; ++i) {
      const unsigned kind = below(12);
      out += kind == 0 ? "." : kind == 1 ? " 7" : " " + word();
    }
    return out;
  }

 private:
  std::string word() { return std::string(1, static_cast<char>('a' + below(6))); }
  Part words() {
    Part part;
    const unsigned count = 1 + below(2);
    for (unsigned i = 0; i < count; ++i) part.words.push_back(word());
    return part;
  }

  std::mt19937 random_;
};

TEST(Patterns, EqualASlowMatcherOnRandomPatternsAndTexts) {
  const unsigned seed = std::random_device{}();
  std::printf("seed %u\n", seed);
  Random random(seed);
  for (int round = 0; round < 300; ++round) {
    WordTable words;
    Patterns patterns;
    for (const char* word : {"a", "b", "c", "d", "e", "f"}) {
      patterns.set_frequency(word, static_cast<float>(random.below(100'000)));
    }
    std::vector<std::vector<Part>> parts(8);
    for (std::uint32_t i = 0; i < parts.size(); ++i) {
      parts[i] = random.pattern();
      std::string text;
      for (const Part& part : parts[i]) text += part.text() + " ";
      const auto added = patterns.add(text, i, PatternLanguage::both, words);
      ASSERT_TRUE(added) << text << added.error().message;
    }
    patterns.seal(words);
    for (int t = 0; t < 20; ++t) {
      const std::string text = random.text();
      Arena keys;
      std::vector<Token> tokens;
      tokenize(text, words, keys, tokens);
      const std::uint32_t target = random.below(static_cast<unsigned>(tokens.size()) + 1);
      if (target < tokens.size() && tokens[target].kind == TokenKind::word) {
        tokens[target].target_end = target + 1;
      }
      std::vector<PatternHit> hits;
      patterns.find(tokens, PatternLanguage::both, hits);
      Found found;
      for (const PatternHit& hit : hits) found.emplace(hit.first, hit.pattern, hit.last);
      EXPECT_EQ(found, slowly(parts, tokens)) << text;
      EXPECT_EQ(found.size(), hits.size());
    }
  }
}

}  // namespace
}  // namespace passaparola::sentiment
