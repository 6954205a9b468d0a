// Leaving the network thread for work that may block, and coming back.
#pragma once

#include <chrono>
#include <functional>

#include "feed/context.h"

namespace boost::asio {
class any_io_executor;
template <typename T, typename Executor>
class awaitable;
}  // namespace boost::asio

namespace passaparola::feed {

// Runs `work` on a pool of `context`, which outlives the call; the caller goes on where it was.
// False: too many jobs wait, and `work` was not run.
boost::asio::awaitable<bool, boost::asio::any_io_executor> off_thread(Context& context, Pool pool,
                                                                      std::function<void()> work);

// Calls `start` at once with a function that it, or whom it asks, calls once, from any thread; goes
// on when that happened: true. False: it did not within `at_most`; it may still do, so what is kept
// until then must not be the caller's own. `context` outlives the call.
boost::asio::awaitable<bool, boost::asio::any_io_executor> until_called(
    Context& context, std::function<void(std::function<void()> call)> start,
    std::chrono::seconds at_most);

}  // namespace passaparola::feed
