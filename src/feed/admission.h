// What is decided of a request before its body is read: whether it is for this server, who asks,
// whether they may, whether such a body is taken.
#pragma once

#include <optional>

#include "feed/api.h"
#include "feed/context.h"
#include "feed/exchange.h"

namespace passaparola::feed {

// Fills in the target, the route and the caller. The outcome, if there is one, is the whole answer:
// the request goes no further.
std::optional<Outcome> admit(Context& context, Exchange& exchange);

}  // namespace passaparola::feed
