// Words that stand in so many texts that finding one of them says nothing.
#pragma once

#include <string_view>

namespace passaparola::match {

// Articles, pronouns, prepositions and the like of English, Italian, Spanish, French, German and
// Portuguese, and the words that addresses are made of. `word` is folded.
bool is_common_word(std::string_view word);

}  // namespace passaparola::match
