// Committing, as corrections and erasure need it too. Internal.
#pragma once

#include <functional>
#include <span>

#include "store/plan.h"
#include "store/state.h"

namespace passaparola::store {

using Outcomes = std::vector<CommitOutcome>;

// Store::commit; `erased`, if asked for, gets the keys whose bytes were replaced or deleted.
Result<Outcomes> commit_batches(Store::State& state, std::span<const PreparedBatch* const> batches,
                                ErasedKeys* erased);

// Works out what is to be written, from what the database holds now.
using Fill = std::function<Result<void>(const Database& database, rocksdb::WriteBatch& out)>;

// Writes what `fill` makes, about `bytes` of values, in one synced write. It may have to make it
// twice; with an Error of its own nothing is written. Errors: no_space, io.
Result<void> write_synced(Store::State& state, std::uint64_t bytes, const Fill& fill);

// Store::forget for authors of whom only the keys are known; none of them need have a trace here.
// Gives how many mentions were purged. The database is opened anew. `knows_keys`: nothing of them
// was deleted before, so that not every file need be written anew.
Result<std::uint64_t> erase_authors(Store::State& state, std::span<const KeyedHash> authors,
                                    bool knows_keys);

}  // namespace passaparola::store
