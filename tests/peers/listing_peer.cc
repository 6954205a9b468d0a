#include "peers/listing_peer.h"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>

namespace passaparola::peers {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

}  // namespace

ListingRequest request_of(const http::request<http::string_body>& in) {
  ListingRequest request{std::string(in.method_string()), std::string(in.target()), in.body(), {}};
  for (const auto& field : in) {
    std::string name(field.name_string());
    for (char& c : name) {
      if ('A' <= c && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    request.fields.emplace_back(name, std::string(field.value()));
  }
  return request;
}

std::string ListingRequest::field(const std::string& name) const {
  for (const auto& [known, value] : fields) {
    if (known == name) return value;
  }
  return {};
}

std::string ListingRequest::parameter(const std::string& name) const {
  for (const char before : {'?', '&'}) {
    const std::size_t at = target.find(before + name + "=");
    if (at == std::string::npos) continue;
    const std::size_t begin = at + name.size() + 2;
    return target.substr(begin, target.find('&', begin) - begin);
  }
  return {};
}

ListingPeer::ListingPeer(Options options, const Identity* identity)
    : Peer(identity), options_(std::move(options)), available_(options_.at_first) {
  start();
}

std::int64_t ListingPeer::time_of(std::size_t number) {
  return 1'790'000'000'000 + static_cast<std::int64_t>(number) * 60'000;
}

std::size_t ListingPeer::available() const {
  const std::lock_guard lock(mutex_);
  return available_;
}

std::size_t ListingPeer::faults_committed() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

std::vector<ListingRequest> ListingPeer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void ListingPeer::serve(tcp::socket socket, std::size_t) {
  if (!is_secure()) return speak(socket);
  TlsSocket stream(std::move(socket), tls());
  stream.handshake(boost::asio::ssl::stream_base::server);
  speak(stream);
}

template <typename Stream>
void ListingPeer::speak(Stream& stream) {
  beast::flat_buffer buffer;
  http::request<http::string_body> in;
  http::read(stream, buffer, in);
  const ListingRequest request = request_of(in);
  if (break_down(stream, request)) return;
  std::size_t available = 0;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    available = available_;
    if (options_.is_look(request)) {
      available_ = std::min(available_ + options_.more, options_.items);
    }
  }
  write(stream, options_.answer(request, available));
}

// True: it did.
template <typename Stream>
bool ListingPeer::break_down(Stream& stream, const ListingRequest& request) {
  std::size_t kind = 0;
  {
    const std::lock_guard lock(mutex_);
    if (faults_ == options_.faults || ++asked_ % 3 != 0) return false;
    kind = faults_++ % 7;
  }
  switch (kind) {
    case 0:
      write(stream, {429, "slow down", {{"Retry-After", "0"}}});
      return true;
    case 1:
      write(stream, {503, "try later", {}});
      return true;
    case 2:  // nothing
      return true;
    case 3: {  // half an answer
      const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"data\":[";
      boost::asio::write(stream, boost::asio::buffer(half));
      return true;
    }
    case 4:  // in circles
      write(stream, {302, "", {{"Location", request.target}}});
      return true;
    case 5:  // what a proxy says in the place of the server
      write(stream, {200, "<html><body>busy</body></html>", {}});
      return true;
    default: {
      const std::string none = "SSH-2.0-OpenSSH_9.2\r\n";
      boost::asio::write(stream, boost::asio::buffer(none));
      return true;
    }
  }
}

}  // namespace passaparola::peers
