// Requests that bring something in their body: posts, signed pushes, rules, what people do with
// mentions, whom to erase.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "feed/api.h"
#include "feed/context.h"
#include "feed/exchange.h"

namespace boost::asio {
class any_io_executor;
template <typename T, typename Executor>
class awaitable;
}  // namespace boost::asio

namespace passaparola::feed {

// Reads the body of the request under way, or says why it cannot be had. Called once at most.
using ReadBody = std::function<
    boost::asio::awaitable<std::variant<std::string, Problem>, boost::asio::any_io_executor>()>;

// Answers a request whose route takes a body (max_body() in feed/router.h), reading it when the
// head is found to be good. `context` and `exchange` outlive the call.
boost::asio::awaitable<Outcome, boost::asio::any_io_executor> take_body(Context& context,
                                                                        Exchange& exchange,
                                                                        ReadBody read);

}  // namespace passaparola::feed
