// The score of one history as of one moment, with what it was computed from. Inside of the advocacy
// module.
#pragma once

#include <vector>

#include "advocacy/advocacy.h"
#include "advocacy/judgement.h"

namespace passaparola::advocacy {

// Everything but what looks at an earlier moment too (at_risk, lapsed) and the style. `judgements`
// becomes what it was computed from; `history` must outlive it.
AuthorScore evaluate(const store::AuthorHistory& history, Timestamp as_of,
                     const AdvocacyConfig& config, std::vector<Judgement>& judgements);

}  // namespace passaparola::advocacy
