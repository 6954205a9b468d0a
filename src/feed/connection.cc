#include "feed/connection.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "core/limits.h"
#include "feed/answers.h"
#include "feed/api.h"
#include "feed/erasures.h"
#include "feed/off_thread.h"
#include "feed/push.h"
#include "feed/router.h"
#include "feed/rules_request.h"
#include "feed/triage.h"
#include "feed/webhook_push.h"

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

// One request on its way through.
struct Exchange {
  Head head;
  std::size_t head_bytes = 0;
  Target target;
  const RouteEntry* route = nullptr;
  std::string id;
  bool keep_alive = false;
};

class Connection : public Session, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Context& context, OpenSocket socket)
      : context_(context),
        stream_(tcp::socket(net::make_strand(*context.io), socket.is_v6 ? tcp::v6() : tcp::v4(),
                            socket.handle)),
        is_v6_(socket.is_v6),
        buffer_(kMaxBufferBytes) {
    error_code ignored;
    const auto local = stream_.socket().local_endpoint(ignored);
    local_address_ = local.address().to_string();
    stream_.socket().set_option(tcp::no_delay(true), ignored);
  }

  void start() {
    auto ended = [self = shared_from_this()](const std::exception_ptr&) {
      --self->context_.metrics.connections_open;
      self->context_.sessions.remove(self.get());
    };
    net::co_spawn(stream_.get_executor(), serve(shared_from_this()), std::move(ended));
  }

  void stop() override {
    net::post(stream_.get_executor(), [self = shared_from_this()] {
      if (self->is_idle_) self->stream_.cancel();
    });
  }

 private:
  net::awaitable<void> serve(std::shared_ptr<Connection> self);
  net::awaitable<std::optional<HeadEnd>> read_head_bytes();
  net::awaitable<bool> serve_one(HeadEnd end);
  std::optional<Problem> admit(Exchange& exchange) const;
  net::awaitable<Outcome> answer_exchange(Exchange& exchange);
  net::awaitable<Outcome> take_push(Exchange& exchange);
  net::awaitable<Outcome> take_webhook(Exchange& exchange);
  net::awaitable<Outcome> take_rules(Exchange& exchange);
  net::awaitable<Outcome> take_triage(Exchange& exchange);
  net::awaitable<Outcome> take_erasures(Exchange& exchange);
  net::awaitable<std::variant<std::string, Problem>> read_body(Exchange& exchange);
  void refuse_body(Exchange& exchange);
  net::awaitable<std::optional<Problem>> hand_on(Exchange& exchange);
  net::awaitable<bool> send(Exchange& exchange, Outcome outcome);
  net::awaitable<void> end_politely();
  OpenSocket release();

  std::string_view received() const {
    return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
  }

  Context& context_;
  beast::tcp_stream stream_;
  bool is_v6_;
  beast::flat_buffer buffer_;
  std::string local_address_;
  bool is_idle_ = true;
  bool is_first_ = true;
  bool is_handed_on_ = false;
};

net::awaitable<void> Connection::serve([[maybe_unused]] std::shared_ptr<Connection> self) {
  for (;;) {
    const auto end = co_await read_head_bytes();
    if (!end) co_return;
    const bool goes_on = co_await serve_one(*end);
    if (is_handed_on_) co_return;
    if (!goes_on || context_.sessions.is_stopping()) break;
  }
  co_await end_politely();
}

// Waits for a whole head. One absolute timer: a client that sends a byte at a time gains nothing.
net::awaitable<std::optional<HeadEnd>> Connection::read_head_bytes() {
  std::size_t seen = 0;
  is_idle_ = buffer_.size() == 0;
  stream_.expires_after(seconds(is_first_ || !is_idle_ ? kMaxHttpHeaderSeconds : kMaxIdleSeconds));
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
    if (is_idle_) stream_.expires_after(seconds(kMaxHttpHeaderSeconds));
    is_idle_ = false;
  }
}

net::awaitable<bool> Connection::serve_one(HeadEnd end) {
  Exchange exchange;
  exchange.id = context_.new_request_id();
  exchange.head_bytes = end.bytes;
  exchange.route = &find_route({"?"});
  stream_.expires_after(seconds(kMaxRequestSeconds));
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

// Everything that can be said of a request before its body. Fills in the target and the route.
std::optional<Problem> Connection::admit(Exchange& exchange) const {
  const Head& head = exchange.head;
  if (auto problem = context_.access.check_host(head, local_address_)) return problem;
  auto target = read_target(head.target);
  if (!target) return Problem{400, "malformed-request", "the target is not a path"};
  exchange.target = *std::move(target);
  exchange.route = &find_route(exchange.target.path);
  const RouteEntry& route = *exchange.route;
  if (route.proof == Proof::token) {
    if (auto problem = context_.access.check_token(head)) return problem;
  }
  if (route.route == Route::unknown) {
    return Problem{404, "not-found", "there is nothing at this path"};
  }
  if (!is_allowed(route, head.method)) {
    return Problem{405, "method-not-allowed", "allowed here: " + std::string(route.allowed)};
  }
  const bool only_reads = head.method == "GET" || head.method == "HEAD";
  if (!only_reads || route.route == Route::live || route.route == Route::sse) {
    if (auto problem = context_.access.check_origin(head)) return problem;
  }
  const std::size_t most = max_body(route.route, head.method);
  if (head.has_body() && most == 0) {
    return Problem{400, "unexpected-body", "a request of this kind has no body"};
  }
  if (head.content_length.value_or(0) > most) {
    return Problem{413, "body-too-large", "the body is larger than this server takes"};
  }
  return std::nullopt;
}

net::awaitable<Outcome> Connection::answer_exchange(Exchange& exchange) {
  auto problem = admit(exchange);
  // A body that nobody reads ends the connection; else the next request may follow.
  exchange.keep_alive = !says_close(exchange.head) && !(problem && exchange.head.has_body());
  if (problem) {
    buffer_.consume(exchange.head_bytes);
    co_return *std::move(problem);
  }
  const Route route = exchange.route->route;
  if (route == Route::posts) co_return co_await take_push(exchange);
  if (route == Route::webhook) co_return co_await take_webhook(exchange);
  if (max_body(route, exchange.head.method) > 0) {
    if (route == Route::mention || route == Route::mentions_triage) {
      co_return co_await take_triage(exchange);
    }
    if (route == Route::authors_forget) co_return co_await take_erasures(exchange);
    co_return co_await take_rules(exchange);
  }
  if (route == Route::live || route == Route::sse) {
    auto refused = co_await hand_on(exchange);
    if (refused) co_return *std::move(refused);
    co_return Answer{};  // nobody reads it: the socket is somebody else's now
  }
  buffer_.consume(exchange.head_bytes);
  Outcome outcome;
  std::function<void()> work = [this, &exchange, &outcome, route] {
    outcome = answer(context_, route, exchange.head.method, exchange.target);
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

net::awaitable<Outcome> Connection::take_push(Exchange& exchange) {
  if (auto problem = check_push(exchange.head)) {
    refuse_body(exchange);
    co_return *std::move(problem);
  }
  PushShare share(context_.push_budget, exchange.head, kMaxHttpBodyBytes);
  if (!share.is_granted()) {
    exchange.keep_alive = false;
    co_return too_many_pushes();
  }
  auto body = co_await read_body(exchange);
  if (auto* problem = std::get_if<Problem>(&body)) {
    exchange.keep_alive = false;
    co_return std::move(*problem);
  }
  PushRequest request;
  request.body = std::get<std::string>(std::move(body));
  request.is_gzip = exchange.head.field("content-encoding") == "gzip";
  request.key = exchange.head.field("idempotency-key");
  PushReply reply =
      co_await push(context_, context_.services.push, context_.pushes, std::move(request));
  co_return std::move(reply.outcome);
}

net::awaitable<Outcome> Connection::take_webhook(Exchange& exchange) {
  auto opened = open_webhook(context_, exchange.head, exchange.target);
  if (auto* problem = std::get_if<Problem>(&opened)) {
    refuse_body(exchange);
    co_return std::move(*problem);
  }
  SignedPush signed_push = std::get<SignedPush>(std::move(opened));
  PushShare share(context_.unverified_budget,
                  exchange.head.content_length.value_or(kMaxHttpBodyBytes));
  if (!share.is_granted()) {
    exchange.keep_alive = false;
    co_return count_webhook(context_, signed_push, too_many_pushes());
  }
  auto body = co_await read_body(exchange);
  if (auto* problem = std::get_if<Problem>(&body)) {
    exchange.keep_alive = false;
    co_return count_webhook(context_, signed_push, std::move(*problem));
  }
  signed_push.body = std::get<std::string>(std::move(body));
  co_return co_await push_signed(context_, exchange.head, std::move(signed_push));
}

net::awaitable<Outcome> Connection::take_rules(Exchange& exchange) {
  if (auto problem = check_rules_request(exchange.head)) {
    refuse_body(exchange);
    co_return *std::move(problem);
  }
  PushShare share(context_.push_budget, exchange.head, kMaxRulesBodyBytes);
  if (!share.is_granted()) {
    exchange.keep_alive = false;
    co_return too_many_pushes();
  }
  auto body = co_await read_body(exchange);
  if (auto* problem = std::get_if<Problem>(&body)) {
    exchange.keep_alive = false;
    co_return std::move(*problem);
  }
  RulesRequest request = rules_request(exchange.head, exchange.route->route);
  request.body = std::get<std::string>(std::move(body));
  co_return co_await change_rules(context_, std::move(request));
}

net::awaitable<Outcome> Connection::take_triage(Exchange& exchange) {
  if (auto problem = check_triage(exchange.head)) {
    refuse_body(exchange);
    co_return *std::move(problem);
  }
  auto body = co_await read_body(exchange);
  if (auto* problem = std::get_if<Problem>(&body)) {
    exchange.keep_alive = false;
    co_return std::move(*problem);
  }
  const std::string bytes = std::get<std::string>(std::move(body));
  const std::string by = context_.access.who(exchange.head);
  Outcome outcome;
  std::function<void()> work = [this, &exchange, &outcome, &bytes, &by] {
    outcome = exchange.route->route == Route::mentions_triage
                  ? triage_together(context_, by, bytes)
                  : triage(context_, exchange.target.path[3], by,
                           exchange.head.field("if-match"), bytes);
  };
  co_await off_thread(context_, Pool::reads, std::move(work));
  co_return outcome;
}

net::awaitable<Outcome> Connection::take_erasures(Exchange& exchange) {
  if (auto problem = check_erasures(exchange.head)) {
    refuse_body(exchange);
    co_return *std::move(problem);
  }
  PushShare share(context_.push_budget, exchange.head, kMaxErasureBodyBytes);
  if (!share.is_granted()) {
    exchange.keep_alive = false;
    co_return too_many_pushes();
  }
  auto body = co_await read_body(exchange);
  if (auto* problem = std::get_if<Problem>(&body)) {
    exchange.keep_alive = false;
    co_return std::move(*problem);
  }
  std::string bytes = std::get<std::string>(std::move(body));
  co_return co_await forget_together(context_, std::move(bytes));
}

void refuse_long_extension(std::uint64_t, boost::beast::string_view extension, error_code& error) {
  if (extension.size() > kMaxChunkExtensionBytes) error = http::error::bad_chunk_extension;
}

net::awaitable<std::variant<std::string, Problem>> Connection::read_body(Exchange& exchange) {
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
  if (error == http::error::body_limit) {
    co_return Problem{413, "body-too-large", "the body is larger than this server takes"};
  }
  if (error) co_return Problem{400, "malformed-request", "the body is broken or did not end"};
  co_return std::move(parser.get().body());
}

OpenSocket Connection::release() {
  tcp::socket socket = stream_.release_socket();
  is_handed_on_ = true;
  return {socket.release(), is_v6_};
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
    const OpenSocket socket = release();
    serve_websocket(context_, socket, std::move(head));
    co_return std::nullopt;
  }
  std::variant<EventStream, Problem> opened;
  std::function<void()> work = [this, &exchange, &opened] {
    opened = open_events(context_, exchange.head, exchange.target);
  };
  co_await off_thread(context_, Pool::reads, std::move(work));
  if (auto* problem = std::get_if<Problem>(&opened)) co_return std::move(*problem);
  EventStream events = std::get<EventStream>(std::move(opened));
  events.request_id = exchange.id;
  context_.metrics.count_request(name, 200);
  const OpenSocket socket = release();
  serve_events(context_, socket, std::move(events));
  co_return std::nullopt;
}

template <typename Message>
void set_fields(Message& message, const Answer& answer, const Exchange& exchange) {
  message.set(http::field::content_type, answer.content_type);
  message.set("X-Request-Id", exchange.id);
  message.set("X-Content-Type-Options", "nosniff");
  message.set("Referrer-Policy", "no-referrer");
  message.set(http::field::cache_control, "no-store");
  message.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  for (const auto& [name, value] : answer.fields) message.set(name, value);
  message.content_length(answer.body.size());
  message.keep_alive(exchange.keep_alive);
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
  if (context_.sessions.is_stopping()) exchange.keep_alive = false;
  context_.metrics.count_request(exchange.route->pattern, answer.status);
  context_.metrics.bytes_sent += answer.body.size();
  const auto status = static_cast<http::status>(answer.status);
  stream_.expires_after(seconds(kMaxRequestSeconds));
  error_code error;
  if (exchange.head.method == "HEAD") {
    http::response<http::empty_body> message(status, 11);
    set_fields(message, answer, exchange);
    http::response_serializer<http::empty_body> serializer(message);
    co_await http::async_write_header(stream_, serializer,
                                      net::redirect_error(net::use_awaitable, error));
  } else {
    http::response<http::string_body> message(status, 11);
    set_fields(message, answer, exchange);
    message.body() = std::move(answer.body);
    co_await http::async_write(stream_, message, net::redirect_error(net::use_awaitable, error));
  }
  co_return !error && exchange.keep_alive;
}

// Closing on unread bytes would take the answer from the client: says goodbye and reads a while.
net::awaitable<void> Connection::end_politely() {
  error_code error;
  stream_.socket().shutdown(tcp::socket::shutdown_send, error);
  stream_.expires_after(kDrainFor);
  std::size_t drained = 0;
  while (!error && drained < kMaxDrainedBytes) {
    buffer_.clear();
    drained += co_await stream_.async_read_some(buffer_.prepare(kReadBytes),
                                                net::redirect_error(net::use_awaitable, error));
  }
  stream_.close();
}

}  // namespace

void serve_http(Context& context, OpenSocket socket) {
  auto connection = std::make_shared<Connection>(context, socket);
  if (!context.sessions.add(connection)) {
    ++context.metrics.connections_refused;
    return;  // the socket closes with the connection
  }
  ++context.metrics.connections_open;
  connection->start();
}

}  // namespace passaparola::feed
