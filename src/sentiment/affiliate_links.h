// Links that pay whoever posted them: hosts of affiliate networks, parameters that name a partner.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sentiment/lexicons.h"

namespace passaparola::sentiment {

// Whether `url`, absolute or bare, is one by the rules of affiliates.tsv. `brand_domains` are
// folded: some parameters mean a partner only there.
bool is_affiliate_link(const Lexicons& lexicons, std::span<const std::string> brand_domains,
                       std::string_view url);

}  // namespace passaparola::sentiment
