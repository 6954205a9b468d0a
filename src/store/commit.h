// Committing, as erasure needs it too. Internal.
#pragma once

#include <span>

#include "store/plan.h"
#include "store/state.h"

namespace passaparola::store {

using Outcomes = std::vector<CommitOutcome>;

// Store::commit; `erased`, if asked for, gets the keys whose bytes were replaced or deleted.
Result<Outcomes> commit_batches(Store::State& state, std::span<const PreparedBatch* const> batches,
                                ErasedKeys* erased);

}  // namespace passaparola::store
