// Signs that an account is not a person who freely speaks for themselves (FEATURES D.4): what makes
// A, the author's authenticity, lower. Inside of the advocacy module.
#pragma once

#include <span>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"
#include "advocacy/judgement.h"
#include "advocacy/tally.h"

namespace passaparola::advocacy {

// Multiplies score.authenticity by 1 - penalty for each sign, down to the floor, and notes it.
//   volume        too many mentions on a day, or too many posts a day over the account's life
//   new_account   it was younger than a month at its last mention
//   single_brand  it has hardly posted, and mostly about this brand
//   copies        most of its mentions repeat the same text
//   burst         mentions came within minutes of those of the same others, again and again
//   reviews       many top reviews on one day, or mostly extreme stars without a word
//   declared_bot  most of its mentions say so
void add_author_penalties(std::span<const Judgement> judgements, const Tally& counted,
                          const RelationGates& gates, AuthorScore& score);

}  // namespace passaparola::advocacy
