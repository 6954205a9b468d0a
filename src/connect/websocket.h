// A websocket client. Compression of messages is never offered: what inflates without bound is
// the source's own affair, where it knows how much may come. The other side is pinged when it is
// quiet and given up after kHalfOpenSeconds without a sign of it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "connect/failure.h"
#include "connect/http.h"

namespace passaparola::connect {

class WebSocket {
 public:
  struct Message {
    bool is_binary = false;
    std::string_view bytes;  // until the next read
  };

  // `request`: its URL, fields and secrets. Follows redirects. Failures: those of dial(), and
  // what an answer that is no upgrade means; `refused`, if given, then is that answer.
  static boost::asio::awaitable<Reached<std::unique_ptr<WebSocket>>> open(
      HttpRequest request, Reach reach, HttpResponse* refused = nullptr);
  virtual ~WebSocket() = default;

  // The next whole message, of at most kMaxMessageBytes. Failures: closed (with the other side's
  // reason), silent, unreachable, protocol.
  virtual boost::asio::awaitable<Reached<Message>> read() = 0;
  // Not while another write() is under way.
  virtual boost::asio::awaitable<Reached<void>> write(std::string text) = 0;
  virtual void close() = 0;
};

}  // namespace passaparola::connect
