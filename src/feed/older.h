// The feed backwards: what somebody who scrolls down comes to.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "store/store.h"

namespace passaparola::feed {

// {"items":[mention…],"cursor":"…","more":bool,"before":"…"|null}: the newest query.limit mentions
// that fit, with a seq of at most `end`, in the order of the feed; at most about kMaxPageBytes of
// them. To go on from `cursor`, which is `end`, misses nothing; `before` is the next, older `end`,
// null where the feed begins. Fewer, or none, are there where it looked at as many as one answer
// may: `before` leads on. Any thread; may block. Errors: io, corrupt.
Result<std::string> older_json(const store::Store& store, store::FeedQuery query,
                               std::uint64_t end);

}  // namespace passaparola::feed
