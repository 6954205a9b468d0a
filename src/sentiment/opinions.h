// The opinion words of a text, weighed by what stands around them: boosters, negations, capitals.
// The idea is VADER's (sentiment/valence.h); words and grammar come from the lexicon files, so that
// English and Italian share it: elisions, inflected forms, negations that do not cancel one
// another.
#pragma once

#include <string_view>
#include <vector>

#include "sentiment/lexicons.h"
#include "sentiment/reading.h"
#include "sentiment/valence.h"

namespace passaparola::sentiment {

// Into `out`, in order; `weight` equals `alone`. A phrase of the lexicon files speaks for its
// words. `reading` is of `text`. The brand's own name has no valence, and neither has a bare
// English "no", which says what is missing and not how it is.
void find_opinions(const Lexicons& lexicons, std::string_view text, PatternLanguage language,
                   const Reading& reading, std::vector<ValenceHit>& out);

}  // namespace passaparola::sentiment
