#include "app/server_client.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <cstdlib>

#include "core/limits.h"
#include "feed/stream.h"

namespace passaparola::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr std::chrono::seconds kRequestTimeout{120};

Error refused(const http::response<http::string_body>& response) {
  const unsigned status = response.result_int();
  const ErrorCode code = status == 400                    ? ErrorCode::invalid_argument
                         : status == 404                  ? ErrorCode::not_found
                         : status == 429 || status == 503 ? ErrorCode::overloaded
                                                          : ErrorCode::io;
  simdjson::dom::parser parser;
  std::string_view words;
  const auto problem = parser.parse(response.body());
  if (problem["detail"].get(words) && problem["title"].get(words)) words = response.reason();
  return fail(code, fmt::format("the server answers {}: {}", status, words));
}

}  // namespace

struct ServerClient::State {
  std::string host, port, token;
  std::shared_ptr<asio::ssl::context> tls;  // null: the server is asked plainly
  asio::io_context context;
  std::optional<feed::Stream> stream;
  beast::flat_buffer buffer;

  // Runs what was started on the stream; its error is in `error` afterwards.
  void run() {
    context.restart();
    context.run();
  }

  Result<void> connect() {
    beast::error_code error;
    tcp::resolver resolver(context);
    const auto places = resolver.resolve(host, port, error);
    if (!error) {
      stream.emplace(tcp::socket(context), nullptr, tls);
      buffer.clear();
      stream->tcp().expires_after(std::chrono::seconds(10));
      stream->tcp().async_connect(places,
                                  [&](beast::error_code e, const tcp::endpoint&) { error = e; });
      run();
    }
    if (!error && tls) {
      error = shake_hands();
      if (error) {
        stream.reset();
        return fail(ErrorCode::io,
                    fmt::format("no TLS with {}: {}; its certificate must be of this name, and "
                                "trusted by the system or the file that SSL_CERT_FILE names",
                                url(), error.message()));
      }
    }
    if (!error) return {};
    stream.reset();
    return fail(ErrorCode::io, fmt::format("no server answers at {}: {}", url(), error.message()));
  }

  // Whose certificate is not trusted, or is of another name, is not spoken with.
  beast::error_code shake_hands() {
    beast::error_code error;
    stream->async_handshake(host, [&](beast::error_code e) { error = e; });
    run();
    return error;
  }

  std::string url() const { return fmt::format("{}://{}:{}", tls ? "https" : "http", host, port); }

  http::request<http::string_body> make(http::verb verb, const std::string& target) const {
    http::request<http::string_body> request(verb, target, 11);
    request.set(http::field::host, host + ":" + port);
    request.set(http::field::user_agent, "passaparola/" PASSAPAROLA_VERSION);
    if (!token.empty()) request.set(http::field::authorization, "Bearer " + token);
    return request;
  }

  beast::error_code write(http::request<http::string_body>& request) {
    beast::error_code error;
    stream->tcp().expires_after(kRequestTimeout);
    http::async_write(*stream, request, [&](beast::error_code e, std::size_t) { error = e; });
    run();
    return error;
  }

  Result<std::string> exchange(http::request<http::string_body> request) {
    request.prepare_payload();
    for (int attempt = 0;; ++attempt) {
      if (!stream) {
        if (auto connected = connect(); !connected) return connected.error();
      }
      http::response_parser<http::string_body> parser;
      parser.body_limit(std::uint64_t{1} << 30);
      beast::error_code error = write(request);
      if (!error) {
        http::async_read(*stream, buffer, parser,
                         [&](beast::error_code e, std::size_t) { error = e; });
        run();
      }
      if (error) {
        stream.reset();
        // An idle connection may have been closed by the server meanwhile; requests are idempotent.
        if (attempt == 0) continue;
        return fail(ErrorCode::io,
                    fmt::format("the server at {} broke off: {}", url(), error.message()));
      }
      http::response<http::string_body> response = parser.release();
      if (!response.keep_alive()) stream.reset();
      if (response.result_int() / 100 != 2) return refused(response);
      return std::move(response.body());
    }
  }
};

ServerClient::ServerClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
ServerClient::~ServerClient() = default;
ServerClient::ServerClient(ServerClient&&) noexcept = default;
ServerClient& ServerClient::operator=(ServerClient&&) noexcept = default;

Result<ServerClient> ServerClient::connect(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  const bool is_secure = parsed && parsed->scheme() == "https";
  if (!parsed || (!is_secure && parsed->scheme() != "http") || parsed->host().empty()) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("--server {}: write http://HOST:PORT, or https:// for TLS", url));
  }
  auto state = std::make_unique<State>();
  if (is_secure) {
    state->tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(state->tls->native_handle(), TLS1_2_VERSION);
    beast::error_code ignored;
    state->tls->set_default_verify_paths(ignored);  // and what SSL_CERT_FILE names
    state->tls->set_verify_mode(asio::ssl::verify_peer, ignored);
  }
  state->host = parsed->host_address();
  state->port = parsed->has_port() ? std::string(parsed->port()) : "8737";
  if (const char* token = std::getenv("PASSAPAROLA_TOKEN")) state->token = token;
  if (auto connected = state->connect(); !connected) return connected.error();
  return ServerClient(std::move(state));
}

Result<std::string> ServerClient::get(const std::string& target) {
  return state_->exchange(state_->make(http::verb::get, target));
}

Result<std::string> ServerClient::post(const std::string& target, std::string body,
                                       std::string_view type) {
  auto request = state_->make(http::verb::post, target);
  request.set(http::field::content_type, beast::string_view(type.data(), type.size()));
  request.body() = std::move(body);
  return state_->exchange(std::move(request));
}

Result<std::string> ServerClient::patch(const std::string& target, std::string body) {
  auto request = state_->make(http::verb::patch, target);
  request.set(http::field::content_type, "application/json");
  request.body() = std::move(body);
  return state_->exchange(std::move(request));
}

Result<std::string> ServerClient::del(const std::string& target) {
  return state_->exchange(state_->make(http::verb::delete_, target));
}

Result<void> ServerClient::follow(const std::string& target,
                                  const std::function<bool(std::string_view)>& visit) {
  auto request = state_->make(http::verb::get, target);
  request.set(http::field::accept, "text/event-stream");
  request.prepare_payload();
  if (!state_->stream) {
    if (auto connected = state_->connect(); !connected) return connected.error();
  }
  beast::error_code error = state_->write(request);
  http::response_parser<http::string_body> parser;
  parser.body_limit(boost::none);
  std::size_t taken = 0;
  while (!error && !parser.is_done()) {
    state_->stream->tcp().expires_never();
    http::async_read_some(*state_->stream, state_->buffer, parser,
                          [&](beast::error_code e, std::size_t) { error = e; });
    state_->run();
    std::string& body = parser.get().body();
    if (parser.is_header_done() && parser.get().result_int() != 200) break;
    for (std::size_t end; (end = body.find('\n', taken)) != std::string::npos; taken = end + 1) {
      const std::string_view line(body.data() + taken, end - taken);
      if (line.starts_with("data: ") && !visit(line.substr(6))) return {};
    }
    body.erase(0, std::exchange(taken, 0));
  }
  state_->stream.reset();
  if (parser.is_header_done() && parser.get().result_int() != 200) {
    return fail(ErrorCode::io, fmt::format("the server answers {}", parser.get().result_int()));
  }
  if (error) return fail(ErrorCode::io, "the server broke off: " + error.message());
  return {};
}

std::string url_encoded(std::string_view text) {
  return boost::urls::encode({text.data(), text.size()}, boost::urls::unreserved_chars);
}

}  // namespace passaparola::app
