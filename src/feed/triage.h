// What people do with mentions: PATCH /mentions/{id} and POST /mentions:triage. They correct what
// the program says, move a mention through its states, hand it to somebody, note, and say that they
// are at it. Nothing is overwritten: who changes what another changed meanwhile is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/correction.h"
#include "feed/api.h"
#include "feed/caller.h"
#include "feed/context.h"
#include "feed/http.h"

namespace passaparola::feed {

// What is wrong with such a request before its body is read: its type, its encoding, its length.
std::optional<Problem> check_triage(const Head& head);

// What a body says. Who says it and when is still empty.
struct TriageRequest {
  std::optional<std::optional<Correction>> correction;  // nullopt within: take it away
  store::TriageChange change;                           // state, assignee and note
  std::optional<bool> lease;                            // true: I am at it; false: no more
};

// Errors: invalid_argument, also for a member that nobody knows: it may be one misspelt.
Result<TriageRequest> read_triage(std::string_view body);

// Many together: by their ids, or those of the feed in (after, until] that `where` holds for.
struct TriageTogether {
  store::TriageChange change;
  std::vector<std::string> ids;
  std::optional<std::string> where;  // with this, no ids
  std::string brand, after, until;   // cursors; empty: start, now
  bool dry_run = false;              // only count
};
Result<TriageTogether> read_triage_together(std::string_view body);

// The version that an If-Match field asks for; nullopt within: any. Errors: invalid_argument.
Result<std::optional<std::uint64_t>> read_if_match(std::string_view field);

// Does what `body` says in the name of `by`, durably, and answers with the mention as it then is.
// What `by` does not see is not found. Blocks. Problems: 404, 409 held, 412 changed-meanwhile, 503.
Outcome triage(Context& context, const std::string& mention_id, const Caller& by,
               std::string_view if_match, std::string_view body);

// The same for many; answers how many there were, and which were refused. Blocks.
Outcome triage_together(Context& context, const Caller& by, std::string_view body);

// A mention with all that was done with it, and who is at it.
Outcome mention_answer(Context& context, const std::string& mention_id, const Caller& caller);

}  // namespace passaparola::feed
