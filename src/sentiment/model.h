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

// The acts that the model judges from the mention as a whole, cues being some of its facts. Their
// weights stand in this order in its files.
inline constexpr std::array kLearnedActs{Act::recommend, Act::anti_recommend, Act::complain,
                                         Act::seek, Act::praise};

// What something adds to the log odds of positive and of negative against neutral, and of each of
// kLearnedActs.
struct Weights {
  float positive = 0;
  float negative = 0;
  std::array<float, kLearnedActs.size()> acts{};

  void add(const Weights& other, float times) {
    positive += other.positive * times;
    negative += other.negative * times;
    for (std::size_t i = 0; i < acts.size(); ++i) acts[i] += other.acts[i] * times;
  }
  bool operator==(const Weights&) const = default;
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

// What the model makes of one text. Reused from text to text.
struct Learned {
  std::vector<LearnedUse> uses;  // of those of Facts::words that it has learned something of
  Weights odds;                  // log odds of all that it judges, facts and words together
};

void find_learned(const Model& model, const PostReading& reading, Aim aim, const Facts& facts,
                  Learned& out);

// What of the log odds comes from Scope::other.
Weights log_odds_of_others(const Model& model, Aim aim, const Facts& facts, const Learned& learned);

// The chance of an act whose log odds are `log_odds`.
double chance_of(float log_odds);

// Chances of negative, neutral, positive.
std::array<double, 3> chances_of(const Weights& log_odds);

}  // namespace passaparola::sentiment
