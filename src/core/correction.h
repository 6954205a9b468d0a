// Correction: what a person says of a mention. It stands beside the program's own answer, which it
// never overwrites; one that says the same is a confirmation.
#pragma once

#include <bitset>
#include <optional>
#include <string>

#include "core/mention.h"
#include "core/time.h"

namespace passaparola {

using ActSet = std::bitset<kActCount>;  // bit i: Act(i)

struct Correction {
  Label label = Label::neutral;     // never abstain: who does not know does not correct
  std::optional<ActSet> acts;       // all that the mention does; nullopt: not said
  std::optional<bool> about_brand;  // false: the rules were wrong to find it; nullopt: not said
  bool sampled = false;             // the mention was drawn at random, not picked by a person
  std::string by;                   // who said it: the name of a token, or "local"
  Timestamp at;                     // when
  bool operator==(const Correction&) const = default;
};

// Which acts a mention has, as the program says.
ActSet acts_of(const Mention& mention);

}  // namespace passaparola
