// Tokens: what a caller shows. The server keeps their hashes alone, so neither its configuration
// nor its memory gives one away. Pure, but for new_token(); any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"
#include "feed/caller.h"

namespace passaparola::feed {

using TokenHash = std::array<unsigned char, 32>;

struct Token {
  Caller caller;  // who shows it
  TokenHash hash{};
  std::optional<Timestamp> expires;  // it is good before; nullopt: for ever
};

// SHA-256: a token is random, so there is nothing to guess from its hash.
TokenHash hash_token(std::string_view token);

// "sha256:" and 64 hexadecimal digits.
std::string to_text(const TokenHash& hash);
std::optional<TokenHash> parse_token_hash(std::string_view text);

// 32 random bytes in letters that may stand in a header field and in a subprotocol.
std::string new_token();

// The one token of a server that needs no others: an admin called "token".
Token admin_token(std::string_view token);

}  // namespace passaparola::feed
