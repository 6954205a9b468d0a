// Leaving the network thread for work that may block, and coming back.
#pragma once

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

}  // namespace passaparola::feed
