// What the store holds against a mention when it commits it. Internal.
#pragma once

#include <string_view>

#include "core/arena.h"
#include "core/mention.h"

namespace passaparola::store {

// Adds the penalty, which says nothing of a place in the text, and lowers the authenticity by it.
// `evidence` is copied into `arena`.
void penalise(Mention& mention, Signal signal, double penalty, std::string_view evidence,
              Arena& arena);

// What the store found of the company of `before`, the same mention as it was scored before, holds
// for `mention` as well: copies, what they are found by, and the penalties for them and for bursts.
// Strings live in `before`, penalties in `arena`.
void keep_company(const Mention& before, Mention& mention, Arena& arena);

}  // namespace passaparola::store
