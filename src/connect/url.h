// URLs that sources are read from. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace passaparola::connect {

struct Url {
  bool is_secure = false;     // https, wss
  bool is_websocket = false;  // ws, wss
  std::string host;           // in lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string target = "/";  // path and query, as they go into a request

  // The host as it stands beside a port: an IPv6 address in brackets.
  std::string bracketed_host() const;
  // What a Host field says: the port only when it is not the scheme's own.
  std::string authority() const;
  std::string to_string() const;  // without the query, which may hold a secret

  bool same_origin(const Url& other) const;
};

// http, https, ws or wss. Errors: invalid_argument: another scheme, a user or password (secrets
// have no place in a URL), no host, a host that is not ASCII, a port that is not one.
Result<Url> parse_url(std::string_view text);

// The URL that `reference` (as in a Location field) means within `base`. Errors: as parse_url().
Result<Url> resolve_url(const Url& base, std::string_view reference);

// `text` with its ASCII letters made small.
std::string lower_ascii(std::string text);

// `text` as it stands for itself in a query.
std::string query_encoded(std::string_view text);

}  // namespace passaparola::connect
