// Corrections in the store: their bytes (docs/STORE_FORMAT.md, "Correction") and how readers get
// them. Internal. Decoding anything is safe: nullopt when the bytes are not what encoding makes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/keys.h"
#include "store/state.h"
#include "store/store.h"

namespace passaparola::store {

struct StoredCorrection {
  BrandNumber brand = 0;
  CorrectedMention mention;
};
void encode_correction(const StoredCorrection& correction, std::string& out);
std::optional<StoredCorrection> decode_correction(std::string_view value);

// Puts the correction of `mention`, if there is one, beside it. Errors: corrupt, io.
Result<void> add_correction(const Store::State& state, const Database& database,
                            StoredMention& mention);

}  // namespace passaparola::store
