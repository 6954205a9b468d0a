// What others did with an author's words: who answered, who came back, which critics softened
// (FEATURES D.3 I and N, D.7). Inside of the advocacy module.
#pragma once

#include <cstdint>
#include <span>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"
#include "advocacy/judgement.h"
#include "advocacy/tally.h"

namespace passaparola::advocacy {

// The author as ResponseFacts::responder names people.
std::uint64_t responder_of(const store::AuthorRecord& author);

// Sets responders, returning_responders and influence. Only answers by authentic others to mentions
// that are not commercial count, and nothing when most of what the author writes is paid for.
void add_influence(const store::AuthorHistory& history, const Tally& counted, Timestamp as_of,
                   const AdvocacyConfig& config, AuthorScore& score);

// Sets niche: N = (1 - H/Hmax) x the part of the responders who come back, H being the entropy of
// the aspects that the rules tagged the mentions with and Hmax that of niche.topics equal ones. 0
// with fewer than niche.mentions such mentions.
void add_niche(std::span<const Judgement> judgements, const AdvocacyConfig& config,
               AuthorScore& score);

// Sets proven_defences: authentic defences whose parent is known to criticise the brand; and of
// them, settled_defences: the critic answered within defence_hours and was not negative.
void add_defences(const store::AuthorHistory& history, std::span<const Judgement> judgements,
                  Timestamp as_of, const AdvocacyConfig& config, AuthorScore& score);

}  // namespace passaparola::advocacy
