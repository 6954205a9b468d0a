#include "feed/webhook_signature.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "core/base64.h"
#include "core/check.h"
#include "core/limits.h"

namespace passaparola::feed {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::string_view kVersion = "v1,";
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kSignatureBytes = (kHashBytes + 2) / 3 * 4;  // in base64
constexpr std::size_t kMaxTimestampDigits = 12;                    // 30,000 years
constexpr std::size_t kMaxSecretLineBytes = 4 << 10;

// EVP_DecodeBlock counts padding as zero bytes, takes it anywhere, and skips white space around the
// text; so only what it comes to again when encoded is taken.
std::optional<std::string> unbase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (size != static_cast<int>(out.size())) return std::nullopt;
  out.resize(out.size() - padding);
  if (base64(out) != text) return std::nullopt;
  return out;
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view space = " \t\r";
  const auto first = line.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(space) - first + 1);
}

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

Result<std::string> read_webhook_secret(std::string_view text) {
  const auto wrong = [](std::string why) {
    return fail(ErrorCode::invalid_argument, std::move(why));
  };
  if (!text.starts_with(kSecretPrefix)) return wrong("a secret begins with whsec_");
  if (text.size() > kMaxSecretLineBytes) return wrong("a secret is no longer than 4096 characters");
  const auto key = unbase64(text.substr(kSecretPrefix.size()));
  if (!key) return wrong("what follows whsec_ is no base64");
  if (key->size() < kMinWebhookSecretBytes) {
    return wrong("a secret has at least " + std::to_string(kMinWebhookSecretBytes) +
                 " bytes, this one has " + std::to_string(key->size()));
  }
  return *key;
}

Result<std::vector<std::string>> read_webhook_secrets(std::string_view text) {
  std::vector<std::string> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    auto key = read_webhook_secret(line);
    if (!key) {
      return fail(key.error().code, "line " + std::to_string(number) + ": " + key.error().message);
    }
    keys.push_back(*std::move(key));
    if (keys.size() > kMaxWebhookSecrets) {
      return fail(ErrorCode::invalid_argument,
                  "more than " + std::to_string(kMaxWebhookSecrets) + " secrets");
    }
  }
  if (keys.empty()) return fail(ErrorCode::invalid_argument, "there is no secret in it");
  return keys;
}

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

std::string webhook_signature(std::string_view key, std::string_view id, std::string_view timestamp,
                              std::string_view body) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(
      EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr), EVP_MAC_free);
  CHECK(mac, "OpenSSL has no HMAC");
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
      EVP_MAC_CTX_new(mac.get()), EVP_MAC_CTX_free);
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_end()};
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  bool is_good =
      context && EVP_MAC_init(context.get(), bytes(key), key.size(), parameters.data()) == 1;
  for (const std::string_view part :
       {id, std::string_view("."), timestamp, std::string_view("."), body}) {
    is_good = is_good && EVP_MAC_update(context.get(), bytes(part), part.size()) == 1;
  }
  std::string hash(kHashBytes, '\0');
  std::size_t size = 0;
  is_good = is_good && EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(hash.data()),
                                     &size, hash.size()) == 1;
  CHECK(is_good && size == kHashBytes, "OpenSSL could not make an HMAC");
  return base64(hash);
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
