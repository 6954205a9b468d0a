#include "feed/webhook_signature.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "core/limits.h"

namespace passaparola::feed {
namespace {

constexpr std::string_view kVersion = "v1,";
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kSignatureBytes = (kHashBytes + 2) / 3 * 4;  // in base64
constexpr std::size_t kMaxTimestampDigits = 12;                    // 30,000 years

// The members between spaces.
std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto space = std::min(text.find(' '), text.size());
    if (space > 0) out.push_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return out;
}

Problem bad_field(std::string detail) { return {400, "webhook-headers", std::move(detail)}; }

std::variant<std::string_view, Problem> only_field(const Head& head, std::string_view name) {
  const auto count = std::count_if(head.fields.begin(), head.fields.end(),
                                   [name](const auto& field) { return field.first == name; });
  const std::string_view value = head.field(name);
  if (count == 1 && !value.empty()) return value;
  return bad_field("the header field " + std::string(name) +
                   (count > 1 ? " is there more than once" : " is missing"));
}

// A full stop in an id would let bytes move between the id, the second and the body under one
// signature; the specification forbids it too.
bool is_id(std::string_view id) {
  return id.size() <= kMaxPushKeyBytes &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 0x7f && c != '.'; });
}

std::optional<std::int64_t> read_second(std::string_view text) {
  std::int64_t second = 0;
  const bool is_number = text.size() <= kMaxTimestampDigits &&
                         text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!is_number ||
      std::from_chars(text.data(), text.data() + text.size(), second).ec != std::errc{}) {
    return std::nullopt;
  }
  return second;
}

}  // namespace

std::variant<SignedHead, Problem> read_signed_head(const Head& head) {
  SignedHead out;
  for (const auto& [name, value] :
       {std::pair("webhook-id", &out.id), std::pair("webhook-timestamp", &out.timestamp),
        std::pair("webhook-signature", &out.signatures)}) {
    const auto field = only_field(head, name);
    if (const auto* problem = std::get_if<Problem>(&field)) return *problem;
    *value = std::get<std::string_view>(field);
  }
  if (!is_id(out.id)) {
    return bad_field("webhook-id has at most 255 visible ASCII characters and no full stop");
  }
  const auto second = read_second(out.timestamp);
  if (!second) return bad_field("webhook-timestamp is not in whole seconds since 1970");
  out.signed_at = *second;
  for (const std::string_view word : words(out.signatures)) {
    if (word.find(',') == std::string_view::npos) {
      return bad_field("webhook-signature is not: version comma signature, between spaces");
    }
  }
  return out;
}

bool is_signed(std::span<const std::string> keys, const SignedHead& head, std::string_view body) {
  std::vector<std::string_view> given;
  for (const std::string_view word : words(head.signatures)) {
    if (word.starts_with(kVersion) && word.size() == kVersion.size() + kSignatureBytes) {
      given.push_back(word.substr(kVersion.size()));
    }
  }
  if (given.empty()) return false;
  bool is_one = false;
  for (const std::string& key : keys) {
    const std::string right = webhook_signature(key, head.id, head.timestamp, body);
    for (const std::string_view signature : given) {
      is_one |= CRYPTO_memcmp(signature.data(), right.data(), kSignatureBytes) == 0;
    }
  }
  return is_one;
}

}  // namespace passaparola::feed
