#include "feed/stream.h"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_stream.hpp>

namespace passaparola::feed {

namespace ssl = boost::asio::ssl;

// Of many buffers TLS would make a record each: they are put together before.
struct Stream::Tls {
  Tls(Tcp& tcp, std::shared_ptr<ssl::context> how) : context(std::move(how)), flat(tcp, *context) {}

  ssl::stream<Tcp&>& stream() { return flat.next_layer(); }

  std::shared_ptr<ssl::context> context;
  boost::beast::flat_stream<ssl::stream<Tcp&>> flat;
};

Stream::Stream(boost::asio::ip::tcp::socket socket, std::shared_ptr<const Addresses::Place> place,
               std::shared_ptr<ssl::context> tls)
    : place_(std::move(place)), tcp_(std::make_unique<Tcp>(std::move(socket))) {
  if (tls) tls_ = std::make_unique<Tls>(*tcp_, std::move(tls));
}

Stream::Stream(Stream&&) noexcept = default;
Stream::~Stream() = default;

void Stream::read_secure(std::vector<boost::asio::mutable_buffer> buffers, Done done) {
  tls_->flat.async_read_some(buffers, std::move(done));
}

void Stream::write_secure(std::vector<boost::asio::const_buffer> buffers, Done done) {
  tls_->flat.async_write_some(buffers, std::move(done));
}

void Stream::shake_hands(const std::string& host, std::function<void(Error)> done) {
  if (host.empty()) {
    return tls_->stream().async_handshake(ssl::stream_base::server, std::move(done));
  }
  Error error;
  SSL_set_tlsext_host_name(tls_->stream().native_handle(), host.c_str());
  tls_->stream().set_verify_callback(ssl::host_name_verification(host), error);
  tls_->stream().async_handshake(ssl::stream_base::client, std::move(done));
}

void Stream::shut_down(std::function<void(Error)> done) {
  tls_->stream().async_shutdown(std::move(done));
}

}  // namespace passaparola::feed
