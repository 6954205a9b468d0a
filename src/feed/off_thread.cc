#include "feed/off_thread.h"

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
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

namespace {

// Called from another thread, perhaps after nobody waits any more: it keeps alive what it touches.
struct Waiting {
  Waiting(std::shared_ptr<net::io_context> context, const net::any_io_executor& executor)
      : io(std::move(context)), timer(executor) {}

  std::shared_ptr<net::io_context> io;  // goes last
  net::steady_timer timer;
  std::atomic<bool> was_called{false};
};

}  // namespace

net::awaitable<bool> until_called(Context& context,
                                  std::function<void(std::function<void()> call)> start,
                                  std::chrono::seconds at_most) {
  const auto executor = co_await net::this_coro::executor;
  auto waiting = std::make_shared<Waiting>(context.io, executor);
  waiting->timer.expires_after(at_most);
  start([waiting] {
    waiting->was_called = true;
    if (waiting->io->stopped()) return;
    net::post(waiting->timer.get_executor(), [waiting] { waiting->timer.cancel(); });
  });
  boost::system::error_code cancelled;
  co_await waiting->timer.async_wait(net::redirect_error(net::use_awaitable, cancelled));
  co_return waiting->was_called.load();
}

}  // namespace passaparola::feed
