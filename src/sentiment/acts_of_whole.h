// Acts that no single cue carries: they follow from the sentiment, or from the text as a whole.
#pragma once

#include <vector>

#include "core/mention.h"
#include "sentiment/model.h"
#include "sentiment/target.h"

namespace passaparola::sentiment {

// Below this an act is not reported.
inline constexpr double kLeastConfidence = 0.3;

// The acts of kLearnedActs, as the model judges them: of those that words say (`acts`) the
// improbable go and the others are at most as sure as it is; what it is sure of without such words
// is added, with the word that spoke most for it. Complaints of who speaks well of the brand and
// praise of who speaks badly go too.
void judge_learned_acts(const PostReading& reading, const Sentiment& sentiment,
                        const Learned& learned, std::vector<ActHit>& acts);

// Appends to `acts`:
//   recommendation        a reply of at most six words: the brand and something good (0.55)
//   testimonial           a review, or 40 words and more of own experience, that speak well or both
//                         well and badly of the brand (0.7; 0.6 outside reviews)
void add_whole_text_acts(const PostReading& reading, const Sentiment& sentiment,
                         std::vector<ActHit>& acts);

}  // namespace passaparola::sentiment
