// The words of an English text as the VADER reference program sees them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sentiment/english.h"

namespace passaparola::sentiment {

struct WrittenWord {
  std::uint32_t begin = 0;  // bytes of the original text
  std::uint32_t end = 0;
  WordId id = 0;  // of its lower-case form
  bool upper = false;
  bool negation = false;
};

// Splits at white space after emoji gave way to their names; strips punctuation from words that
// are longer than two characters without it.
void written_words(const EnglishTables& tables, std::string_view text,
                   std::vector<WrittenWord>& words);

}  // namespace passaparola::sentiment
