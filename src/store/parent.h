// What an answer means beside the post that it answers (FEATURES D.2, D.7). A defence needs
// criticism, help needs a question or a complaint, and speaking well of a brand to somebody who
// seeks advice recommends it. Pure. Internal.
#pragma once

#include <optional>

#include "core/arena.h"
#include "core/facts.h"
#include "core/mention.h"

namespace passaparola::store {

// The answered or quoted post, as far as the store knows it.
struct Parent {
  bool is_own = false;                      // the same author goes on
  bool seeks = false;                       // asks for advice, about whatever brand
  std::optional<MentionFacts> about_brand;  // of its mention of the answer's brand
};

// What the worker tells the writer of a mention, so that only those pay for a look at the parent.
bool depends_on_parent(const Mention& mention);
// Whether the mention recommends its brand if the parent seeks advice.
bool may_answer_seeker(const Mention& mention);

// Settles the acts of `mention` by what is known of its parent; new ones live in `arena`. False:
// nothing is different.
//   the parent fits     the act is surer: half of the doubt goes
//   it does not         the act goes
//   it is not known     the act stays as it was scored
//   it seeks            a mention that may answer recommends to others
bool settle_acts(const Parent& parent, Mention& mention, Arena& arena);

// The same of a mention that is scored again and whose parent is not there any more: what fitted in
// `before`, the mention as it was, fits. An act that is new stays as it was scored.
bool keep_acts(const Mention& before, Mention& mention, Arena& arena);

}  // namespace passaparola::store
