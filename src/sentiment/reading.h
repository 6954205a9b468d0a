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

// The first half of reading, which needs no language: forgets what `out` held and cuts `text`
// (valid UTF-8) into tokens.
void cut_text(const Lexicons& lexicons, std::string_view text, Reading& out);

// The second half. `matches` in `field` are where the brand stands, for the patterns that name it.
void read_tokens(const Lexicons& lexicons, PatternLanguage language, std::span<const Match> matches,
                 Field field, Reading& out);

// Both.
void read_text(const Lexicons& lexicons, std::string_view text, PatternLanguage language,
               std::span<const Match> matches, Field field, Reading& out);

}  // namespace passaparola::sentiment
