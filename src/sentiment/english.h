// English: the published VADER algorithm (Hutto and Gilbert, ICWSM 2014), in the behaviour of its
// reference program (cjhutto/vaderSentiment at 44fc044), which splits at white space and works on
// the words as written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sentiment/valence.h"
#include "sentiment/word_table.h"

namespace passaparola::sentiment {

struct EnglishWord {
  double valence = 0;
  double boost = 0;
  bool in_lexicon = false;  // also words whose valence is 0
  bool negation = false;
  bool in_phrase = false;  // part of an idiom or of a booster of several words
};

struct EnglishPhrase {
  std::vector<WordId> words;
  double value = 0;
};

struct EnglishTables {
  EnglishTables();  // knows the words with a role in the algorithm

  WordId add(std::string_view word);
  const EnglishWord& entry(WordId id) const { return entries[id]; }

  WordTable words;
  std::vector<EnglishWord> entries;                 // by id; entries[0] is any unknown word
  std::vector<EnglishPhrase> idioms;                // their value replaces that of a word in them
  std::vector<EnglishPhrase> booster_phrases;       // "sort of"
  std::unordered_map<char32_t, std::string> emoji;  // its name, which is read instead of it
  WordId no, nor, or_, least, at, very, never, so, this_, without, doubt, but, kind, of;
};

// A text as the scorer sees it.
struct Valences {
  std::vector<ValenceHit> hits;  // in order; weights are not zero
  double sum = 0;                // of the weights
  double emphasis = 0;           // of its punctuation
};

// `text` must be valid UTF-8. At most kMaxScoredTokens words are looked at.
void score_english(const EnglishTables& tables, std::string_view text, Valences& out);

}  // namespace passaparola::sentiment
