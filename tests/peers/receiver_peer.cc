#include "peers/receiver_peer.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <thread>

namespace passaparola::peers {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::chrono::seconds kPatience{120};

}  // namespace

Reception takes() { return {}; }

Reception refuses(unsigned status) {
  Reception reception;
  reception.answer.status = status;
  reception.answer.body = "no";
  reception.is_taken = false;
  return reception;
}

Reception misbehaves(std::size_t number) {
  Reception reception;
  switch (number % 8) {
    case 0:
      return refuses(500);
    case 1:
      reception = refuses(429);
      reception.answer.fields = {{"Retry-After", "1"}};
      return reception;
    case 2:  // nothing was taken
      reception.hangs_up = true;
      reception.is_taken = false;
      return reception;
    case 3:  // it was taken, and nobody is told
      reception.hangs_up = true;
      return reception;
    case 4:
      reception.after_ms = 300;
      return reception;
    case 5:  // it was taken, and something behind it broke
      reception.answer.status = 503;
      return reception;
    case 6:
      return refuses(408);
    default:
      return takes();
  }
}

ReceiverPeer::ReceiverPeer(Receive receive, const Identity* identity)
    : Peer(identity), receive_(std::move(receive)) {
  start();
}

std::string ReceiverPeer::url(const std::string& target) const {
  return (is_secure() ? "https://localhost:" : "http://localhost:") + std::to_string(port()) +
         target;
}

std::vector<ListingRequest> ReceiverPeer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<ListingRequest> ReceiverPeer::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

bool ReceiverPeer::wait_until(
    const std::function<bool(const std::vector<ListingRequest>&)>& holds) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return holds(taken_); });
}

bool ReceiverPeer::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return requests_.size() >= count; });
}

void ReceiverPeer::serve(tcp::socket socket, std::size_t) {
  if (!is_secure()) return speak(socket);
  TlsSocket stream(std::move(socket), tls());
  stream.handshake(boost::asio::ssl::stream_base::server);
  speak(stream);
}

template <typename Stream>
void ReceiverPeer::speak(Stream& stream) {
  beast::flat_buffer buffer;
  http::request<http::string_body> in;
  http::read(stream, buffer, in);
  const ListingRequest request = request_of(in);
  Reception reception;
  {
    const std::lock_guard lock(mutex_);
    reception = receive_(request, requests_.size());
    requests_.push_back(request);
    if (reception.is_taken) taken_.push_back(request);
  }
  changed_.notify_all();
  std::this_thread::sleep_for(std::chrono::milliseconds(reception.after_ms));
  if (!reception.hangs_up) write(stream, reception.answer);
}

}  // namespace passaparola::peers
