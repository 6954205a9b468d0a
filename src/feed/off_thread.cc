#include "feed/off_thread.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

namespace passaparola::feed {
namespace net = boost::asio;

net::awaitable<bool> off_thread(Context& context, Pool pool, std::function<void()> work) {
  auto initiate = [&context, pool](auto handler, std::function<void()> job) {
    const auto executor = net::get_associated_executor(handler);
    auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    auto resume = [executor, waiting](bool has_run) {
      net::post(executor, [waiting, has_run] { std::move (*waiting)(has_run); });
    };
    auto on_pool = [job = std::move(job), resume] {
      job();
      resume(true);
    };
    if (!context.run(pool, std::move(on_pool))) resume(false);
  };
  co_return co_await net::async_initiate<const net::use_awaitable_t<>&, void(bool)>(
      initiate, net::use_awaitable, std::move(work));
}

}  // namespace passaparola::feed
