#include "match/sealed.h"

#include "core/check.h"
#include "core/hash.h"

namespace passaparola::match {
namespace {

constexpr std::string_view kMark = "PPSEAL01";  // the number changes with any format it seals
constexpr std::size_t kKeySize = 32;
constexpr std::size_t kHashSize = 32;
constexpr std::size_t kHeaderSize = kMark.size() + kKeySize + sizeof(std::uint64_t) + kHashSize;

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

void put_number(std::string& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

}  // namespace

std::string seal(std::string_view key, std::string_view payload) {
  CHECK(key.size() == kKeySize, "a seal's key is a hash in hexadecimal digits");
  std::string sealed;
  sealed.reserve(kHeaderSize + payload.size());
  sealed += kMark;
  sealed += key;
  put_u64(sealed, payload.size());
  sealed += content_hash_hex(payload);
  sealed += payload;
  return sealed;
}

Result<std::string_view> unseal(std::string_view key, std::string_view sealed) {
  const auto damaged = [](const char* what) {
    return fail(ErrorCode::corrupt, std::string("sealed bytes have a wrong ") + what);
  };
  if (sealed.size() < kHeaderSize) return damaged("size");
  if (!sealed.starts_with(kMark)) return damaged("mark");
  if (sealed.substr(kMark.size(), kKeySize) != key) return damaged("key");
  const std::string_view payload = sealed.substr(kHeaderSize);
  const std::string_view size = sealed.substr(kMark.size() + kKeySize, sizeof(std::uint64_t));
  if (number_of(size) != payload.size()) return damaged("size");
  if (content_hash_hex(payload) != sealed.substr(kHeaderSize - kHashSize, kHashSize)) {
    return damaged("checksum");
  }
  return payload;
}

void put_u32(std::string& out, std::uint32_t value) { put_number(out, value, sizeof value); }
void put_u64(std::string& out, std::uint64_t value) { put_number(out, value, sizeof value); }

void put_bytes(std::string& out, std::string_view bytes) {
  put_u64(out, bytes.size());
  out += bytes;
}

std::string_view ByteReader::take(std::size_t size) {
  if (!ok_ || size > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

char ByteReader::take_char() {
  const std::string_view one = take(1);
  return one.empty() ? '\0' : one.front();
}

std::uint32_t ByteReader::take_u32() {
  return static_cast<std::uint32_t>(number_of(take(sizeof(std::uint32_t))));
}
std::uint64_t ByteReader::take_u64() { return number_of(take(sizeof(std::uint64_t))); }
std::string_view ByteReader::take_bytes() { return take(take_u64()); }
std::string_view ByteReader::take_rest() { return take(rest_.size()); }

}  // namespace passaparola::match
