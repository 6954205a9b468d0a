// Signatures of webhooks after the Standard Webhooks specification, 1.0.0 ("Signature scheme"):
// HMAC-SHA256 over the id, the second and the body, under a secret that both sides know. The same
// for those that come in and those that go out. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace passaparola {

inline constexpr std::string_view kWebhookSecretPrefix = "whsec_";

// The key in "whsec_" and base64. Errors: invalid_argument, which never repeats what was given.
Result<std::string> read_webhook_secret(std::string_view text);

// The keys in the lines of `text`; empty ones do not count. Errors: the same, naming the line.
Result<std::vector<std::string>> read_webhook_secrets(std::string_view text);

// The base64 of HMAC-SHA256(key, "id.timestamp.body"), what stands behind "v1,".
std::string webhook_signature(std::string_view key, std::string_view id, std::string_view timestamp,
                              std::string_view body);

}  // namespace passaparola
