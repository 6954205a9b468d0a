// Signs that a mention is not the author's own free word (FEATURES D.4): labels, affiliate links,
// codes, gifts, the brand's own people. Every penalty keeps its evidence.
#pragma once

#include "core/arena.h"
#include "core/mention.h"
#include "sentiment/target.h"

namespace passaparola::sentiment {

// score = product of (1 - penalty), one penalty a signal; at most kMaxPenalties.
Authenticity judge_authenticity(const PostReading& reading, Arena& arena);

// Owned or employed: affiliated. A declared bot: inauthentic. Labelled or flagged: influencer.
// Gifts, codes, giveaways, affiliate links: incentivised.
RelationHint relation_of(const Authenticity& authenticity);

}  // namespace passaparola::sentiment
