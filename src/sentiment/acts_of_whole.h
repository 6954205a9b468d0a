// Acts that no single cue carries: they follow from the sentiment, or from the text as a whole.
#pragma once

#include <vector>

#include "core/mention.h"
#include "sentiment/target.h"

namespace passaparola::sentiment {

// Below this an act is not reported.
inline constexpr double kLeastConfidence = 0.3;

// Appends to `acts`:
//   praise or complaint   where the sentiment towards the brand is clear
//   recommendation        a reply of at most six words: the brand and something good (0.55)
//   testimonial           a review, or 40 words and more of own experience, that speak well or both
//                         well and badly of the brand (0.7; 0.6 outside reviews)
void add_whole_text_acts(const PostReading& reading, const Sentiment& sentiment,
                         std::vector<ActHit>& acts);

}  // namespace passaparola::sentiment
