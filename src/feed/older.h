// The feed backwards: what somebody who scrolls down comes to.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/result.h"
#include "store/store.h"

namespace passaparola::feed {

// Gives `visit` the mentions that fit, the newest first, from the seq `end` backwards: until it
// returns false, the feed begins, query.scan_limit were looked at, or query.is_enough says so.
// Returns the seq that what was not looked at ends with; 0: nothing is left. query.limit does not
// count. Any thread; may block. Errors: io, corrupt.
Result<std::uint64_t> visit_older(const store::Store& store, store::FeedQuery query,
                                  std::uint64_t end,
                                  const std::function<bool(store::StoredMention&&)>& visit);

// {"items":[mention…],"cursor":"…","more":bool,"before":"…"|null}: the newest query.limit mentions
// that fit, with a seq of at most `end`, in the order of the feed; at most about kMaxPageBytes of
// them. To go on from `cursor`, which is `end`, misses nothing; `before` is the next, older `end`,
// null where the feed begins. Fewer, or none, are there where it looked at as many as one answer
// may: `before` leads on. Any thread; may block. Errors: io, corrupt.
Result<std::string> older_json(const store::Store& store, store::FeedQuery query,
                               std::uint64_t end);

}  // namespace passaparola::feed
