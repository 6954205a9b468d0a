// Patterns over tokens: the cue language of the lexicon files (rules/lexicons/README.md), compiled
// into one trie that is walked once a text.
//
//   word       that word, folded        wor*      any word that begins so (3 letters at least)
//   (a|b c)    one of these             (a|b)?    one of these, or nothing
//   <2-4>      2 to 4 words between     <number>  a number
//   <target>   the brand's own name     ?         a question mark
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/arena.h"
#include "core/result.h"
#include "sentiment/tokens.h"
#include "sentiment/word_table.h"

namespace passaparola::sentiment {

struct PatternHit {
  std::uint32_t pattern = 0;  // as given to add()
  std::uint32_t first = 0;    // tokens [first, last)
  std::uint32_t last = 0;
};

// Which patterns count: those of the language that a text is judged by, and the common ones.
enum class PatternLanguage : std::uint8_t { both, english, italian };

class Patterns {
 public:
  Patterns();

  // Compiles `text`. Its words are added to `words`. The error is one line without a place.
  Result<void> add(std::string_view text, std::uint32_t pattern, PatternLanguage language,
                   WordTable& words);

  // Must be called once, after the last add() and before find().
  void seal(const WordTable& words);

  // Every place where a pattern of `language` (or of both) begins, for each pattern its longest
  // form there, in order of the first token. Hits never reach over the end of a sentence,
  // except by the question mark that ends it.
  void find(std::span<const Token> tokens, PatternLanguage language,
            std::vector<PatternHit>& hits) const;

 private:
  struct Element {
    enum class Kind : std::uint8_t { word, prefix, number, target, gap } kind = Kind::word;
    std::uint8_t low = 0;
    std::uint8_t high = 0;
    WordId word = 0;
    std::string prefix;
    bool operator==(const Element&) const = default;
  };
  using Sequence = std::vector<Element>;
  struct Node {
    std::vector<std::pair<WordId, std::uint32_t>> words;
    std::vector<std::pair<std::string, std::uint32_t>> prefixes;
    std::vector<std::pair<std::pair<std::uint8_t, std::uint8_t>, std::uint32_t>> gaps;
    std::uint32_t number = 0;
    std::uint32_t target = 0;
    std::vector<std::pair<std::uint32_t, PatternLanguage>> accepts;
  };

  static Result<std::vector<Sequence>> expand(std::string_view text, WordTable& words);
  static Result<Sequence> literal(std::string_view text, WordTable& words);
  std::uint32_t child(std::uint32_t node, const Element& element);
  void walk(std::span<const Token> tokens, std::uint32_t first, std::uint32_t at,
            std::uint32_t node, PatternLanguage language, std::vector<PatternHit>& hits) const;
  void walk_prefixes(std::span<const Token> tokens, std::uint32_t first, PatternLanguage language,
                     std::vector<PatternHit>& hits) const;

  std::vector<Node> nodes_;
  std::vector<std::uint32_t> first_word_;  // by word id: the child of the root, or 0
  // The root's prefix children by a hash of their first three bytes: few words begin like a cue.
  std::array<std::vector<std::uint32_t>, 256> first_prefix_;
};

}  // namespace passaparola::sentiment
