// A connection to a server: name, address, proxy, TLS. All of it within kMaxConnectSeconds.
// Used on one thread, that of its io_context.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "connect/failure.h"
#include "connect/url.h"

namespace passaparola::connect {

// How a source may reach the world.
struct Reach {
  std::shared_ptr<boost::asio::ssl::context> tls;
  bool allow_private = false;  // addresses that are not of the public internet, and any port
  // Through which everything goes, by CONNECT. It is the operator's own, so that any address will
  // do; it then looks up the names, and which addresses they have is its affair.
  std::optional<Url> proxy;
  double time_scale = 1;  // of what is waited for; tests want it shorter

  std::chrono::milliseconds scaled(std::chrono::milliseconds time) const {
    return std::chrono::milliseconds(std::llround(static_cast<double>(time.count()) * time_scale));
  }
};

using PlainStream = boost::beast::tcp_stream;
using TlsStream = boost::asio::ssl::stream<boost::beast::tcp_stream>;
using Socket = std::variant<std::unique_ptr<PlainStream>, std::unique_ptr<TlsStream>>;

// Looks up the host, connects to the first address that answers and may be reached, and shakes
// hands. Failures: unreachable, forbidden, certificate, protocol.
boost::asio::awaitable<Reached<Socket>> dial(Url url, Reach reach);

// The plain stream below: it has the timeouts.
PlainStream& lowest(Socket& socket);

// Reads some bytes, at least one, within `limit`; 0: the other side has ended the stream.
boost::asio::awaitable<Reached<std::size_t>> read_some(Socket& socket, std::span<char> to,
                                                       std::chrono::milliseconds limit);
boost::asio::awaitable<Reached<void>> write_all(Socket& socket, std::string bytes,
                                                std::chrono::milliseconds limit);

// Says goodbye as far as that needs no waiting, and closes.
void close(Socket& socket);

// What an error of a stream means.
Failure failure_of(const boost::system::error_code& error, const char* doing);

}  // namespace passaparola::connect
