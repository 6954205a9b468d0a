// The rules of a running server, as the feed server's requests and SIGHUP change them.
#pragma once

#include <cstdint>
#include <string_view>

#include "feed/feed.h"
#include "feed/rule_versions.h"
#include "pipeline/live_rules.h"

namespace passaparola::app {

// For Services.change_rules. `rules` and `versions`, which keep what comes into force, outlive it;
// `store` makes cursors.
feed::ChangeRules change_rules_of(pipeline::LiveRules& rules, feed::RuleVersions& versions,
                                  std::uint32_t store);

// Reads the rules on disk again, logs what became of it and keeps what came into force in
// `versions`, which outlives `rules`. Returns at once.
void reload_rules(pipeline::LiveRules& rules, feed::RuleVersions& versions);

// Keeps the set in force in `versions` if it is not the newest there. That it could not is logged:
// the rules are in force in any case, and the next start tries again.
void keep_version(const pipeline::RuleSet& set, feed::RulesCame how, std::string_view by,
                  feed::RuleVersions& versions);

}  // namespace passaparola::app
