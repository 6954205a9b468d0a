#include "connect/http.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/limits.h"
#include "ingest/feed_time.h"

namespace passaparola::connect {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using net::awaitable;

constexpr std::chrono::seconds kAnswerTime{kMaxResponseSeconds};

std::string text_of(const HttpRequest& request) {
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method,
                                 request.url.target, request.url.authority());
  bool has_agent = false;
  for (const auto& [name, value] : request.fields) {
    text += fmt::format("{}: {}\r\n", name, value);
    has_agent = has_agent || lower_ascii(name) == "user-agent";
  }
  if (!has_agent) text += fmt::format("User-Agent: {}\r\n", user_agent());
  for (const auto& [name, value] : request.secrets) text += fmt::format("{}: {}\r\n", name, value);
  if (!request.body.empty() || request.method == "POST") {
    text += fmt::format("Content-Length: {}\r\n", request.body.size());
  }
  return text + "\r\n" + request.body;
}

// A number at the front of a field's value, such as "988.0"; negative: none.
double number_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end != text.data() && std::isfinite(value) ? value : -1;
}

// A number of seconds, or a date.
std::optional<double> retry_after_seconds(const HttpResponse& response, Timestamp at) {
  const std::string_view text = response.field("retry-after");
  const double seconds = number_in(text);
  if (seconds >= 0) return seconds;
  const auto instant = ingest::parse_feed_time(text);
  if (!instant) return std::nullopt;
  return static_cast<double>(instant->milliseconds - at.milliseconds) / 1000;
}

// When nothing of a rate is left: how long until there is more. Reset fields are an instant, or a
// number of seconds: no instant is that small.
std::optional<double> rate_reset_seconds(const HttpResponse& response, Timestamp at) {
  constexpr double kNoInstant = 1e9;
  for (const std::string_view kind : {"x-rate-limit-", "x-ratelimit-", "ratelimit-"}) {
    const std::string_view left = response.field(std::string(kind) + "remaining");
    const std::string_view reset = response.field(std::string(kind) + "reset");
    if (left.empty() || reset.empty() || number_in(left) < 0 || number_in(left) >= 1) continue;
    if (const auto instant = parse_rfc3339(reset)) {
      return static_cast<double>(instant->milliseconds - at.milliseconds) / 1000;
    }
    const double value = number_in(reset);
    if (value < 0) continue;
    return value < kNoInstant ? value : value - static_cast<double>(at.milliseconds) / 1000;
  }
  return std::nullopt;
}

}  // namespace

std::string_view user_agent() {
  return "passaparola/" PASSAPAROLA_VERSION " (self-hosted social listening)";
}

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Reached<void> follow_redirect(HttpRequest& request, const HttpResponse& response) {
  auto next = resolve_url(request.url, response.field("location"));
  if (!next || response.field("location").empty()) {
    return Failure{Trouble::protocol, "a redirect leads nowhere", {}};
  }
  if (request.url.is_secure && !next->is_secure) {
    return Failure{Trouble::protocol, "a redirect leads from TLS to plain text", {}};
  }
  if (response.status == 303) {
    request.method = "GET";
    request.body.clear();
  }
  if (!next->same_origin(request.url)) {
    if (!request.body.empty()) {
      return Failure{Trouble::protocol, "a redirect leads what is posted to another server", {}};
    }
    request.secrets.clear();
  }
  request.url = *std::move(next);
  return {};
}

std::string_view HttpResponse::field(std::string_view name) const {
  for (const auto& [known, value] : fields) {
    if (known == name) return value;
  }
  return {};
}

void HttpResponse::add_field(std::string_view name, std::string_view value) {
  fields.emplace_back(lower_ascii(std::string(name)), std::string(value));
}

std::optional<std::chrono::milliseconds> wanted_pause(const HttpResponse& response, Timestamp at) {
  auto seconds = retry_after_seconds(response, at);
  if (!seconds) seconds = rate_reset_seconds(response, at);
  if (!seconds) return std::nullopt;
  const double bounded = std::clamp(*seconds, 0.0, static_cast<double>(kMaxRetryAfterSeconds));
  return std::chrono::milliseconds(std::llround(bounded * 1000));
}

Failure failure_of(const HttpResponse& response, Timestamp at) {
  Failure failure;
  failure.message = fmt::format("{} answers {}", response.url.host, response.status);
  failure.retry_after = wanted_pause(response, at);
  if (response.status == 429 || response.status == 420) {
    failure.trouble = Trouble::rate_limited;
  } else if (response.status >= 500) {
    failure.trouble = Trouble::server;
  } else if (response.status == 401 || response.status == 403) {
    failure.trouble = Trouble::unauthorised;
  } else {
    failure.trouble = Trouble::refused;
  }
  return failure;
}

std::string json_text(const std::string& body, std::string_view path) {
  simdjson::dom::parser parser;
  simdjson::dom::element at;
  if (parser.parse(body).get(at) != simdjson::SUCCESS) return {};
  while (true) {
    const std::size_t dot = path.find('.');
    simdjson::dom::element inside;
    if (at[path.substr(0, dot)].get(inside) != simdjson::SUCCESS) return {};
    at = inside;
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  std::string_view text;
  return at.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

struct HttpStream::State {
  Socket socket;
  http::response_parser<http::buffer_body> parser;
  HttpResponse response;
  std::array<char, 64 << 10> input{};
  std::size_t begin = 0, end = 0;  // of input: what the parser has not taken yet
  std::array<char, 64 << 10> output{};

  std::size_t parse(error_code& error);
  awaitable<Reached<void>> fill(std::chrono::milliseconds limit);
  awaitable<Reached<void>> read_head();
  awaitable<Reached<std::string_view>> read_body(std::chrono::milliseconds limit);
};

// Gives the parser what was read; how much of it was taken.
std::size_t HttpStream::State::parse(error_code& error) {
  error = http::error::need_more;
  if (begin == end) return 0;
  const std::size_t used = parser.put(net::const_buffer(input.data() + begin, end - begin), error);
  begin += used;
  return used;
}

// Moves what is left to the front and reads more behind it.
awaitable<Reached<void>> HttpStream::State::fill(std::chrono::milliseconds limit) {
  std::copy(input.begin() + begin, input.begin() + end, input.begin());
  end -= begin;
  begin = 0;
  if (end == input.size()) {
    co_return Failure{Trouble::protocol, "the head of an answer is too large", {}};
  }
  const auto got = co_await read_some(socket, std::span(input).subspan(end), limit);
  if (!got) co_return got.error();
  if (*got > 0) {
    end += *got;
    co_return Reached<void>();
  }
  // An answer of nothing at all is whole to the parser, and would be a success without a body.
  error_code error = http::error::partial_message;
  if (parser.got_some()) parser.put_eof(error);
  if (error) {
    co_return Failure{
        Trouble::unreachable, "the other side hung up in the middle of an answer", {}};
  }
  co_return Reached<void>();
}

awaitable<Reached<void>> HttpStream::State::read_head() {
  parser.header_limit(kMaxResponseHeadBytes);
  parser.body_limit(boost::none);
  while (!parser.is_header_done()) {
    error_code error;
    parse(error);
    if (parser.is_header_done()) break;
    if (error && error != http::error::need_more) {
      co_return Failure{Trouble::protocol, "not an HTTP answer: " + error.message(), {}};
    }
    const auto filled = co_await fill(kAnswerTime);
    if (!filled) co_return filled.error();
  }
  response.status = parser.get().result_int();
  for (const auto& field : parser.get()) {
    response.add_field(field.name_string(), field.value());
  }
  co_return Reached<void>();
}

awaitable<Reached<std::string_view>> HttpStream::State::read_body(std::chrono::milliseconds limit) {
  auto& body = parser.get().body();
  while (!parser.is_done()) {
    body.data = output.data();
    body.size = output.size();
    body.more = true;
    error_code error;
    const std::size_t used = parse(error);
    if (error && error != http::error::need_more && error != http::error::need_buffer) {
      co_return Failure{Trouble::protocol, "not an HTTP body: " + error.message(), {}};
    }
    const std::size_t made = output.size() - body.size;
    if (made > 0) co_return std::string_view(output.data(), made);
    if (parser.is_done()) break;
    if (used > 0) continue;
    const auto filled = co_await fill(limit);
    if (!filled) co_return filled.error();
  }
  co_return std::string_view();
}

HttpStream::HttpStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpStream::~HttpStream() = default;

const HttpResponse& HttpStream::response() const { return state_->response; }

awaitable<Reached<std::string_view>> HttpStream::read(std::chrono::milliseconds limit) {
  return state_->read_body(limit);
}

void HttpStream::close() { connect::close(state_->socket); }

awaitable<Reached<std::unique_ptr<HttpStream>>> HttpStream::open(HttpRequest request, Reach reach) {
  for (std::size_t redirects = 0; redirects <= kMaxRedirects; ++redirects) {
    auto socket = co_await dial(request.url, reach);
    if (!socket) co_return socket.error();
    auto state = std::make_unique<State>();
    state->socket = *std::move(socket);
    state->response.url = request.url;
    const auto written = co_await write_all(state->socket, text_of(request), kAnswerTime);
    if (!written) co_return written.error();
    const auto head = co_await state->read_head();
    if (!head) co_return head.error();
    if (!is_redirect(state->response.status)) {
      co_return std::unique_ptr<HttpStream>(new HttpStream(std::move(state)));
    }
    const auto followed = follow_redirect(request, state->response);
    if (!followed) co_return followed.error();
    connect::close(state->socket);
  }
  co_return Failure{Trouble::protocol, fmt::format("more than {} redirects", kMaxRedirects), {}};
}

awaitable<Reached<HttpResponse>> fetch(HttpRequest request, Reach reach, std::size_t max_body) {
  request.fields.emplace_back("Connection", "close");
  auto opened = co_await HttpStream::open(std::move(request), std::move(reach));
  if (!opened) co_return opened.error();
  HttpStream& stream = **opened;
  HttpResponse response = stream.response();
  const auto until = std::chrono::steady_clock::now() + kAnswerTime;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      co_return Failure{Trouble::silent, "the answer takes longer than it may", {}};
    }
    const auto some = co_await stream.read(left);
    if (!some) co_return some.error();
    if (some->empty()) break;
    if (response.body.size() + some->size() > max_body) {
      co_return Failure{
          Trouble::protocol, fmt::format("the answer has more than {} bytes", max_body), {}};
    }
    response.body += *some;
  }
  stream.close();
  co_return response;
}

}  // namespace passaparola::connect
