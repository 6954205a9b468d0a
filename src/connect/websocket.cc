#include "connect/websocket.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "core/limits.h"
#include "core/terminal.h"

namespace passaparola::connect {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using net::awaitable;

constexpr auto kToken = net::as_tuple(net::use_awaitable);
constexpr std::size_t kReasonBytes = 120;

template <typename Next>
class Client : public WebSocket {
 public:
  Client(Next&& next, std::chrono::milliseconds half_open) : stream_(std::move(next)) {
    beast::get_lowest_layer(stream_).expires_never();  // the websocket has timeouts of its own
    stream_.set_option(
        websocket::stream_base::timeout{std::chrono::seconds(kMaxConnectSeconds), half_open, true});
    stream_.read_message_max(kMaxMessageBytes);
  }

  // The answer, which upgrades when `error` is none.
  awaitable<error_code> shake_hands(HttpRequest request, websocket::response_type& answer) {
    stream_.set_option(websocket::stream_base::decorator([&](websocket::request_type& head) {
      head.set(http::field::user_agent, user_agent());
      for (const auto& [name, value] : request.fields) head.set(name, value);
      for (const auto& [name, value] : request.secrets) head.set(name, value);
    }));
    const auto [error] = co_await stream_.async_handshake(answer, request.url.authority(),
                                                          request.url.target, kToken);
    co_return error;
  }

  awaitable<Reached<Message>> read() override {
    buffer_.clear();
    const auto [error, count] = co_await stream_.async_read(buffer_, kToken);
    if (error == websocket::error::closed) co_return closed();
    if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
      co_return Failure{
          Trouble::protocol, fmt::format("a message has more than {} bytes", kMaxMessageBytes), {}};
    }
    if (error) co_return failure_of(error, "reading");
    const auto data = buffer_.cdata();
    co_return Message{stream_.got_binary(), {static_cast<const char*>(data.data()), data.size()}};
  }

  awaitable<Reached<void>> write(std::string text) override {
    stream_.text(true);
    const auto [error, count] = co_await stream_.async_write(net::buffer(text), kToken);
    if (error) co_return failure_of(error, "writing");
    co_return Reached<void>();
  }

  void close() override { beast::get_lowest_layer(stream_).close(); }

 private:
  Failure closed() const {
    const auto& reason = stream_.reason();
    const std::string_view said(reason.reason.data(), reason.reason.size());
    return {
        Trouble::closed,
        fmt::format("the other side closed with code {}{}{}", static_cast<unsigned>(reason.code),
                    said.empty() ? "" : ": ", terminal_safe(said.substr(0, kReasonBytes))),
        {}};
  }

  websocket::stream<Next> stream_;
  beast::flat_buffer buffer_{kMaxMessageBytes};
};

HttpResponse response_of(const websocket::response_type& answer, const Url& url) {
  HttpResponse response;
  response.status = answer.result_int();
  response.url = url;
  for (const auto& field : answer) response.add_field(field.name_string(), field.value());
  response.body = answer.body();
  return response;
}

using Opened = Reached<std::unique_ptr<WebSocket>>;

template <typename Next>
awaitable<Opened> upgrade(Next next, HttpRequest request, const Reach& reach,
                          HttpResponse& refused) {
  auto client = std::make_unique<Client<Next>>(
      std::move(next), reach.scaled(std::chrono::seconds(kHalfOpenSeconds)));
  websocket::response_type answer;
  const error_code error = co_await client->shake_hands(request, answer);
  if (!error) co_return std::unique_ptr<WebSocket>(std::move(client));
  if (error != websocket::error::upgrade_declined) co_return failure_of(error, "upgrading");
  refused = response_of(answer, request.url);
  Failure failure = failure_of(refused, now());
  if (refused.status == 200) failure.message += " and no websocket";
  co_return failure;
}

}  // namespace

awaitable<Opened> WebSocket::open(HttpRequest request, Reach reach, HttpResponse* refused) {
  for (std::size_t redirects = 0;; ++redirects) {
    auto socket = co_await dial(request.url, reach);
    if (!socket) co_return socket.error();
    HttpResponse answer;
    Opened opened = Failure{};
    if (auto* plain = std::get_if<0>(&*socket)) {
      opened = co_await upgrade(std::move(**plain), request, reach, answer);
    } else {
      opened = co_await upgrade(std::move(*std::get<1>(*socket)), request, reach, answer);
    }
    if (opened || !is_redirect(answer.status) || redirects == kMaxRedirects) {
      if (refused != nullptr) *refused = std::move(answer);
      co_return opened;
    }
    const auto followed = follow_redirect(request, answer);
    if (!followed) co_return followed.error();
  }
}

}  // namespace passaparola::connect
