#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>

#include "feed/connection.h"
#include "feed/stream.h"

namespace passaparola::feed {
namespace {

namespace net = boost::asio;
using tcp = net::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kPauseWithoutDescriptors{100};

class TcpListener : public Listener, public std::enable_shared_from_this<TcpListener> {
 public:
  explicit TcpListener(Context& context)
      : context_(context),
        acceptor_(net::make_strand(*context.io)),
        pause_(acceptor_.get_executor()) {}

  Result<void> open(const tcp::endpoint& endpoint) {
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(net::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error == net::error::address_in_use) {
      return fail(ErrorCode::in_use, "another program listens at this address and port");
    }
    if (error) return fail(ErrorCode::io, "cannot listen: " + error.message());
    return {};
  }

  void start() {
    net::co_spawn(acceptor_.get_executor(), accept_all(shared_from_this()), net::detached);
  }

  std::uint16_t port() const override { return port_; }

  void stop() override {
    std::promise<void> closed;
    net::post(acceptor_.get_executor(), [this, &closed] {
      error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel();
      closed.set_value();
    });
    closed.get_future().wait();
  }

 private:
  net::awaitable<void> accept_all(std::shared_ptr<TcpListener> self) {
    while (self->acceptor_.is_open()) {
      error_code error;
      tcp::socket socket = co_await self->acceptor_.async_accept(
          net::make_strand(*self->context_.io), net::redirect_error(net::use_awaitable, error));
      if (!error) {
        self->welcome(std::move(socket));
        continue;
      }
      // Out of descriptors, most likely: the client stays in the backlog, and trying again at once
      // would burn a core.
      if (!self->acceptor_.is_open()) co_return;
      self->pause_.expires_after(kPauseWithoutDescriptors);
      co_await self->pause_.async_wait(net::redirect_error(net::use_awaitable, error));
    }
  }

  void welcome(tcp::socket socket) {
    ++context_.metrics.connections_accepted;
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // it is gone already
    auto place = context_.addresses.enter(
        counted_address(remote.address().to_string(), context_.options.counts_loopback));
    if (!place) {
      ++context_.metrics.connections_refused;
      return;  // the socket closes
    }
    auto tls = context_.tls ? context_.tls->context() : nullptr;
    serve_http(context_, Stream(std::move(socket), std::move(place), std::move(tls)));
  }

  Context& context_;
  tcp::acceptor acceptor_;
  net::steady_timer pause_;
  std::uint16_t port_ = 0;
};

// Keeps the listener's coroutine alive apart from its owner.
class Owner : public Listener {
 public:
  explicit Owner(std::shared_ptr<TcpListener> listener) : listener_(std::move(listener)) {}
  std::uint16_t port() const override { return listener_->port(); }
  void stop() override { listener_->stop(); }

 private:
  std::shared_ptr<TcpListener> listener_;
};

}  // namespace

Result<std::unique_ptr<Listener>> listen(Context& context) {
  const std::string& given = context.options.address;
  error_code error;
  const auto address = net::ip::make_address(given == "localhost" ? "127.0.0.1" : given, error);
  if (error) {
    return fail(ErrorCode::invalid_argument, "the address to listen at is not an IP address");
  }
  auto listener = std::make_shared<TcpListener>(context);
  const auto opened = listener->open(tcp::endpoint(address, context.options.port));
  if (!opened) return opened.error();
  listener->start();
  return std::unique_ptr<Listener>(std::make_unique<Owner>(std::move(listener)));
}

}  // namespace passaparola::feed
