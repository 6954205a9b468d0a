// Filters of the feed that know how authors stand: the rule language of match over the histories
// of the store.
#pragma once

#include "advocacy/config.h"
#include "feed/feed.h"
#include "store/store.h"

namespace passaparola::app {

// Compiles `where` expressions whose author.* is judged by `config` and by the histories that
// `store` has when a mention is asked of. `store` outlives what it compiles.
feed::CompileFilter filters_over(const store::Store& store, advocacy::AdvocacyConfig config);

}  // namespace passaparola::app
