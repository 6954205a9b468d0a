#include "feed/connection.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fstream>

#include "core/limits.h"
#include "feed/admission.h"
#include "feed/answers.h"
#include "feed/api.h"
#include "feed/bodies.h"
#include "feed/conditional.h"
#include "feed/exchange.h"
#include "feed/off_thread.h"
#include "feed/page_answer.h"
#include "feed/stream.h"

namespace passaparola::feed {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = net::ip::tcp;
using boost::system::error_code;
using std::chrono::seconds;

constexpr std::size_t kReadBytes = 16 << 10;
constexpr std::size_t kMaxBufferBytes = 128 << 10;
constexpr std::size_t kMaxDrainedBytes = 4 << 20;
constexpr seconds kDrainFor{2};
constexpr std::size_t kFilePieceBytes = 256 << 10;

class Connection : public Session, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Context& context, Stream stream)
      : context_(context),
        executor_(stream.get_executor()),
        stream_(std::move(stream)),
        buffer_(kMaxBufferBytes) {
    error_code ignored;
    tcp::socket& socket = stream_.tcp().socket();
    local_address_ = socket.local_endpoint(ignored).address().to_string();
    socket.set_option(tcp::no_delay(true), ignored);
  }

  void start() {
    auto ended = [self = shared_from_this()](const std::exception_ptr&) {
      --self->context_.metrics.connections_open;
      self->context_.sessions.remove(self.get());
    };
    net::co_spawn(executor_, serve(shared_from_this()), std::move(ended));
  }

  void stop() override {
    net::post(executor_, [self = shared_from_this()] {
      if (self->is_idle_ && !self->is_handed_on_) self->stream_.tcp().cancel();
    });
  }

 private:
  net::awaitable<void> serve(std::shared_ptr<Connection> self);
  net::awaitable<std::optional<HeadEnd>> read_head_bytes();
  net::awaitable<bool> serve_one(HeadEnd end);
  net::awaitable<Outcome> answer_exchange(Exchange& exchange);
  net::awaitable<std::variant<std::string, Problem>> read_body(Exchange& exchange);
  void refuse_body(Exchange& exchange);
  net::awaitable<std::optional<Problem>> hand_on(Exchange& exchange);
  net::awaitable<bool> send(Exchange& exchange, Outcome outcome);
  net::awaitable<bool> send_file(const Answer& answer);
  net::awaitable<void> end_politely();
  Stream release();
  net::awaitable<bool> shake_hands();

  std::string_view received() const {
    return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
  }

  Context& context_;
  const Stream::executor_type executor_;
  Stream stream_;
  beast::flat_buffer buffer_;
  std::string local_address_;
  bool is_idle_ = true;
  bool is_first_ = true;
  bool is_handed_on_ = false;
};

net::awaitable<void> Connection::serve([[maybe_unused]] std::shared_ptr<Connection> self) {
  const bool is_open = co_await shake_hands();
  if (!is_open) co_return;
  for (;;) {
    const auto end = co_await read_head_bytes();
    if (!end) co_return;
    const bool goes_on = co_await serve_one(*end);
    if (is_handed_on_) co_return;
    if (!goes_on || context_.sessions.is_stopping()) break;
  }
  co_await end_politely();
}

net::awaitable<bool> Connection::shake_hands() {
  if (!stream_.is_secure()) co_return true;
  stream_.tcp().expires_after(context_.options.head_limit);
  error_code error;
  const std::string none;
  co_await stream_.async_handshake(none, net::redirect_error(net::use_awaitable, error));
  co_return !error;
}

// Waits for a whole head. One absolute timer: a client that sends a byte at a time gains nothing.
net::awaitable<std::optional<HeadEnd>> Connection::read_head_bytes() {
  std::size_t seen = 0;
  is_idle_ = buffer_.size() == 0;
  stream_.tcp().expires_after(is_first_ || !is_idle_ ? context_.options.head_limit
                                                     : seconds(kMaxIdleSeconds));
  is_first_ = false;
  if (is_idle_ && context_.sessions.is_stopping()) co_return std::nullopt;
  for (;;) {
    if (const auto end = find_head_end(received(), seen)) {
      is_idle_ = false;
      co_return end;
    }
    seen = received().size();
    if (seen > kMaxHttpHeaderBytes) co_return HeadEnd{seen, false};
    error_code error;
    const std::size_t bytes = co_await stream_.async_read_some(
        buffer_.prepare(kReadBytes), net::redirect_error(net::use_awaitable, error));
    if (error) co_return std::nullopt;
    buffer_.commit(bytes);
    if (is_idle_) stream_.tcp().expires_after(context_.options.head_limit);
    is_idle_ = false;
  }
}

net::awaitable<bool> Connection::serve_one(HeadEnd end) {
  Exchange exchange;
  exchange.id = context_.new_request_id();
  exchange.head_bytes = end.bytes;
  exchange.local_address = local_address_;
  exchange.address = stream_.address();
  exchange.route = &find_route({"?"});
  stream_.tcp().expires_after(context_.options.request_limit);
  Outcome outcome = Problem{400, "malformed-request", "a line of the header is broken"};
  if (!end.broken) {
    auto head = read_head(received().substr(0, end.bytes));
    if (auto* problem = std::get_if<Problem>(&head)) {
      outcome = std::move(*problem);
    } else {
      exchange.head = std::get<Head>(std::move(head));
      outcome = co_await answer_exchange(exchange);
      if (is_handed_on_) co_return false;
    }
  }
  co_return co_await send(exchange, std::move(outcome));
}

bool says_close(const Head& head) {
  for (const std::string_view member : list_members(head.field("connection"))) {
    if (beast::iequals({member.data(), member.size()}, "close")) return true;
  }
  return head.minor_version == 0;
}

net::awaitable<Outcome> Connection::answer_exchange(Exchange& exchange) {
  auto answered = admit(context_, exchange);
  // A body that nobody reads ends the connection; else the next request may follow.
  exchange.keep_alive = !says_close(exchange.head) && !(answered && exchange.head.has_body());
  if (answered) {
    buffer_.consume(exchange.head_bytes);
    co_return *std::move(answered);
  }
  const Route route = exchange.route->route;
  if (max_body(route, exchange.head.method) > 0) {
    ReadBody read = [this, &exchange] { return read_body(exchange); };
    Outcome taken = co_await take_body(context_, exchange, std::move(read));
    if (!exchange.is_body_read) refuse_body(exchange);
    co_return taken;
  }
  if (route == Route::live || route == Route::sse) {
    auto refused = co_await hand_on(exchange);
    if (refused) co_return *std::move(refused);
    co_return Answer{};  // nobody reads it: the socket is somebody else's now
  }
  buffer_.consume(exchange.head_bytes);
  Outcome outcome;
  std::function<void()> work = [this, &exchange, &outcome, route] {
    outcome = answer(context_, route, exchange.head.method, exchange.target, exchange.caller);
    if (auto* found = std::get_if<Answer>(&outcome)) {
      suit_encoding(exchange, *found);
      spare_known(exchange, *found);
    }
  };
  const bool has_run = co_await off_thread(context_, pool_of(route), std::move(work));
  if (!has_run) co_return Problem{503, "overloaded", "too many long questions are waiting"};
  co_return outcome;
}

// The connection goes on only if there is no body that nobody reads.
void Connection::refuse_body(Exchange& exchange) {
  if (!exchange.head.has_body()) buffer_.consume(exchange.head_bytes);
  exchange.keep_alive = exchange.keep_alive && !exchange.head.has_body();
}

void refuse_long_extension(std::uint64_t, boost::beast::string_view extension, error_code& error) {
  if (extension.size() > kMaxChunkExtensionBytes) error = http::error::bad_chunk_extension;
}

net::awaitable<std::variant<std::string, Problem>> Connection::read_body(Exchange& exchange) {
  exchange.is_body_read = true;
  http::request_parser<http::string_body> parser;
  parser.body_limit(max_body(exchange.route->route, exchange.head.method));
  parser.header_limit(kMaxHttpHeaderBytes + 1);
  auto on_chunk = refuse_long_extension;
  parser.on_chunk_header(on_chunk);
  error_code error;
  co_await http::async_read_header(stream_, buffer_, parser,
                                   net::redirect_error(net::use_awaitable, error));
  if (!error && exchange.head.field("expect") == "100-continue" && !parser.is_done()) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto bytes = net::buffer(go_on);
    co_await net::async_write(stream_, bytes, net::redirect_error(net::use_awaitable, error));
  }
  if (!error) {
    co_await http::async_read(stream_, buffer_, parser,
                              net::redirect_error(net::use_awaitable, error));
  }
  if (error) exchange.keep_alive = false;
  if (error == http::error::body_limit) {
    co_return Problem{413, "body-too-large", "the body is larger than this server takes"};
  }
  if (error) co_return Problem{400, "malformed-request", "the body is broken or did not end"};
  co_return std::move(parser.get().body());
}

Stream Connection::release() {
  is_handed_on_ = true;
  stream_.tcp().expires_never();  // who takes it over has timers of their own
  return std::move(stream_);
}

// The client wants to listen: the socket goes to a live session.
net::awaitable<std::optional<Problem>> Connection::hand_on(Exchange& exchange) {
  std::string head(received().substr(0, exchange.head_bytes));
  buffer_.consume(exchange.head_bytes);
  if (buffer_.size() > 0) {
    exchange.keep_alive = false;
    co_return Problem{400, "malformed-request", "nothing may follow before the answer"};
  }
  const std::string_view name = exchange.route->pattern;
  if (exchange.route->route == Route::live) {
    if (!beast::iequals(beast::string_view(exchange.head.field("upgrade")), "websocket")) {
      co_return Problem{426, "upgrade-required", "this is a websocket: send an upgrade request"};
    }
    context_.metrics.count_request(name, 101);
    serve_websocket(context_, release(), std::move(head), std::move(exchange.caller));
    co_return std::nullopt;
  }
  std::variant<EventStream, Problem> opened;
  std::function<void()> work = [this, &exchange, &opened] {
    opened = open_events(context_, exchange.head, exchange.target, exchange.caller);
  };
  co_await off_thread(context_, Pool::reads, std::move(work));
  if (auto* problem = std::get_if<Problem>(&opened)) co_return std::move(*problem);
  EventStream events = std::get<EventStream>(std::move(opened));
  events.fields = common_fields(context_, exchange);
  events.fields.emplace_back("X-Request-Id", exchange.id);
  context_.metrics.count_request(name, 200);
  serve_events(context_, release(), std::move(events));
  co_return std::nullopt;
}

template <typename Message>
void set_fields(Message& message, const Answer& answer, std::uint64_t size,
                const Exchange& exchange) {
  const bool has_content = answer.status != 304;  // else type and length would be of nothing
  if (has_content) message.set(http::field::content_type, answer.content_type);
  message.set("X-Request-Id", exchange.id);
  message.set("X-Content-Type-Options", "nosniff");
  message.set("Referrer-Policy", "no-referrer");
  message.set(http::field::cache_control, "no-store");
  message.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  for (const auto& [name, value] : answer.fields) {
    if (name == "Vary") {
      message.insert(name, value);  // each says something of its own
    } else {
      message.set(name, value);
    }
  }
  if (has_content) message.content_length(size);
  message.keep_alive(exchange.keep_alive);
}

// The bytes of a file, which may be far larger than memory. It is read where reading may block; the
// client has a request's time for each piece; whoever stops the server does not wait for the end.
// False: they did not all go out.
net::awaitable<bool> Connection::send_file(const Answer& answer) {
  std::ifstream file(answer.file, std::ios::binary);
  std::string piece;
  for (std::uint64_t left = answer.file_bytes; left > 0; left -= piece.size()) {
    std::function<void()> work = [&] {
      piece.resize(std::min<std::uint64_t>(left, kFilePieceBytes));
      file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      if (!file) piece.clear();  // it is gone, or shorter than it was
    };
    co_await off_thread(context_, Pool::reads, std::move(work));
    if (piece.empty() || context_.sessions.is_stopping()) co_return false;
    stream_.tcp().expires_after(context_.options.request_limit);
    error_code error;
    const auto bytes = net::buffer(piece);
    co_await net::async_write(stream_, bytes, net::redirect_error(net::use_awaitable, error));
    if (error) co_return false;
    context_.metrics.bytes_sent += piece.size();
  }
  co_return true;
}

// True: the connection goes on.
net::awaitable<bool> Connection::send(Exchange& exchange, Outcome outcome) {
  Answer answer;
  if (const auto* problem = std::get_if<Problem>(&outcome)) {
    answer = to_answer(*problem, exchange.id);
    if (problem->status == 405) {
      answer.fields.emplace_back("Allow", std::string(exchange.route->allowed));
    }
    if (problem->status == 426) answer.fields.emplace_back("Upgrade", "websocket");
  } else {
    answer = std::get<Answer>(std::move(outcome));
  }
  for (auto& field : common_fields(context_, exchange)) {
    answer.fields.push_back(std::move(field));
  }
  if (context_.sessions.is_stopping()) exchange.keep_alive = false;
  context_.metrics.count_request(exchange.route->pattern, answer.status);
  const Timestamp at = context_.services.clock();
  auto record = audit_of(*context_.services.store, exchange, answer.status, at);
  if (record) context_.audit.add(*std::move(record));
  context_.metrics.bytes_sent += answer.body.size();
  const auto status = static_cast<http::status>(answer.status);
  stream_.tcp().expires_after(context_.options.request_limit);
  error_code error;
  const bool has_head_alone = exchange.head.method == "HEAD" || !answer.file.empty();
  if (has_head_alone) {
    const std::uint64_t size = answer.file.empty() ? answer.body.size() : answer.file_bytes;
    http::response<http::empty_body> message(status, 11);
    set_fields(message, answer, size, exchange);
    http::response_serializer<http::empty_body> serializer(message);
    co_await http::async_write_header(stream_, serializer,
                                      net::redirect_error(net::use_awaitable, error));
    if (!error && exchange.head.method != "HEAD") {
      const bool is_whole = co_await send_file(answer);
      co_return is_whole&& exchange.keep_alive;
    }
  } else {
    http::response<http::string_body> message(status, 11);
    set_fields(message, answer, answer.body.size(), exchange);
    message.body() = std::move(answer.body);
    co_await http::async_write(stream_, message, net::redirect_error(net::use_awaitable, error));
  }
  co_return !error && exchange.keep_alive;
}

// Closing on unread bytes would take the answer from the client: says goodbye and reads a while.
net::awaitable<void> Connection::end_politely() {
  error_code error;
  if (stream_.is_secure()) {
    stream_.tcp().expires_after(kDrainFor);
    co_await stream_.async_shutdown(net::redirect_error(net::use_awaitable, error));
  }
  stream_.tcp().socket().shutdown(tcp::socket::shutdown_send, error);
  stream_.tcp().expires_after(kDrainFor);
  std::size_t drained = 0;
  while (!error && drained < kMaxDrainedBytes) {
    buffer_.clear();
    drained += co_await stream_.tcp().async_read_some(
        buffer_.prepare(kReadBytes), net::redirect_error(net::use_awaitable, error));
  }
  stream_.tcp().close();
}

}  // namespace

void serve_http(Context& context, Stream stream) {
  auto connection = std::make_shared<Connection>(context, std::move(stream));
  if (!context.sessions.add(connection)) {
    ++context.metrics.connections_refused;
    return;  // the socket closes with the connection
  }
  ++context.metrics.connections_open;
  connection->start();
}

}  // namespace passaparola::feed
