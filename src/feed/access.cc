#include "feed/access.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>

#include "core/base64.h"

namespace passaparola::feed {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

std::string_view without_brackets(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return host.substr(1, host.size() - 2);
  }
  return host;
}

// 127.a.b.c and nothing else: "127.0.0.1.example.com" is somebody's name.
bool is_loopback_v4(std::string_view address) {
  if (!address.starts_with("127.")) return false;
  return address.find_first_not_of("0123456789.") == std::string_view::npos &&
         std::count(address.begin(), address.end(), '.') == 3;
}

}  // namespace

bool is_loopback(std::string_view address) {
  return address == "localhost" || address == "::1" || is_loopback_v4(address);
}

bool is_host_name(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789.-";
  if (text.starts_with('[') && text.ends_with(']')) {
    text = without_brackets(text);
    return text.find(':') != std::string_view::npos &&
           text.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
  }
  return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

bool is_origin(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    text.remove_prefix(scheme.size());
    return is_host_name(without_port(text));
  }
  return false;
}

Access::Access(std::vector<std::string> names, std::vector<std::string> origins,
               std::vector<Token> tokens)
    : names_(std::move(names)), origins_(std::move(origins)), tokens_(std::move(tokens)) {}

std::optional<Problem> Access::check_host(const Head& head, std::string_view local_address) const {
  const std::string_view host = without_brackets(head.host);
  if (is_loopback(host) || host == local_address ||
      std::find(names_.begin(), names_.end(), host) != names_.end()) {
    return std::nullopt;
  }
  return Problem{421, "unknown-host", "this server does not go by the name that Host gives"};
}

std::optional<Problem> Access::check_origin(const Head& head) const {
  const std::string origin = lower(head.field("origin"));
  if (origin.empty()) return std::nullopt;
  const std::string host = lower(head.field("host"));
  if (origin == "http://" + host || origin == "https://" + host) return std::nullopt;
  if (lists_origin(origin)) return std::nullopt;
  return Problem{403, "foreign-origin", "a page of another origin may not do this"};
}

bool Access::lists_origin(std::string_view origin) const {
  return std::find(origins_.begin(), origins_.end(), lower(origin)) != origins_.end();
}

// Every hash is looked at, whole: the time taken tells neither which token it was nor how much of
// one was right.
const Token* Access::find(std::string_view given) const {
  const TokenHash hash = hash_token(given);
  const Token* found = nullptr;
  for (const Token& token : tokens_) {
    if (CRYPTO_memcmp(token.hash.data(), hash.data(), hash.size()) == 0) found = &token;
  }
  return found;
}

std::variant<Caller, Problem> Access::identify(const Head& head, Timestamp at) const {
  if (tokens_.empty()) return Caller{"local", Role::admin, {}};
  const Token* token = nullptr;
  const std::string_view authorization = head.field("authorization");
  constexpr std::string_view scheme = "bearer ";
  if (lower(authorization.substr(0, scheme.size())) == scheme) {
    token = find(authorization.substr(scheme.size()));
  }
  // Feed readers and the like only know a name, which may be any, and a password.
  constexpr std::string_view basic = "basic ";
  if (lower(authorization.substr(0, basic.size())) == basic) {
    const auto login = unbase64(authorization.substr(basic.size()));
    const std::size_t colon = login ? login->find(':') : std::string::npos;
    if (colon != std::string::npos) token = find(std::string_view(*login).substr(colon + 1));
  }
  constexpr std::string_view prefix = "bearer.";
  for (const std::string_view member : list_members(head.field("sec-websocket-protocol"))) {
    if (token == nullptr && member.starts_with(prefix)) token = find(member.substr(prefix.size()));
  }
  if (token == nullptr) {
    return Problem{401, "unauthorized", "send Authorization: Bearer with a token of this server"};
  }
  if (token->expires && at >= *token->expires) {
    return Problem{401, "unauthorized", "the token has expired: ask for a new one"};
  }
  Caller caller = token->caller;
  caller.until = token->expires;
  return caller;
}

std::optional<Problem> check_rights(const RouteEntry& route, std::string_view method,
                                    const Target& target, const Caller& caller) {
  if (route.proof != Proof::token) return std::nullopt;
  const Asks& asks = asks_of(route, method);
  if (caller.role < asks.role) {
    return Problem{403, "forbidden",
                   fmt::format("this takes a token whose role is {}; that of {} is {}",
                               name_of(asks.role), caller.name, name_of(caller.role))};
  }
  if (!caller.is_limited()) return std::nullopt;
  if (!asks.in_workspace) {
    return Problem{
        403, "forbidden",
        fmt::format("this is about the whole server, and {} sees only some of its brands",
                    caller.name)};
  }
  const auto brand = brand_in(route, target);
  if (!brand || caller.sees(*brand)) return std::nullopt;
  return unknown_brand(*brand);
}

std::vector<std::string_view> list_members(std::string_view field) {
  std::vector<std::string_view> members;
  while (!field.empty()) {
    const auto comma = std::min(field.find(','), field.size());
    std::string_view member = field.substr(0, comma);
    field.remove_prefix(std::min(comma + 1, field.size()));
    while (member.starts_with(' ') || member.starts_with('\t')) member.remove_prefix(1);
    while (member.ends_with(' ') || member.ends_with('\t')) member.remove_suffix(1);
    if (!member.empty()) members.push_back(member);
  }
  return members;
}

}  // namespace passaparola::feed
