// PUT /rules and POST /rules:check: what may be sent, and how the program's verdict is answered.
#pragma once

#include <optional>
#include <string>

#include "feed/api.h"
#include "feed/context.h"
#include "feed/http.h"
#include "feed/router.h"

namespace boost::asio {
class any_io_executor;
template <typename T, typename Executor>
class awaitable;
}  // namespace boost::asio

namespace passaparola::feed {

// What is wrong with such a request before its body is read: its type, its encoding, its length.
std::optional<Problem> check_rules_request(const Head& head);

// What the head says; `head` passed check_rules_request(). The body is still empty.
RulesRequest rules_request(const Head& head, Route route);

// Hands `request` to Services.change_rules and waits for what becomes of it. `context` outlives the
// call.
boost::asio::awaitable<Outcome, boost::asio::any_io_executor> change_rules(Context& context,
                                                                           RulesRequest request);

}  // namespace passaparola::feed
