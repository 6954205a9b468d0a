// Erasures, from the commit that purges to the proof that nothing is left in the files. Internal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/state.h"

namespace passaparola::store {

// The value of `erasing/` and `erased/` keys; the author is in the key.
std::string encode_erasure(const ErasureProof& proof);
std::optional<ErasureProof> decode_erasure(std::string_view value);

std::string erasing_key(const KeyedHash& author);
std::string erased_key(const KeyedHash& author);

// Ends what a kill or a full disk has left of erasures. Errors: corrupt, io, no_space.
Result<void> resume_erasures(Store::State& state);

}  // namespace passaparola::store
