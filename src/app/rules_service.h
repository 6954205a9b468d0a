// The rules of a running server, as the feed server's requests and SIGHUP change them.
#pragma once

#include <cstdint>

#include "feed/feed.h"
#include "pipeline/live_rules.h"

namespace passaparola::app {

// For Services.change_rules. `rules` outlives it; `store` makes cursors.
feed::ChangeRules change_rules_of(pipeline::LiveRules& rules, std::uint32_t store);

// Reads the rules on disk again, and logs what became of it. Returns at once.
void reload_rules(pipeline::LiveRules& rules);

}  // namespace passaparola::app
