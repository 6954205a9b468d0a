#include "feed/feed.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <mutex>
#include <thread>

#include "core/check.h"
#include "feed/connection.h"
#include "feed/context.h"
#include "feed/exports.h"

namespace passaparola::feed {
namespace net = boost::asio;

struct Server::State {
  State(const ServerOptions& options, Services services)
      : context(options, std::move(services)), work(net::make_work_guard(*context.io)) {}

  ~State() { context.join(); }

  void refresh() {
    is_refresh_wanted = false;
    const std::lock_guard lock(refreshing);
    if (!context.tail.refresh()) ++context.metrics.store_errors;
  }

  Context context;
  net::executor_work_guard<net::io_context::executor_type> work;
  std::unique_ptr<Listener> listener;
  std::vector<std::thread> threads;
  std::mutex refreshing;
  std::atomic<bool> is_refresh_wanted{false};
  std::atomic<bool> is_stopped{false};
};

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Services services) {
  CHECK(services.store != nullptr && services.push && services.compile_filter && services.forget,
        "the feed server was started without a service that it needs");
  if (options.tokens.empty() && !is_loopback(options.address)) {
    return fail(ErrorCode::invalid_argument,
                "a server that others can reach needs a token: set one, or listen at 127.0.0.1");
  }
  auto state = std::make_unique<State>(options, std::move(services));
  if (auto& tls = state->context.tls) {
    const auto loaded = tls->load();
    if (!loaded) return loaded.error();
  }
  if (!options.export_folder.empty()) {
    auto exports = Exports::open(state->context.services, options.export_folder);
    if (!exports) return exports.error();
    state->context.exports = *std::move(exports);
  }
  auto listener = listen(state->context);
  if (!listener) return listener.error();
  state->listener = *std::move(listener);
  const unsigned threads = std::max(1U, options.threads);
  for (unsigned i = 0; i < threads; ++i) {
    state->threads.emplace_back([io = state->context.io] { io->run(); });
  }
  state->context.newsroom.start();
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() { stop(); }

std::uint16_t Server::port() const { return state_->listener->port(); }

Result<void> Server::reload_certificate() {
  return state_->context.tls ? state_->context.tls->load() : Result<void>();
}

void Server::stop() {
  if (state_->is_stopped.exchange(true)) return;
  state_->listener->stop();
  state_->context.sessions.stop_all();
  state_->context.sessions.wait_until_none();  // each is bounded by its own timers
  state_->work.reset();
  state_->context.io->stop();
  for (std::thread& thread : state_->threads) thread.join();
  state_->context.newsroom.stop();
  if (state_->context.exports) state_->context.exports->stop();
}

void Server::committed(const store::FeedChange& change) {
  if (state_->is_stopped) return;
  if (change.rewrites || !change.withdrawn.empty()) state_->context.tail.forget_all();
  tell_withdrawn(state_->context.news, change);
  // Commits that come while a refresh waits are read by it.
  if (state_->is_refresh_wanted.exchange(true)) return;
  state_->context.run(Pool::reads, [state = state_.get()] { state->refresh(); });
}

}  // namespace passaparola::feed
