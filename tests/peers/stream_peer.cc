#include "peers/stream_peer.h"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <chrono>

namespace passaparola::peers {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

template <typename Stream>
void reset(Stream& stream) {
  beast::get_lowest_layer(stream).set_option(boost::asio::socket_base::linger(true, 0));
}

}  // namespace

StreamPeer::StreamPeer(Options options, const Identity* identity)
    : Peer(identity), options_(std::move(options)), random_(options_.seed) {
  start();
}

std::size_t StreamPeer::available() const {
  const std::lock_guard lock(mutex_);
  return times_.size();
}

Timestamp StreamPeer::time_of(std::size_t number) const {
  const std::lock_guard lock(mutex_);
  return times_.at(number);
}

std::size_t StreamPeer::faults_committed() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

std::vector<ListingRequest> StreamPeer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::string> StreamPeer::said() const {
  const std::lock_guard lock(mutex_);
  return said_;
}

StreamFault StreamPeer::next_fault() {
  const std::lock_guard lock(mutex_);
  if (faults_ == options_.faults) return StreamFault::none;
  return static_cast<StreamFault>(1 + faults_++ % (kStreamFaults - 1));
}

std::size_t StreamPeer::some(std::size_t least, std::size_t most) {
  const std::lock_guard lock(mutex_);
  return least + random_() % (most - least + 1);
}

std::size_t StreamPeer::write_post() {
  const std::lock_guard lock(mutex_);
  times_.push_back(now());
  return times_.size() - 1;
}

void StreamPeer::serve(tcp::socket socket, std::size_t) {
  if (!is_secure()) return speak(socket);
  TlsSocket stream(std::move(socket), tls());
  stream.handshake(boost::asio::ssl::stream_base::server);
  speak(stream);
}

template <typename Stream>
void StreamPeer::speak(Stream& stream) {
  beast::flat_buffer buffer;
  http::request<http::string_body> in;
  http::read(stream, buffer, in);
  const ListingRequest request = request_of(in);
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  if (!request.target.starts_with(options_.path)) {
    return write(stream, options_.answer(request, *this));
  }
  const StreamFault fault = next_fault();
  if (fault == StreamFault::no_answer) return;
  if (fault == StreamFault::too_many) {
    return write(stream, ListingAnswer{429, "{}", {{"Retry-After", "0"}}});
  }
  if (fault == StreamFault::unwell) return write(stream, ListingAnswer{503, "{}", {}});
  if (fault == StreamFault::circle) {
    return write(stream, ListingAnswer{302, "", {{"Location", request.target}}});
  }
  if (options_.is_websocket) return push_by_websocket(stream, in, fault);
  push_by_http(stream, fault);
}

template <typename Stream, typename Request>
void StreamPeer::push_by_websocket(Stream& stream, const Request& request, StreamFault fault) {
  websocket::stream<Stream&> socket(stream);
  socket.accept(request);
  beast::flat_buffer first;
  socket.read(first);
  {
    const std::lock_guard lock(mutex_);
    said_.push_back(beast::buffers_to_string(first.data()));
  }
  const auto send = [&](const std::string& record) { socket.write(boost::asio::buffer(record)); };
  if (!push(send, fault)) {
    if (fault == StreamFault::cut_record) {
      const std::string half("\x81\x64{\"e", 5);  // the head of a frame of 100 bytes, and 3 of them
      boost::asio::write(stream, boost::asio::buffer(half));
      reset(stream);
    }
    return;
  }
  for (const std::size_t now = connections();
       fault == StreamFault::half_open && !stopping() && connections() == now;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  beast::flat_buffer ignored;
  while (fault != StreamFault::half_open) socket.read(ignored);  // reading answers pings
}

template <typename Stream>
void StreamPeer::push_by_http(Stream& stream, StreamFault fault) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  boost::asio::write(stream, boost::asio::buffer(head));
  const auto send = [&](const std::string& record) {
    boost::asio::write(stream, http::make_chunk(boost::asio::buffer(record)));
  };
  if (!push(send, fault)) {
    if (fault == StreamFault::cut_record) {
      send(options_.record("{\"half\":").substr(0, 20));
      reset(stream);
    }
    return;
  }
  const std::size_t now = connections();
  while (!stopping() && (fault == StreamFault::none || connections() == now)) {
    if (fault == StreamFault::none) send(options_.heartbeat);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

bool StreamPeer::push(const std::function<void(const std::string&)>& send, StreamFault fault) {
  const auto send_post = [&](std::size_t number) { send(options_.record(post(number))); };
  // Posts from `available` on that are written now; fewer when there are to be no more.
  const auto write_some = [&](std::size_t count) {
    std::vector<std::size_t> numbers;
    while (numbers.size() < count && available() < options_.posts) numbers.push_back(write_post());
    return numbers;
  };
  const std::size_t sent = fault == StreamFault::none ? options_.posts : some(5, 25);
  for (std::size_t i = 0; i < sent && available() < options_.posts; ++i) send_post(write_post());
  switch (fault) {
    case StreamFault::none:
    case StreamFault::silence:
    case StreamFault::half_open:
      break;
    case StreamFault::repeats:
      for (std::size_t i = available() - std::min<std::size_t>(available(), 10); i < available();
           ++i) {
        send_post(i);
      }
      break;
    case StreamFault::disorder:
      for (std::size_t round = 0; round < 5; ++round) {
        const auto numbers = write_some(4);
        for (const std::size_t i : {2U, 0U, 3U, 1U}) {
          if (i < numbers.size()) send_post(numbers[i]);
        }
      }
      break;
    case StreamFault::garbage:
      send(options_.record("{\"id\": garbage"));
      break;
    case StreamFault::error:
      send(options_.error);
      break;
    default:
      break;
  }
  const bool stays = fault == StreamFault::none || fault == StreamFault::silence ||
                     fault == StreamFault::half_open;
  // What is written while nobody is connected.
  if (fault != StreamFault::none) write_some(some(3, 20));
  return stays;
}

}  // namespace passaparola::peers
