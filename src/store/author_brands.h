// Which brands an author has something of: mentions, or answers to them. So that whoever asks for
// all of an author does not ask every brand. Internal.
#pragma once

#include <vector>

#include "store/database.h"
#include "store/keys.h"

namespace passaparola::store {

// By number. Errors: corrupt, io.
Result<std::vector<BrandNumber>> brands_of_author(const Database& database,
                                                  const KeyedHash& author);

}  // namespace passaparola::store
