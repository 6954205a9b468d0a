// Labels in a text by which its author owns to a reward or a tie ("#ad", "(gifted)", "they sent me
// this", "use my code ANNA10", "I work for ..."), by the rules of labels.tsv and words.tsv.
// What it does not do: penalties of links, bios and flags; those are in authenticity.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/mention.h"
#include "sentiment/lexicons.h"
#include "sentiment/reading.h"

namespace passaparola::sentiment {

struct DisclosureLabel {
  Signal signal = Signal::explicit_label;
  double penalty = 0;
  std::uint32_t first = 0;  // tokens [first, last)
  std::uint32_t last = 0;
};

// Adds the labels of `text`, which `reading` was made of. Words are none when they are denied ("not
// sponsored"), asked, quoted, told of others or taken away by a rule; a tag is one unless a word
// before it makes it part of the sentence ("posts without #ad").
void find_labels(const Lexicons& lexicons, const Reading& reading, std::string_view text,
                 std::vector<DisclosureLabel>& labels);

// Whether a negation stands in tokens [first, last) or among the `reach` words before them, with no
// comma between.
inline constexpr std::uint32_t kDenialReach = 4;
bool denied(const Lexicons& lexicons, const Reading& reading, std::uint32_t first,
            std::uint32_t last, std::uint32_t reach = kDenialReach);

}  // namespace passaparola::sentiment
