// ServerClient: the other half of `--server URL`: one request at a time to a running server.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace passaparola::app {

class ServerClient {
 public:
  // `url` is http://HOST:PORT, or https://, whose certificate must be trusted by the system or the
  // file that SSL_CERT_FILE names. The token, if any, is in PASSAPAROLA_TOKEN. Errors:
  // invalid_argument (the URL), io (nobody answers).
  static Result<ServerClient> connect(const std::string& url);
  ~ServerClient();
  ServerClient(ServerClient&&) noexcept;
  ServerClient& operator=(ServerClient&&) noexcept;

  // The body of a 2xx answer. Other answers become an Error with the problem's own words: 400
  // invalid_argument, 404 not_found, 429 and 503 overloaded, else io.
  Result<std::string> get(const std::string& target);
  Result<std::string> post(const std::string& target, std::string body,
                           std::string_view type = "application/x-ndjson");
  Result<std::string> patch(const std::string& target, std::string body);  // JSON
  Result<std::string> del(const std::string& target);

  // Reads server-sent events until the stream ends or `visit`, given each event's data, returns
  // false.
  Result<void> follow(const std::string& target,
                      const std::function<bool(std::string_view data)>& visit);

 private:
  struct State;
  explicit ServerClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Percent-encodes one path segment or query value.
std::string url_encoded(std::string_view text);

}  // namespace passaparola::app
