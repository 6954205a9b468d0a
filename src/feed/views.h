// Saved views: filters that people have given a name, for themselves and for whoever reads along: a
// page of the feed, a subscription, a feed reader.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "feed/api.h"
#include "feed/caller.h"
#include "feed/context.h"
#include "store/store.h"

namespace passaparola::feed {

struct SavedView {
  std::string name;   // is_plain_name()
  std::string title;  // for people; empty: the name
  std::string brand;  // empty: all
  std::string where;  // in the rule language; empty: everything
  std::string by;     // who saved it
  Timestamp at;       // when
};

// The view of that name, for whoever sees its brand. Any thread; blocks. Errors: not_found.
Result<SavedView> find_view(const store::Store& store, std::string_view name, const Caller& caller);

// The newest mentions of `view` that `caller` sees, newest first, at most `count`; looks no further
// back than one page of the feed does (FeedQuery::scan_limit).
Result<std::vector<store::StoredMention>> newest_of(const Context& context, const SavedView& view,
                                                    const Caller& caller, std::size_t count);

// Narrows what is asked for to what the view says, too; no name: it stays as it is. Blocks. Errors:
// not_found, invalid_argument (the view is of another brand; `where` by itself makes no sense).
Result<void> narrow(const Services& services, std::string_view name, const Caller& caller,
                    std::string& brand, std::string& where);

// GET /views, GET and DELETE /views/{name}. Block.
Outcome views_answer(Context& context, const Caller& caller);
Outcome view_answer(Context& context, std::string_view method, const Target& target,
                    const Caller& caller);
// PUT /views/{name}.
Outcome save_view(Context& context, const Target& target, const Caller& caller,
                  std::string_view body);

// GET /views/{name}/feed: RSS 2.0, or with format=json a JSON Feed 1.1.
Outcome view_feed_answer(Context& context, const Target& target, const Caller& caller);

}  // namespace passaparola::feed
