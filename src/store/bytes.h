// Reading and writing the small binary forms of the store: little-endian fixed numbers, varints
// (7 bits a byte, low bits first), zigzag for signed ones, strings with a varint length before.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace passaparola::store {

static_assert(std::endian::native == std::endian::little, "fixed numbers are copied as they are");

inline constexpr std::size_t kMaxVarintBytes = 10;

inline std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
inline std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

// Writes into memory of the caller, who made it large enough.
class ByteWriter {
 public:
  explicit ByteWriter(char* to) : at_(to) {}
  char* position() const { return at_; }

  void byte(std::uint8_t value) { *at_++ = static_cast<char>(value); }
  template <typename T>
  void fixed(T value) {
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }
  void varint(std::uint64_t value) {
    while (value >= 0x80) {
      byte(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    byte(static_cast<std::uint8_t>(value));
  }
  void signed_varint(std::int64_t value) { varint(zigzag(value)); }
  void raw(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  void text(std::string_view bytes) {
    varint(bytes.size());
    raw(bytes);
  }

 private:
  char* at_;
};

// Reads bytes that may be anything. After the first read that does not fit, every read gives zero
// and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }
  std::size_t remaining() const { return rest_.size(); }
  void refuse() {
    ok_ = false;
    rest_ = {};
  }

  std::uint8_t byte() { return fixed<std::uint8_t>(); }
  template <typename T>
  T fixed() {
    T value{};
    const std::string_view bytes = raw(sizeof value);
    if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint64_t bits = byte();
      if (!ok_) return 0;
      if (shift == 63 && bits > 1) break;
      value |= (bits & 0x7F) << shift;
      if (bits < 0x80) return value;
    }
    refuse();
    return 0;
  }
  std::int64_t signed_varint() { return unzigzag(varint()); }
  std::string_view raw(std::size_t size) {
    if (size > rest_.size()) {
      refuse();
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  std::string_view text() { return raw(varint()); }
  // The length of a list whose items take at least one byte each: never more than is left.
  std::size_t count() {
    const std::uint64_t items = varint();
    if (items > rest_.size()) {
      refuse();
      return 0;
    }
    return items;
  }
  // A number below `bound`.
  std::uint8_t below(std::size_t bound) {
    const std::uint8_t value = byte();
    if (value >= bound) refuse();
    return ok_ ? value : 0;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace passaparola::store
