// Discount and referral codes in a text: "code ANNA15", "ANNA15 at checkout", "15% off with
// ANNA15".
#pragma once

#include <string_view>
#include <vector>

#include "sentiment/labels.h"

namespace passaparola::sentiment {

// Adds the codes of `text`, which `reading` was made of. Error codes, postal codes and codes of
// which a rule of labels.tsv says that they are none ("the code isn't working") are left out.
void find_codes(const Lexicons& lexicons, const Reading& reading, std::string_view text,
                std::vector<DisclosureLabel>& labels);

}  // namespace passaparola::sentiment
