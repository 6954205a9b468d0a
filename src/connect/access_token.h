// Tokens that expire, which are given for a secret that does not (OAuth 2, RFC 6749). Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "connect/http.h"
#include "core/time.h"

namespace passaparola::connect {

struct AccessToken {
  std::string text;
  Timestamp renew_at;  // a minute before it expires
};

// A form that asks for one. What it says is as secret as the token.
HttpRequest token_request(Url url,
                          const std::vector<std::pair<std::string, std::string>>& parameters);

// The answer to that, which was asked for at `at`. Failures: unauthorised (with the reason's name,
// if it is one of the standard's), what another status means, protocol.
Reached<AccessToken> read_access_token(const HttpResponse& answer, Timestamp at);

}  // namespace passaparola::connect
