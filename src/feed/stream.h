// The bytes of one connection, plain or through TLS, as Beast and Asio read and write them. It goes
// from the listener to whoever serves the connection, with the place that it takes.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>
#include <utility>

#include "feed/addresses.h"

namespace passaparola::feed {

class Stream {
 public:
  using Tcp = boost::beast::tcp_stream;
  using Tls = boost::asio::ssl::stream<Tcp&>;
  using executor_type = Tcp::executor_type;

  // `tls`: how to speak it; null: the bytes go plain.
  Stream(boost::asio::ip::tcp::socket socket, std::shared_ptr<const Addresses::Place> place,
         std::shared_ptr<boost::asio::ssl::context> tls)
      : place_(std::move(place)),
        context_(std::move(tls)),
        tcp_(std::make_unique<Tcp>(std::move(socket))) {
    if (context_) tls_ = std::make_unique<FlatTls>(*tcp_, *context_);
  }

  executor_type get_executor() { return tcp_->get_executor(); }

  // The socket, with its timer: what is under TLS, if there is any.
  Tcp& tcp() { return *tcp_; }
  Tls* tls() { return tls_ ? &tls_->next_layer() : nullptr; }

  // As it is counted; empty: it is not.
  const std::string& address() const { return place_->address(); }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (tls_) return tls_->async_read_some(buffers, std::forward<Token>(token));
    return tcp_->async_read_some(buffers, std::forward<Token>(token));
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (tls_) return tls_->async_write_some(buffers, std::forward<Token>(token));
    return tcp_->async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  // Of many buffers TLS would make a record each: they are put together before.
  using FlatTls = boost::beast::flat_stream<Tls>;

  // On the heap, since TLS refers to the socket while this is moved.
  std::shared_ptr<const Addresses::Place> place_;
  std::shared_ptr<boost::asio::ssl::context> context_;
  std::unique_ptr<Tcp> tcp_;
  std::unique_ptr<FlatTls> tls_;
};

// What Beast asks for at the end of a websocket, and when its time is up.
inline void beast_close_socket(Stream& stream) { stream.tcp().close(); }

inline void teardown(boost::beast::role_type role, Stream& stream,
                     boost::system::error_code& error) {
  if (stream.tls() != nullptr) return boost::beast::teardown(role, *stream.tls(), error);
  boost::beast::websocket::teardown(role, stream.tcp().socket(), error);
}

template <typename Handler>
void async_teardown(boost::beast::role_type role, Stream& stream, Handler&& handler) {
  if (stream.tls() != nullptr) {
    boost::beast::async_teardown(role, *stream.tls(), std::forward<Handler>(handler));
  } else {
    boost::beast::websocket::async_teardown(role, stream.tcp().socket(),
                                            std::forward<Handler>(handler));
  }
}

}  // namespace passaparola::feed
