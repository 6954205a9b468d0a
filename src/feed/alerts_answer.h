// GET /alerts: how brands stand, and what was told of them.
#pragma once

#include "feed/api.h"
#include "feed/context.h"
#include "feed/http.h"

namespace passaparola::feed {

// Of the brands that `caller` sees. May block. Parameters: brand, after (the number of an alert),
// last, limit.
Outcome alerts_answer(Context& context, const Target& target, const Caller& caller);

}  // namespace passaparola::feed
