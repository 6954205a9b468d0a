// Posts of the store by their source, for connectors that ask for them again.
#pragma once

#include "connect/connect.h"
#include "store/store.h"

namespace passaparola::app {

// The next of the feed behind `after`; looks at a bounded number of mentions. Errors: those of
// read_feed().
Result<connect::StoredPosts> stored_posts(const store::Store& store, const std::string& source,
                                          std::uint64_t after, std::size_t limit);

}  // namespace passaparola::app
