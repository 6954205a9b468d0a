// Connection: one client's HTTP requests, one after the other. Reads a head, lets the strict gate
// judge it, answers; hands the stream on when the client wants to listen.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "feed/caller.h"
#include "feed/context.h"
#include "feed/http.h"
#include "feed/subscription.h"

namespace passaparola::feed {

class Stream;  // feed/stream.h

// Each takes the stream over and returns at once; the session lives until its client leaves, is cut
// off, or the server stops. `context` outlives it. Called on the stream's strand, or before
// anything was done with it.
void serve_http(Context& context, Stream stream);

// `head`: the bytes of the upgrade request, which `caller` made.
void serve_websocket(Context& context, Stream stream, std::string head, Caller caller);

struct EventStream {
  Caller caller;
  Subscription subscription;
  std::vector<std::string> alerts;                          // that come first; as in prepare()
  std::vector<std::pair<std::string, std::string>> fields;  // further ones of the answer
};
// What a request for server-sent events asks for; blocks while a filter is compiled.
std::variant<EventStream, Problem> open_events(Context& context, const Head& head,
                                               const Target& target, const Caller& caller);
void serve_events(Context& context, Stream stream, EventStream events);

// Makes a listener that hands connections to serve_http until it is destroyed.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual std::uint16_t port() const = 0;
  virtual void stop() = 0;  // accepts nobody from now on
};
Result<std::unique_ptr<Listener>> listen(Context& context);

}  // namespace passaparola::feed
