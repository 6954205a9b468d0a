// Verifying the signatures of webhooks that come in (core/webhook_signature.h), after the Standard
// Webhooks specification, 1.0.0, "Webhook headers". Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/webhook_signature.h"
#include "feed/http.h"

namespace passaparola::feed {

// What the three header fields say, as they came.
struct SignedHead {
  std::string id;
  std::string timestamp;
  std::string signatures;
  std::int64_t signed_at = 0;  // the timestamp, in seconds since 1970
};

// Problems (400): a field is missing, there more than once, or not of its form.
std::variant<SignedHead, Problem> read_signed_head(const Head& head);

// One of the signatures of version 1 was made of this body by one of `keys`. Those of other
// versions do not count. The time taken does not show how much of a signature was right.
bool is_signed(std::span<const std::string> keys, const SignedHead& head, std::string_view body);

}  // namespace passaparola::feed
