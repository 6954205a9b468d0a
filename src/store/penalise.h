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

}  // namespace passaparola::store
