// The learned part of the scorer: a linear model over facts and words, one a language. What it was
// learned from and how: rules/lexicons/README.md, tools/train_lexicon.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sentiment/facts.h"
#include "sentiment/tokens.h"
#include "sentiment/word_table.h"

namespace passaparola::sentiment {

// What something adds to the log odds of positive and of negative against neutral.
struct Weights {
  float positive = 0;
  float negative = 0;

  void add(const Weights& other, float times) {
    positive += other.positive * times;
    negative += other.negative * times;
  }
};

struct Model {
  std::array<std::array<Weights, kFactCount>, 2> facts{};  // by Aim
  WordTable words;                                         // also the parts of pairs
  std::vector<Weights> word_weights{1};                    // by id; [0] is any other word
  std::unordered_map<std::uint64_t, Weights> pairs;        // by pair_of()

  static std::uint64_t pair_of(WordId first, WordId second) {
    return static_cast<std::uint64_t>(first) << 32 | second;
  }
  const std::array<Weights, kFactCount>& facts_for(Aim aim) const {
    return facts[static_cast<std::size_t>(aim)];
  }
};

// By Snowball. Points to `word` or to memory of the thread that the next call overwrites.
std::string_view italian_stem(std::string_view word);

// The form of a word or hashtag in which the model knows it: English as folded, Italian by its
// stem, both without the '#'. Lives as long as the token's key and until the next call.
std::string_view learned_form(const Lexicons& lexicons, const Token& token,
                              PatternLanguage language);

// What one token of `facts.words` adds, alone and as a pair with the word before it.
struct LearnedUse {
  Field field = Field::text;
  std::uint32_t token = 0;
  Scope scope = Scope::other;
  Weights weights;
};

// For each of `facts.words` that the model has learned something of; cleared first.
void find_learned(const Model& model, const PostReading& reading, const Facts& facts,
                  std::vector<LearnedUse>& out);

// Log odds of positive and negative against neutral.
Weights log_odds(const Model& model, Aim aim, const Facts& facts,
                 const std::vector<LearnedUse>& learned);

// What of log_odds() comes from Scope::other.
Weights log_odds_of_others(const Model& model, Aim aim, const Facts& facts,
                           const std::vector<LearnedUse>& learned);

// Chances of negative, neutral, positive.
std::array<double, 3> chances_of(const Weights& log_odds);

}  // namespace passaparola::sentiment
