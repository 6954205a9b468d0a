// Who may ask: the Host allow-list against DNS rebinding, the same-origin rule against other web
// pages, the bearer token.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feed/http.h"

namespace passaparola::feed {

// True for "127.0.0.0/8", "::1" and "localhost".
bool is_loopback(std::string_view address);

class Access {
 public:
  // `names`: what else than loopback names a Host may say, in lower case. `token` empty: none
  // asked.
  Access(std::vector<std::string> names, std::string token);

  // The Host names this server; `local_address` is the address that the connection came in at.
  std::optional<Problem> check_host(const Head& head, std::string_view local_address) const;

  // Origin is absent or this very host.
  std::optional<Problem> check_origin(const Head& head) const;

  // Authorization: Bearer; on the websocket also the subprotocol "bearer.<token>", because browsers
  // cannot set the header there. Compared in constant time.
  std::optional<Problem> check_token(const Head& head) const;

  // Who asks, as it is kept beside what they said; `head` passed check_token(). "local" where no
  // token is asked.
  std::string who(const Head& head) const;

 private:
  bool is_token(std::string_view given) const;

  std::vector<std::string> names_;
  std::string token_;
};

// The members of a comma-separated header field, trimmed.
std::vector<std::string_view> list_members(std::string_view field);

}  // namespace passaparola::feed
