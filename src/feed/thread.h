// GET /mentions/{id}/thread: what a mention's post answers, and who answers,
// quotes and reposts it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "feed/caller.h"
#include "store/store.h"

namespace passaparola::feed {

// {"parent":[mention…],"items":[{"answers":true,…,"mention":mention}…],"cursor":"…","more":bool}.
// `parent` are the stored mentions of the post that is answered, of whatever
// brand; `items` those behind the seq `after` that refer to the post itself, in
// the order of the feed, at most `limit` and about kMaxPageBytes; all of them of brands that
// `caller` sees. Errors: not_found (no such mention).
Result<std::string> thread_json(const store::Store& store, std::string_view mention_id,
                                std::uint64_t after, std::size_t limit, const Caller& caller);

}  // namespace passaparola::feed
