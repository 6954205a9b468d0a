// Links that pay whoever posted them: hosts of affiliate networks, parameters that name a partner.
#pragma once

#include <string_view>

#include "sentiment/lexicons.h"
#include "sentiment/sentiment.h"

namespace passaparola::sentiment {

// Whether `url`, absolute or bare, is one by the rules of affiliates.tsv. Some rules hold only on
// the brand's own hosts: its domains, and hosts that spell its name.
bool is_affiliate_link(const Lexicons& lexicons, const Target& brand, std::string_view url);

}  // namespace passaparola::sentiment
