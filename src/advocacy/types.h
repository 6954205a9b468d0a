// The four types of FEATURES D.6 out of judged mentions. Inside of the advocacy module.
//
// A type is not given by a sum alone. Its signals are not all in a history, and those that are
// stand for the rest (the sum of weights is that of the signals that are there), so that without a
// further condition whoever merely stays for a year would be a collaborator. So the leading type
// must show its mark, the first and heaviest of its signals; and a type of which too little is
// known is shown, not compared.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"
#include "advocacy/judgement.h"

namespace passaparola::advocacy {

// By type, in the order of the specification's table. Not known, and so left out:
//   stable_name     the same name on other sources: an author belongs to one source
//   role            when no bio, name or handle states one: its absence says nothing
//   signs of style  of mentions that were stored before their style was (row version 2)
//   people_helped   when no source says whom the answers answer
//   follow_ups      when no source says which posts are of one thread
inline constexpr std::array<std::array<std::string_view, 6>, kAuthorTypes> kTypeSignals{{
    {"help_share", "people_helped", "how_to", "second_person", "warmth", ""},
    {"detailed_reviews", "two_sided", "moderate", "specifics", "plain_style", "stable_name"},
    {"role", "professional_channel", "achievements", "talks", "peers", ""},
    {"ideas", "steadiness", "follow_ups", "plans", "resonance", ""},
}};

// `score` is complete but for the style.
AuthorStyle style_of(const store::AuthorRecord& author, std::span<const Judgement> judgements,
                     const AuthorScore& score, Timestamp as_of, const AdvocacyConfig& config);

}  // namespace passaparola::advocacy
