// Look-alikes: Cyrillic and Greek letters inside of words that are otherwise Latin, put there to
// hide a word from programs ("mоka" with a Cyrillic о). Words of one script stay as they are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace passaparola::match {

// Puts the Latin letter for each look-alike in folded text[from..), in place; it only shrinks. If
// `origin` is given, its entries for text (one for each byte and one behind; `from` is 0 then) move
// along.
void undo_look_alikes(std::string& text, std::size_t from, std::vector<std::uint32_t>* origin);

}  // namespace passaparola::match
