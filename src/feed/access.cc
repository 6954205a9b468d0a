#include "feed/access.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "core/hash.h"

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

Access::Access(std::vector<std::string> names, std::string token)
    : names_(std::move(names)), token_(std::move(token)) {}

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
  return Problem{403, "foreign-origin", "a page of another origin may not do this"};
}

bool Access::is_token(std::string_view given) const {
  // Hashes of equal length under a fresh key: neither length nor prefix shows in the time taken.
  const HashKey key = random_key();
  const KeyedHash ours = keyed_hash(key, token_, "");
  const KeyedHash theirs = keyed_hash(key, given, "");
  return CRYPTO_memcmp(ours.data(), theirs.data(), ours.size()) == 0;
}

std::optional<Problem> Access::check_token(const Head& head) const {
  if (token_.empty()) return std::nullopt;
  const std::string_view authorization = head.field("authorization");
  constexpr std::string_view scheme = "bearer ";
  if (lower(authorization.substr(0, scheme.size())) == scheme) {
    if (is_token(authorization.substr(scheme.size()))) return std::nullopt;
  }
  constexpr std::string_view prefix = "bearer.";
  for (const std::string_view member : list_members(head.field("sec-websocket-protocol"))) {
    if (member.starts_with(prefix) && is_token(member.substr(prefix.size()))) return std::nullopt;
  }
  return Problem{401, "unauthorized", "send Authorization: Bearer with this server's token"};
}

std::string Access::who(const Head&) const { return token_.empty() ? "local" : "token"; }

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
