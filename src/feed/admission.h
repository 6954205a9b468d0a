// What is decided of a request before its body is read: whether it is for this server, who asks,
// whether they may, whether such a body is taken.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "feed/api.h"
#include "feed/context.h"
#include "feed/exchange.h"

namespace passaparola::feed {

// Fills in the target, the route and the caller. The outcome, if there is one, is the whole answer:
// the request goes no further.
std::optional<Outcome> admit(Context& context, Exchange& exchange);

// What every answer to this request has in its header besides its own: for pages of other origins,
// and of how much more may be asked.
std::vector<std::pair<std::string, std::string>> common_fields(const Context& context,
                                                               const Exchange& exchange);

}  // namespace passaparola::feed
