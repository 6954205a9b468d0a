// The words of hashtags that are written as one: "#MokaNeraForever" is moka nera forever.
#pragma once

#include <string_view>

#include "core/fold.h"

namespace passaparola::match {

// The words of every hashtag of `original` that has several, folded, a space between two words and
// a line end behind each tag, with the map back into `original`. A word begins at a capital behind
// a small letter, at the last of several capitals if a small letter follows it, where letters and
// digits meet, and behind '_'. Replaces what `words` held.
void hashtag_words(std::string_view original, Folded& words);

}  // namespace passaparola::match
