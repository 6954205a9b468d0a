#include "feed/token.h"

#include <openssl/sha.h>

#include "core/base64.h"
#include "core/hash.h"

namespace passaparola::feed {
namespace {

constexpr std::string_view kHashPrefix = "sha256:";
constexpr std::string_view kTokenPrefix = "pp_";  // so that scanners for lost secrets know it

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

TokenHash hash_token(std::string_view token) {
  TokenHash hash;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), hash.data());
  return hash;
}

std::string to_text(const TokenHash& hash) {
  const std::string_view bytes(reinterpret_cast<const char*>(hash.data()), hash.size());
  return std::string(kHashPrefix) + to_hex(bytes);
}

std::optional<TokenHash> parse_token_hash(std::string_view text) {
  TokenHash hash;
  if (!text.starts_with(kHashPrefix)) return std::nullopt;
  text.remove_prefix(kHashPrefix.size());
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const int high = digit_of(text[2 * i]), low = digit_of(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    hash[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return hash;
}

std::string new_token() {
  std::string bytes;
  for (const HashKey& half : {random_key(), random_key()}) {
    bytes.append(reinterpret_cast<const char*>(half.data()), half.size());
  }
  return std::string(kTokenPrefix) + base64_url(bytes);
}

Token admin_token(std::string_view token) {
  return {{"token", Role::admin, {}}, hash_token(token), std::nullopt};
}

}  // namespace passaparola::feed
