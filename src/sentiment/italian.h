// Italian: the same idea as VADER's (valences, boosters, negation, adversatives, capitals and
// punctuation; sentiment/valence.h has the shared formulas) over Italian words and grammar:
// elisions, inflected forms, "-issimo", negations that do not cancel one another.
#pragma once

#include <span>
#include <string_view>

#include "sentiment/english.h"
#include "sentiment/lexicons.h"
#include "sentiment/reading.h"

namespace passaparola::sentiment {

// `reading` is of `text`, made for Italian.
void score_italian(const Lexicons& lexicons, std::string_view text, const Reading& reading,
                   Valences& out);

}  // namespace passaparola::sentiment
