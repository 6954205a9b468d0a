#include "peers/jetstream_peer.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <chrono>

#include "core/time.h"

namespace passaparola::peers {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

constexpr std::int64_t kBegin = 1'790'000'000'000'000;  // microseconds
constexpr std::int64_t kSecond = 1'000'000;

// Cursors of the second version from here on are microseconds.
constexpr std::int64_t kFirstTime = 1'000'000'000'000'000;
constexpr std::string_view kEvents = "/xrpc/network.bsky.jetstream.subscribeEvents";
constexpr std::string_view kDictionary = "/xrpc/network.bsky.jetstream.getZstdDictionary";
constexpr const char* kCutShort =
    R"({"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#info",)"
    R"("name":"OutdatedCursor","message":"begins later"}})";

std::int64_t cursor_in(std::string_view target) {
  const std::size_t at = target.find("cursor=");
  return at == std::string_view::npos ? 0 : std::stoll(std::string(target.substr(at + 7)));
}

template <typename Stream>
void refuse(Stream& stream, const http::request<http::empty_body>& request, unsigned status,
            const std::string& location = {}, const std::string& body = "no") {
  http::response<http::string_body> answer{http::int_to_status(status), request.version()};
  if (!location.empty()) answer.set(http::field::location, location);
  if (status == 429) answer.set(http::field::retry_after, "0");
  answer.body() = body;
  answer.prepare_payload();
  http::write(stream, answer);
}

// A recorded event as if it had happened then.
std::string at_time(std::string event, std::int64_t time) {
  const std::string key = "\"time_us\":";
  const std::size_t begin = event.find(key) + key.size();
  const std::size_t end = event.find_first_not_of("0123456789", begin);
  return event.replace(begin, end - begin, std::to_string(time));
}

}  // namespace

JetstreamPeer::JetstreamPeer(Options options, const Identity* identity)
    : Peer(identity, options.over_ipv6),
      options_(std::move(options)),
      random_(options_.seed),
      was_offered_(options_.posts) {
  start();
}

std::string JetstreamPeer::post_id(std::size_t number) {
  return fmt::format("at://did:plc:author{}/app.bsky.feed.post/p{}", number % 97, number);
}

std::int64_t JetstreamPeer::time_of(std::size_t number) {
  const std::int64_t at = kBegin + static_cast<std::int64_t>(number) * kSecond;
  return number % 7 == 3 ? at - 2 * kSecond : at;
}

std::size_t JetstreamPeer::faults_committed() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

std::set<std::size_t> JetstreamPeer::never_offered() const {
  const std::lock_guard lock(mutex_);
  std::set<std::size_t> never;
  for (std::size_t i = 0; i < was_offered_.size(); ++i) {
    if (!was_offered_[i]) never.insert(i);
  }
  return never;
}

std::vector<std::string> JetstreamPeer::targets() const {
  const std::lock_guard lock(mutex_);
  return targets_;
}

std::vector<std::string> JetstreamPeer::said() const {
  const std::lock_guard lock(mutex_);
  return said_;
}

std::string JetstreamPeer::event_of(std::size_t number) const {
  if (options_.version == 2) {
    const std::string time = format_rfc3339({time_of(number) / 1000});
    return fmt::format(
        R"({{"$type":"message","payload":{{"$type":)"
        R"("network.bsky.jetstream.subscribeEvents#commit","seq":{},"did":"did:plc:author{}",)"
        R"("time":"{}","rev":"r{}","operation":"create","collection":"app.bsky.feed.post",)"
        R"("rkey":"p{}","record":{{"$type":"app.bsky.feed.post",)"
        R"("text":"Adoro la Moka Nera, ve la consiglio! Numero {}","createdAt":"{}",)"
        R"("langs":["it"]}},"cid":"c{}"}}}})",
        number + 1, number % 97, time, number, number, number, time, number);
  }
  return fmt::format(
      R"({{"did":"did:plc:author{}","time_us":{},"kind":"commit","commit":{{"rev":"r{}",)"
      R"("operation":"create","collection":"app.bsky.feed.post","rkey":"p{}","record":)"
      R"({{"$type":"app.bsky.feed.post","text":"Adoro la Moka Nera, ve la consiglio! Numero {}",)"
      R"("createdAt":"{}","langs":["it"]}},"cid":"c{}"}}}})",
      number % 97, time_of(number), number, number, number,
      format_rfc3339({time_of(number) / 1000}), number);
}

std::string JetstreamPeer::packed(const std::string& event) const {
  if (options_.dictionary.empty()) return event;
  std::string out(ZSTD_compressBound(event.size()), '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  const std::size_t size =
      ZSTD_compress_usingDict(context, out.data(), out.size(), event.data(), event.size(),
                              options_.dictionary.data(), options_.dictionary.size(), 3);
  ZSTD_freeCCtx(context);
  out.resize(size);
  return out;
}

JetstreamFault JetstreamPeer::next_fault() {
  const std::lock_guard lock(mutex_);
  if (faults_ == options_.faults) return JetstreamFault::none;
  ++faults_;
  return static_cast<JetstreamFault>(1 + faults_ % (kJetstreamFaults - 1));
}

std::size_t JetstreamPeer::some(std::size_t least, std::size_t most) {
  const std::lock_guard lock(mutex_);
  return least + random_() % (most - least + 1);
}

void JetstreamPeer::serve(tcp::socket socket, std::size_t) {
  if (!is_secure()) return speak(std::move(socket));
  TlsSocket stream(std::move(socket), tls());
  stream.handshake(boost::asio::ssl::stream_base::server);
  speak(std::move(stream));
}

// The first post that such a cursor asks for.
std::size_t JetstreamPeer::first_of(std::int64_t cursor) const {
  if (options_.version == 2 && cursor < kFirstTime) {
    return std::min<std::size_t>(cursor > 0 ? cursor - 1 : 0, options_.posts);
  }
  std::size_t first = 0;
  while (first < options_.posts && time_of(first) < cursor) ++first;
  return first;
}

template <typename Stream>
void JetstreamPeer::speak(Stream&& stream) {
  beast::flat_buffer buffer;
  http::request<http::empty_body> request;
  http::read(stream, buffer, request);
  const std::string target(request.target());
  {
    const std::lock_guard lock(mutex_);
    targets_.push_back(target);
  }
  if (target == kDictionary) return refuse(stream, request, 200, {}, options_.dictionary);
  if (target.starts_with(kEvents) != (options_.version == 2)) return refuse(stream, request, 404);
  const JetstreamFault fault = next_fault();
  if (fault == JetstreamFault::too_many) return refuse(stream, request, 429);
  if (fault == JetstreamFault::unwell) return refuse(stream, request, 503);
  if (fault == JetstreamFault::circle) {
    return refuse(stream, request, 302, std::string(request.target()));
  }
  const std::int64_t cursor = cursor_in(target);
  std::size_t first = first_of(cursor);
  bool is_cut_short = false;
  if (fault == JetstreamFault::stale) {
    first = std::min(first + some(30, 60), options_.posts);
    const std::lock_guard lock(mutex_);
    floor_ = std::max(floor_, first);
  }
  if (options_.version == 2) {
    const std::lock_guard lock(mutex_);
    is_cut_short = cursor > 0 && first_of(cursor) < floor_;
    first = std::max(first, floor_);
    if (is_cut_short && cursor < kFirstTime) {
      return refuse(stream, request, 400, {},
                    R"({"error":"CursorTooOld","message":"the oldest is later"})");
    }
  }
  websocket::stream<std::decay_t<Stream>> socket(std::forward<Stream>(stream));
  socket.binary(!options_.dictionary.empty());
  socket.accept(request);
  if (target.find("requireHello=true") != std::string::npos) {
    beast::flat_buffer hello;
    socket.read(hello);
    const std::lock_guard lock(mutex_);
    said_.push_back(beast::buffers_to_string(hello.data()));
  }
  if (is_cut_short) send(socket, kCutShort);
  send_posts(socket, first, fault);
}

template <typename Socket>
void JetstreamPeer::send(Socket& socket, const std::string& event) {
  socket.write(boost::asio::buffer(packed(event)));
}

template <typename Socket>
void JetstreamPeer::send_post(Socket& socket, std::size_t number) {
  send(socket, event_of(number));
  if (number % 3 == 0 && !options_.others.empty()) {
    send(socket, at_time(options_.others[number / 3 % options_.others.size()], time_of(number)));
  }
  const std::lock_guard lock(mutex_);
  was_offered_[number] = true;
}

template <typename Socket>
void JetstreamPeer::send_posts(Socket& socket, std::size_t first, JetstreamFault fault) {
  std::size_t next = first;
  const std::size_t until = fault == JetstreamFault::none
                                ? options_.posts
                                : std::min(options_.posts, first + some(5, 25));
  for (; next < until; ++next) send_post(socket, next);
  switch (fault) {
    case JetstreamFault::cut_frame: {
      // The head of a frame of 100 bytes, and 3 of them.
      const std::string half("\x81\x64{\"d", 5);
      boost::asio::write(socket.next_layer(), boost::asio::buffer(half));
      beast::get_lowest_layer(socket).set_option(boost::asio::socket_base::linger(true, 0));
      return;
    }
    case JetstreamFault::half_open:
      for (const std::size_t now = connections(); !stopping() && connections() == now;) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
      return;
    case JetstreamFault::leaves_out:
      next = std::min(next + some(30, 60), options_.posts);
      break;
    case JetstreamFault::repeats:
      for (std::size_t i = next - std::min<std::size_t>(next, 20); i < next; ++i) {
        send_post(socket, i);
      }
      break;
    case JetstreamFault::disorder:
      if (options_.version == 2) {
        send(socket, R"({"$type":"error","error":"ConsumerTooSlow","message":"read faster"})");
        socket.close(websocket::close_code::policy_error);
        return;
      }
      for (; next + 4 <= options_.posts && next < until + 40; next += 4) {
        for (const std::size_t i : {2U, 0U, 3U, 1U}) send_post(socket, next + i);
      }
      break;
    case JetstreamFault::garbage:
      send(socket, "{\"time_us\": garbage");
      break;
    case JetstreamFault::goodbye:
      socket.close({websocket::close_code::going_away, "server shutting down"});
      return;
    case JetstreamFault::hang_up:
      return;
    default:
      break;
  }
  if (fault == JetstreamFault::none) {
    for (; next < options_.posts; ++next) send_post(socket, next);
  } else if (fault != JetstreamFault::silence) {
    const std::size_t end = std::min(options_.posts, next + some(5, 25));
    for (; next < end; ++next) send_post(socket, next);
    return;  // so that there is a next connection, for the next fault
  }
  // Live now: reading answers pings, until the other side goes.
  beast::flat_buffer ignored;
  while (true) socket.read(ignored);
}

}  // namespace passaparola::peers
