// Hashes. Content hashes are the same on every machine; keyed hashes hide what they name from
// whoever reads the disk without the store's key.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace passaparola {

// XXH3, not cryptographic.
std::uint64_t content_hash64(std::string_view bytes);
std::string content_hash_hex(std::string_view bytes);  // XXH3-128, 32 hexadecimal digits

using HashKey = std::array<unsigned char, 16>;
using KeyedHash = std::array<char, 16>;

// SipHash-2-4-128 (libsodium) of `first`, a zero byte and `second`.
KeyedHash keyed_hash(const HashKey& key, std::string_view first, std::string_view second);

// Fresh random bytes from the operating system.
HashKey random_key();

std::string to_hex(std::string_view bytes);

}  // namespace passaparola
