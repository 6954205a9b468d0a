// Signatures of webhooks after the Standard Webhooks specification, 1.0.0 ("Signature scheme",
// "Webhook headers"): HMAC-SHA256 over the id, the second and the body, under a secret that both
// sides know. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/result.h"
#include "feed/http.h"

namespace passaparola::feed {

// The key in "whsec_" and base64. Errors: invalid_argument, which never repeats what was given.
Result<std::string> read_webhook_secret(std::string_view text);

// The keys in the lines of `text`; empty ones do not count. Errors: the same, naming the line.
Result<std::vector<std::string>> read_webhook_secrets(std::string_view text);

// What the three header fields say, as they came.
struct SignedHead {
  std::string id;
  std::string timestamp;
  std::string signatures;
  std::int64_t signed_at = 0;  // the timestamp, in seconds since 1970
};

// Problems (400): a field is missing, there more than once, or not of its form.
std::variant<SignedHead, Problem> read_signed_head(const Head& head);

// The base64 of HMAC-SHA256(key, "id.timestamp.body"), what stands behind "v1,".
std::string webhook_signature(std::string_view key, std::string_view id, std::string_view timestamp,
                              std::string_view body);

// One of the signatures of version 1 was made of this body by one of `keys`. Those of other
// versions do not count. The time taken does not show how much of a signature was right.
bool is_signed(std::span<const std::string> keys, const SignedHead& head, std::string_view body);

}  // namespace passaparola::feed
