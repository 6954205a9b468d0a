#include "core/webhook_signature.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/base64.h"
#include "core/limits.h"

namespace passaparola {
namespace {

constexpr std::size_t kMaxSecretLineBytes = 4 << 10;

// Only what it comes to again when encoded: no white space, no missing padding, no stray bits.
std::optional<std::string> unbase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
                        text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    return std::nullopt;
  }
  out.resize(size);
  if (base64(out) != text) return std::nullopt;
  return out;
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view space = " \t\r";
  const auto first = line.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(space) - first + 1);
}

}  // namespace

Result<std::string> read_webhook_secret(std::string_view text) {
  const auto wrong = [](std::string why) {
    return fail(ErrorCode::invalid_argument, std::move(why));
  };
  if (!text.starts_with(kWebhookSecretPrefix)) return wrong("a secret begins with whsec_");
  if (text.size() > kMaxSecretLineBytes) return wrong("a secret is no longer than 4096 characters");
  const auto key = unbase64(text.substr(kWebhookSecretPrefix.size()));
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

std::string webhook_signature(std::string_view key, std::string_view id, std::string_view timestamp,
                              std::string_view body) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
  for (const std::string_view part :
       {id, std::string_view("."), timestamp, std::string_view("."), body}) {
    crypto_auth_hmacsha256_update(&state, bytes(part), part.size());
  }
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> hash{};
  crypto_auth_hmacsha256_final(&state, hash.data());
  return base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace passaparola
