#include "sentiment/reading.h"

namespace passaparola::sentiment {

void read_text(const Lexicons& lexicons, std::string_view text, PatternLanguage language,
               Reading& out) {
  out.keys.reset();
  tokenize(text, lexicons.words, out.keys, out.tokens);
  lexicons.patterns.find(out.tokens, language, out.hits);
}

}  // namespace passaparola::sentiment
