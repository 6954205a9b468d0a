// Reading: a text's tokens and the patterns found over them, made once a text and read by every
// part that asks for words.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/mention.h"
#include "sentiment/lexicons.h"
#include "sentiment/tokens.h"

namespace passaparola::sentiment {

struct Reading {
  Arena keys;
  std::vector<Token> tokens;
  std::vector<PatternHit> hits;  // in order of the first token
};

// Forgets what `out` held. `text` must be valid UTF-8. `matches` in `field` are where the brand
// stands, for the patterns that name it.
void read_text(const Lexicons& lexicons, std::string_view text, PatternLanguage language,
               std::span<const Match> matches, Field field, Reading& out);

}  // namespace passaparola::sentiment
