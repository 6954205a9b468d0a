// Who may ask what: the Host allow-list against DNS rebinding, the same-origin rule against other
// web pages, the bearer tokens, the role and the workspace that a route asks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "feed/http.h"
#include "feed/router.h"
#include "feed/token.h"

namespace passaparola::feed {

// True for "127.0.0.0/8", "::1" and "localhost".
bool is_loopback(std::string_view address);

// "https://board.example", "http://localhost:3000": a scheme and a host in lower case, perhaps a
// port, and nothing else.
bool is_origin(std::string_view text);

// A name or an address as a Host says it, in lower case and without a port.
bool is_host_name(std::string_view text);

class Access {
 public:
  // `names`: what else than loopback names a Host may say, and `origins`, whose pages may ask
  // besides this server's own; both in lower case. No `tokens`: none is asked.
  Access(std::vector<std::string> names, std::vector<std::string> origins,
         std::vector<Token> tokens);

  // The Host names this server; `local_address` is the address that the connection came in at.
  std::optional<Problem> check_host(const Head& head, std::string_view local_address) const;

  // Origin is absent, this very host, or listed.
  std::optional<Problem> check_origin(const Head& head) const;

  bool asks_tokens() const { return !tokens_.empty(); }
  bool lists_origins() const { return !origins_.empty(); }
  bool lists_origin(std::string_view origin) const;

  // Who asks at this time. Authorization: Bearer, or Basic with the token as password; on the
  // websocket also the subprotocol "bearer.<token>", because browsers cannot set the header there.
  // Tokens are compared in constant time. Where none is asked, everybody is an admin called
  // "local".
  std::variant<Caller, Problem> identify(const Head& head, Timestamp at) const;

 private:
  const Token* find(std::string_view given) const;

  std::vector<std::string> names_;
  std::vector<std::string> origins_;
  std::vector<Token> tokens_;
};

// The caller may do this: by role, by workspace, and by the brand that the path names, if one. A
// foreign brand is not found, as one is that nobody ever mentioned.
std::optional<Problem> check_rights(const RouteEntry& route, std::string_view method,
                                    const Target& target, const Caller& caller);

// The members of a comma-separated header field, trimmed.
std::vector<std::string_view> list_members(std::string_view field);

}  // namespace passaparola::feed
