// PATCH /mentions/{id}: what a person does with a mention. Today that is to correct what the
// program says of it; each further member of the body stands beside `correction`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/correction.h"
#include "feed/api.h"
#include "feed/caller.h"
#include "feed/context.h"
#include "feed/http.h"

namespace boost::asio {
class any_io_executor;
template <typename T, typename Executor>
class awaitable;
}  // namespace boost::asio

namespace passaparola::feed {

// What is wrong with such a request before its body is read: its type, its encoding, its length.
std::optional<Problem> check_triage(const Head& head);

// What a body says; nullopt: the correction is to be taken away. Who says it and when is still
// empty. Errors: invalid_argument, also for a member that nobody knows: it may be one misspelt.
Result<std::optional<Correction>> read_triage(std::string_view body);

// Hands what `body` says, in the name of `by`, to Services.correct, waits until it is durable and
// answers with the mention as it then is. `target` names the mention; one that `by` may not see is
// not found. `context` outlives the call.
boost::asio::awaitable<Outcome, boost::asio::any_io_executor> triage(Context& context,
                                                                     Target target, Caller by,
                                                                     std::string body);

}  // namespace passaparola::feed
