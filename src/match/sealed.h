// Sealed bytes: what a file or another process hands back to us, so that damage, another format and
// an answer to another question show before anything is made of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace passaparola::match {

// `payload` with a header: a mark with the format's number, `key` (32 characters, naming what the
// payload answers), the size and a checksum of the payload.
std::string seal(std::string_view key, std::string_view payload);

// The payload, part of `sealed`. Errors: corrupt, also when a single bit differs from what seal()
// made for this key.
Result<std::string_view> unseal(std::string_view key, std::string_view sealed);

// Little-endian numbers and strings with their sizes.
void put_u32(std::string& out, std::uint32_t value);
void put_u64(std::string& out, std::uint64_t value);
void put_bytes(std::string& out, std::string_view bytes);

// Takes them off again. After the first read beyond the end everything is zero and empty, and ok()
// is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  char take_char();
  std::uint32_t take_u32();
  std::uint64_t take_u64();
  std::string_view take_bytes();
  std::string_view take_rest();
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }

 private:
  std::string_view take(std::size_t size);
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace passaparola::match
