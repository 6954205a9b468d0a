// What the brands of a ruleset need from platforms that only send what they are asked for.
#pragma once

#include <vector>

#include "connect/connect.h"
#include "match/match.h"

namespace passaparola::app {

// The terms, handles and domains of each brand that is being listened for, competitors too. Rules
// written in other ways, by regular expressions for one, are not in it.
std::vector<connect::Wanted> wanted_of(const match::Ruleset& rules);

}  // namespace passaparola::app
