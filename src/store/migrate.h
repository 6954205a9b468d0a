// Bringing a store of an earlier format to this one, when it is opened. Internal.
#pragma once

#include <functional>
#include <string_view>

#include "core/hash.h"
#include "store/database.h"

namespace passaparola::store {

// Fills what format 2 has beside format 1: the families `threads` and `author_brands`, and the
// references of posts. A kill in between is taken up by the next call. Before anybody else uses the
// database. Posts that retention took away before have no references. Errors: corrupt, io.
Result<void> migrate(const Database& database, const HashKey& key,
                     const std::function<void(std::string_view)>& say);

}  // namespace passaparola::store
