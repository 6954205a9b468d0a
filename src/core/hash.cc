#include "core/hash.h"

#include <sodium.h>
#include <xxhash.h>

#include "core/check.h"

namespace passaparola {

std::uint64_t content_hash64(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string content_hash_hex(std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  return to_hex({reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest});
}

KeyedHash keyed_hash(const HashKey& key, std::string_view first, std::string_view second) {
  static_assert(crypto_shorthash_siphashx24_KEYBYTES == sizeof(HashKey));
  static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(KeyedHash));
  std::string joined;
  joined.reserve(first.size() + 1 + second.size());
  joined.append(first).push_back('\0');
  joined.append(second);
  KeyedHash hash;
  crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(hash.data()),
                              reinterpret_cast<const unsigned char*>(joined.data()), joined.size(),
                              key.data());
  return hash;
}

HashKey random_key() {
  CHECK(sodium_init() >= 0, "libsodium finds no source of random bytes");
  HashKey key;
  randombytes_buf(key.data(), key.size());
  return key;
}

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

}  // namespace passaparola
