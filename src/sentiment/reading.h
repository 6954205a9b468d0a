// Reading: a text's tokens and the patterns found over them, made once a text and read by every
// part that asks for words.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "sentiment/lexicons.h"
#include "sentiment/tokens.h"

namespace passaparola::sentiment {

struct Reading {
  Arena keys;
  std::vector<Token> tokens;
  std::vector<PatternHit> hits;  // in order of the first token
};

// Forgets what `out` held. `text` must be valid UTF-8.
void read_text(const Lexicons& lexicons, std::string_view text, PatternLanguage language,
               Reading& out);

}  // namespace passaparola::sentiment
