// An HTTP/1.1 client: whole answers for what is polled, and answers without end. No cookies, no
// compression, no cache; redirects are followed, each to an address that is looked at anew.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connect/failure.h"
#include "connect/socket.h"
#include "connect/url.h"
#include "core/time.h"

namespace passaparola::connect {

struct HttpRequest {
  std::string method = "GET";
  Url url;
  std::vector<std::pair<std::string, std::string>> fields;  // Host, User-Agent are added
  std::string body;
  // Fields that are only for the server that was asked: a redirect does not send them to another.
  std::vector<std::pair<std::string, std::string>> secrets;
};

struct HttpResponse {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case
  std::string body;
  Url url;  // that answered at last

  std::string_view field(std::string_view name) const;  // empty when absent
  void add_field(std::string_view name, std::string_view value);
};

// Who we say that we are, unless a request says something else.
std::string_view user_agent();

bool is_redirect(unsigned status);

// How long the answer asks to wait before the next request: Retry-After, or what the rate fields
// of X, Reddit, Mastodon and GitHub's kind say when nothing is left. At most kMaxRetryAfterSeconds.
std::optional<std::chrono::milliseconds> wanted_pause(const HttpResponse& response, Timestamp at);

// What an answer that is no success means; its body's beginning is not repeated.
Failure failure_of(const HttpResponse& response, Timestamp at);

// The text of a member of a JSON body, "a.b" for one in an object; empty: there is none.
std::string json_text(const std::string& body, std::string_view path);

// Makes `request` the one that a redirect asks for. Neither a secret nor a body goes on to another
// server, and nothing goes from TLS to plain text. Failures: protocol.
Reached<void> follow_redirect(HttpRequest& request, const HttpResponse& response);

// The whole answer, whatever its status, of at most `max_body` bytes. Failures: those of dial(),
// closed, silent, protocol (not HTTP, too large, too many redirects).
boost::asio::awaitable<Reached<HttpResponse>> fetch(HttpRequest request, Reach reach,
                                                    std::size_t max_body);

// An answer that goes on and on.
class HttpStream {
 public:
  // Follows redirects.
  static boost::asio::awaitable<Reached<std::unique_ptr<HttpStream>>> open(HttpRequest request,
                                                                           Reach reach);
  ~HttpStream();

  const HttpResponse& response() const;  // but for its body
  // Some bytes of the body, valid until the next read; empty: it has ended in good order. Failures:
  // silent (nothing for `limit`), unreachable, protocol.
  boost::asio::awaitable<Reached<std::string_view>> read(std::chrono::milliseconds limit);
  void close();

 private:
  struct State;
  explicit HttpStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace passaparola::connect
