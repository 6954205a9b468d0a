// How mentions and alerts come to other systems, for operators: GET /deliveries, what could not be
// delivered, and what is to be sent again.
#pragma once

#include <optional>
#include <string_view>

#include "feed/api.h"
#include "feed/context.h"
#include "feed/http.h"

namespace passaparola::feed {

// Each may block.
Outcome deliveries_answer(Context& context);
// Parameters: after (the number of a message), limit.
Outcome undelivered_answer(Context& context, const Target& target);
// POST /deliveries/{name}:replay with {"after":…}, {"undelivered":true}, {"on":true} or several.
Outcome replay_delivery(Context& context, const Target& target, std::string_view body);

}  // namespace passaparola::feed
