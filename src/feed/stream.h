// The bytes of one connection, plain or through TLS, as Beast and Asio read and write them. It goes
// from the listener to whoever serves the connection, with the place that it takes.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "feed/addresses.h"

namespace boost::asio::ssl {
class context;
}  // namespace boost::asio::ssl

namespace passaparola::feed {

// Everything happens on the executor of the socket, a strand.
class Stream {
 public:
  using Tcp = boost::beast::tcp_stream;
  using executor_type = Tcp::executor_type;
  using Error = boost::system::error_code;

  // `tls`: how to speak it; null: the bytes go plain. `place`: null, or what is kept while this is.
  Stream(boost::asio::ip::tcp::socket socket, std::shared_ptr<const Addresses::Place> place,
         std::shared_ptr<boost::asio::ssl::context> tls);
  Stream(Stream&&) noexcept;
  ~Stream();

  executor_type get_executor() { return tcp_->get_executor(); }

  // The socket, with its timer: what is under TLS, if there is any.
  Tcp& tcp() { return *tcp_; }
  bool is_secure() const { return tls_ != nullptr; }

  // As it is counted; empty: it is not.
  std::string_view address() const { return place_ ? place_->address() : std::string_view(); }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    auto start = [this](auto handler, const Buffers& into) {
      if (!tls_) return tcp_->async_read_some(into, std::move(handler));
      read_secure(gathered<boost::asio::mutable_buffer>(into), erased(std::move(handler)));
    };
    return boost::asio::async_initiate<Token, void(Error, std::size_t)>(start, token, buffers);
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    auto start = [this](auto handler, const Buffers& from) {
      if (!tls_) return tcp_->async_write_some(from, std::move(handler));
      write_secure(gathered<boost::asio::const_buffer>(from), erased(std::move(handler)));
    };
    return boost::asio::async_initiate<Token, void(Error, std::size_t)>(start, token, buffers);
  }

  // The beginning and the end of TLS; for a stream that is_secure(). A client wants the certificate
  // of `host`; empty: this is the server.
  template <typename Token>
  auto async_handshake(const std::string& host, Token&& token) {
    auto start = [this](auto handler, const std::string& name) {
      shake_hands(name, ended(std::move(handler)));
    };
    return boost::asio::async_initiate<Token, void(Error)>(start, token, host);
  }
  template <typename Token>
  auto async_shutdown(Token&& token) {
    auto start = [this](auto handler) { shut_down(ended(std::move(handler))); };
    return boost::asio::async_initiate<Token, void(Error)>(start, token);
  }

 private:
  // TLS is compiled once, for handlers of one type: for each of Beast's it would take minutes.
  struct Tls;
  using Done = std::function<void(Error, std::size_t)>;
  void read_secure(std::vector<boost::asio::mutable_buffer> buffers, Done done);
  void write_secure(std::vector<boost::asio::const_buffer> buffers, Done done);
  void shake_hands(const std::string& host, std::function<void(Error)> done);
  void shut_down(std::function<void(Error)> done);

  template <typename Buffer, typename Buffers>
  static std::vector<Buffer> gathered(const Buffers& buffers) {
    std::vector<Buffer> all;
    for (const auto buffer : boost::beast::buffers_range_ref(buffers)) all.push_back(buffer);
    return all;
  }

  template <typename Handler>
  Done erased(Handler handler) {
    const auto executor = boost::asio::get_associated_executor(handler, get_executor());
    auto kept = std::make_shared<Handler>(std::move(handler));
    return [executor, kept](Error error, std::size_t bytes) {
      boost::asio::dispatch(executor, [kept, error, bytes] { std::move (*kept)(error, bytes); });
    };
  }
  template <typename Handler>
  std::function<void(Error)> ended(Handler handler) {
    const auto executor = boost::asio::get_associated_executor(handler, get_executor());
    auto kept = std::make_shared<Handler>(std::move(handler));
    return [executor, kept](Error error) {
      boost::asio::dispatch(executor, [kept, error] { std::move (*kept)(error); });
    };
  }

  // On the heap, since TLS refers to the socket while this is moved.
  std::shared_ptr<const Addresses::Place> place_;
  std::unique_ptr<Tcp> tcp_;
  std::unique_ptr<Tls> tls_;
};

// What Beast asks for at the end of a websocket, and when its time is up.
inline void beast_close_socket(Stream& stream) { stream.tcp().close(); }

inline void teardown(boost::beast::role_type role, Stream& stream, Stream::Error& error) {
  boost::beast::websocket::teardown(role, stream.tcp().socket(), error);
}

template <typename Handler>
void async_teardown(boost::beast::role_type role, Stream& stream, Handler&& handler) {
  if (stream.is_secure()) return stream.async_shutdown(std::forward<Handler>(handler));
  boost::beast::websocket::async_teardown(role, stream.tcp().socket(),
                                          std::forward<Handler>(handler));
}

}  // namespace passaparola::feed
