// Speech acts: what the words do (recommend, defend, complain, …). Cues come from the lexicon
// files; guards here decide whether the author means them, and about the brand.
#pragma once

#include <span>
#include <vector>

#include "core/arena.h"
#include "core/mention.h"
#include "sentiment/target.h"

namespace passaparola::sentiment {

// Acts that words say themselves, into `acts`. What depends on the sentiment is not asked yet, for
// the sentiment asks for these.
void find_cue_acts(const PostReading& reading, std::vector<ActHit>& acts);

// Of the acts of `cues`, which is worked in, those that hold, and what no single cue carries
// (sentiment/acts_of_whole.h). At most kMaxActs, one of each act, the surest first; acts of equal
// confidence in order of place. A cue is as sure as its row says, changed by
//   negation      a recommendation becomes an anti-recommendation, every other act goes
//   question      a recommendation becomes seek (x 0.8), complaints and churn may be rhetorical
//                 (x 0.8), other acts but seek, idea and help go
//   conditional   halves the confidence
//   quotation and reported speech   a recommendation becomes received (x 0.6), others go
//   distance      x 1 in the match's sentence or a review, 0.85 in the next, 0.7 before; else gone
//   sentiment     churn and advice against go when the author speaks well of the brand, a defence
//                 when badly
// For kLearnedActs that is one fact among many: the act is at most as sure as the model.
// Defence and help in an answer are as sure as they are while nobody knows what is answered; they
// say so with ActHit::needs, and so does a recommendation that is only a short answer.
std::span<const ActHit> settle_acts(const PostReading& reading, const Sentiment& sentiment,
                                    const Learned& learned, std::vector<ActHit>& cues,
                                    Arena& arena);

}  // namespace passaparola::sentiment
