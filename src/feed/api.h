// The answers to everything that is asked and answered at once: pages of the feed, single mentions,
// brands, stats, advocates, authors, health, metrics, the page's files. Plain functions that may
// block on the store; called on a pool. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "feed/caller.h"
#include "feed/context.h"
#include "feed/http.h"
#include "feed/router.h"

namespace passaparola::feed {

using Outcome = std::variant<Answer, Problem>;

// `method` is allowed on `route` (feed/router.h), and `caller` may ask it (feed/access.h). Not for
// posts, webhooks, live and sse.
Outcome answer(Context& context, Route route, std::string_view method, const Target& target,
               const Caller& caller);

// The pool that `answer` should run on.
Pool pool_of(Route route);

// The filter that `where` says; empty text: an empty filter. Errors: invalid_argument.
Result<Filter> compile_where(const Services& services, std::string_view where);

// Makes `query` ask for what `filter` takes of these brands alone; no brands: of all. Where that
// reads histories, the page ends when kMaxHistoriesOfPage were read, as one does that was looked
// for long enough.
void ask_for(Filter filter, std::vector<std::string> brands, store::FeedQuery& query);

}  // namespace passaparola::feed
