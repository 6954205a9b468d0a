// Labelled rows as the model sees them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sentiment/facts.h"
#include "sentiment/lexicons.h"
#include "train_lexicon/labelled.h"
#include "train_lexicon/logistic.h"

namespace passaparola::training {

// Features: the facts of both aims, then words and pairs of words in the order they were met.
struct Vocabulary {
  std::map<std::string, std::uint32_t> indexes;  // of "word" or "word word"
  std::vector<std::string> words;                // by index less kFirstWord
  static constexpr std::uint32_t kFirstWord = 2 * sentiment::kFactCount;

  std::uint32_t index_of(const std::string& words_of_feature);
  std::size_t size() const { return kFirstWord + words.size(); }
};

// What the row says as a whole or towards its brand.
Features features_of(const sentiment::Lexicons& lexicons, const labelled::Row& row,
                     sentiment::Aim aim, Vocabulary& vocabulary);

}  // namespace passaparola::training
