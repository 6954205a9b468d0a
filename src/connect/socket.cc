#include "connect/socket.h"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>

#include "connect/address.h"
#include "core/limits.h"

namespace passaparola::connect {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using tcp = net::ip::tcp;
using boost::system::error_code;
using net::awaitable;

constexpr auto kToken = net::as_tuple(net::use_awaitable);
constexpr std::chrono::seconds kConnectTime{kMaxConnectSeconds};
constexpr std::chrono::seconds kAddressTime{5};  // for one address, while there are others

// Of ports below 1024 only those of the web: nobody's mail or database is talked into anything.
bool is_web_port(std::uint16_t port) { return port == 80 || port == 443 || port >= 1024; }

Failure forbidden(const Url& url, const char* why) {
  return {Trouble::forbidden,
          fmt::format("{}:{} {}; allow_private = true lets it be reached", url.host, url.port, why),
          {}};
}

// What can be said before a name is looked up, which may be a proxy's affair.
std::optional<Failure> objection_to(const Url& url, const Reach& reach) {
  if (reach.allow_private) return std::nullopt;
  if (!is_web_port(url.port)) return forbidden(url, "is no port of the web");
  error_code is_name;
  const auto address = net::ip::make_address(url.host, is_name);
  if (is_name || is_public(address)) return std::nullopt;
  return forbidden(url, "is not an address of the public internet");
}

awaitable<Reached<std::unique_ptr<PlainStream>>> connect_tcp(Url url, bool is_trusted) {
  const auto executor = co_await net::this_coro::executor;
  tcp::resolver resolver(executor);
  auto [failed, found] =
      co_await resolver.async_resolve(url.host, std::to_string(url.port), kToken);
  if (failed) {
    co_return Failure{Trouble::unreachable,
                      fmt::format("the name {} is not found: {}", url.host, failed.message()),
                      {}};
  }
  auto stream = std::make_unique<PlainStream>(executor);
  bool any_may = false;
  std::size_t tried = 0;
  error_code error = net::error::host_unreachable;
  for (const auto& entry : found) {
    if (!is_trusted && !is_public(entry.endpoint().address())) continue;
    if (tried++ == kMaxAddressesTried) break;
    any_may = true;
    stream->expires_after(found.size() > 1 ? kAddressTime : kConnectTime);
    // This very address was looked at: the name is not looked up again.
    std::tie(error) = co_await stream->async_connect(entry.endpoint(), kToken);
    if (!error) {
      stream->socket().set_option(tcp::no_delay(true), error);
      stream->socket().set_option(net::socket_base::keep_alive(true), error);
      co_return stream;
    }
  }
  if (!any_may) co_return forbidden(url, "is not an address of the public internet");
  co_return failure_of(error, "connecting");
}

// Asks the proxy for a tunnel to `url`.
awaitable<Reached<void>> open_tunnel(Socket& socket, Url url) {
  const std::string place = fmt::format("{}:{}", url.bracketed_host(), url.port);
  std::string request = fmt::format("CONNECT {} HTTP/1.1\r\nHost: {}\r\n\r\n", place, place);
  const auto written = co_await write_all(socket, std::move(request), kConnectTime);
  if (!written) co_return written.error();
  // Byte by byte: what comes behind the answer is the tunnel's.
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    char byte = 0;
    const auto got = co_await read_some(socket, {&byte, 1}, kConnectTime);
    if (!got) co_return got.error();
    if (*got == 0 || head.size() >= kMaxResponseHeadBytes) {
      co_return Failure{Trouble::protocol, "the proxy does not answer as one does", {}};
    }
    head.push_back(byte);
  }
  const bool is_open = head.size() > 12 && head.starts_with("HTTP/1.") && head.substr(8, 2) == " 2";
  if (is_open) co_return Reached<void>();
  co_return Failure{
      Trouble::unreachable,
      "the proxy refuses: " + head.substr(0, std::min<std::size_t>(head.find("\r\n"), 80)),
      {}};
}

// The reason for which a certificate was refused, in OpenSSL's words.
Failure certificate_failure(SSL* native, const Url& url, const error_code& error) {
  const long verified = SSL_get_verify_result(native);
  if (verified == X509_V_OK) return failure_of(error, "shaking hands");
  return {Trouble::certificate,
          fmt::format("the certificate of {} is refused: {}", url.host,
                      X509_verify_cert_error_string(verified)),
          {}};
}

awaitable<Reached<std::unique_ptr<TlsStream>>> secure(std::unique_ptr<PlainStream> plain, Url url,
                                                      std::shared_ptr<ssl::context> context) {
  auto stream = std::make_unique<TlsStream>(std::move(*plain), *context);
  SSL* const native = stream->native_handle();
  error_code is_name;
  net::ip::make_address(url.host, is_name);
  const bool set =
      is_name ? SSL_set_tlsext_host_name(native, url.host.c_str()) == 1 &&
                    SSL_set1_host(native, url.host.c_str()) == 1
              : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(native), url.host.c_str()) == 1;
  if (!set) co_return Failure{Trouble::protocol, "TLS does not take the name " + url.host, {}};
  beast::get_lowest_layer(*stream).expires_after(kConnectTime);
  const auto [error] = co_await stream->async_handshake(ssl::stream_base::client, kToken);
  if (error) co_return certificate_failure(native, url, error);
  co_return stream;
}

}  // namespace

Failure failure_of(const error_code& error, const char* doing) {
  if (error == beast::error::timeout) {
    return {Trouble::silent, fmt::format("{}: nothing came in time", doing), {}};
  }
  if (error == net::error::eof || error == ssl::error::stream_truncated) {
    return {Trouble::unreachable, fmt::format("{}: the other side hung up", doing), {}};
  }
  return {Trouble::unreachable, fmt::format("{}: {}", doing, error.message()), {}};
}

awaitable<Reached<Socket>> dial(Url url, Reach reach) {
  const auto objection = objection_to(url, reach);
  if (objection) co_return *objection;
  const Url& first = reach.proxy ? *reach.proxy : url;
  auto plain = co_await connect_tcp(first, reach.proxy || reach.allow_private);
  if (!plain) co_return plain.error();
  if (reach.proxy) {
    Socket socket = *std::move(plain);
    const auto opened = co_await open_tunnel(socket, url);
    if (!opened) co_return opened.error();
    plain = std::get<0>(std::move(socket));
  }
  if (!url.is_secure) co_return Socket(*std::move(plain));
  auto secured = co_await secure(*std::move(plain), url, reach.tls);
  if (!secured) co_return secured.error();
  co_return Socket(*std::move(secured));
}

PlainStream& lowest(Socket& socket) {
  if (auto* plain = std::get_if<0>(&socket)) return **plain;
  return beast::get_lowest_layer(*std::get<1>(socket));
}

awaitable<Reached<std::size_t>> read_some(Socket& socket, std::span<char> to,
                                          std::chrono::milliseconds limit) {
  lowest(socket).expires_after(limit);
  const net::mutable_buffer buffer(to.data(), to.size());
  error_code error;
  std::size_t count = 0;
  if (auto* plain = std::get_if<0>(&socket)) {
    std::tie(error, count) = co_await (*plain)->async_read_some(buffer, kToken);
  } else {
    std::tie(error, count) = co_await std::get<1>(socket)->async_read_some(buffer, kToken);
  }
  if (error == net::error::eof || error == ssl::error::stream_truncated) co_return std::size_t{0};
  if (error) co_return failure_of(error, "reading");
  co_return count;
}

awaitable<Reached<void>> write_all(Socket& socket, std::string bytes,
                                   std::chrono::milliseconds limit) {
  lowest(socket).expires_after(limit);
  error_code error;
  std::size_t count = 0;
  if (auto* plain = std::get_if<0>(&socket)) {
    std::tie(error, count) = co_await net::async_write(**plain, net::buffer(bytes), kToken);
  } else {
    std::tie(error, count) =
        co_await net::async_write(*std::get<1>(socket), net::buffer(bytes), kToken);
  }
  if (error) co_return failure_of(error, "writing");
  co_return Reached<void>();
}

void close(Socket& socket) {
  error_code ignored;
  lowest(socket).socket().shutdown(tcp::socket::shutdown_both, ignored);
  lowest(socket).close();
}

}  // namespace passaparola::connect
