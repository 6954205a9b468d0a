#include "connect/address.h"

#include <array>
#include <cstdint>

namespace passaparola::connect {
namespace {

namespace ip = boost::asio::ip;

struct Block {
  std::uint32_t first;
  unsigned bits;
};
constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24U | b << 16U | c << 8U | d;
}
constexpr std::array kSpecial{
    Block{v4(0, 0, 0, 0), 8},        // this network
    Block{v4(10, 0, 0, 0), 8},       // private
    Block{v4(100, 64, 0, 0), 10},    // shared by carriers
    Block{v4(127, 0, 0, 0), 8},      // loopback
    Block{v4(169, 254, 0, 0), 16},   // link-local
    Block{v4(172, 16, 0, 0), 12},    // private
    Block{v4(192, 0, 0, 0), 24},     // protocols
    Block{v4(192, 0, 2, 0), 24},     // documentation
    Block{v4(192, 88, 99, 0), 24},   // 6to4 relays
    Block{v4(192, 168, 0, 0), 16},   // private
    Block{v4(198, 18, 0, 0), 15},    // benchmarks
    Block{v4(198, 51, 100, 0), 24},  // documentation
    Block{v4(203, 0, 113, 0), 24},   // documentation
    Block{v4(224, 0, 0, 0), 3},      // multicast, reserved, broadcast
};

bool is_public_v4(std::uint32_t address) {
  for (const Block& block : kSpecial) {
    if ((address ^ block.first) >> (32U - block.bits) == 0) return false;
  }
  return true;
}

using Bytes = ip::address_v6::bytes_type;

bool begins(const Bytes& bytes, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

std::uint32_t v4_at(const Bytes& bytes, std::size_t offset) {
  return v4(bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]);
}

bool is_public_v6(const ip::address_v6& address) {
  const Bytes bytes = address.to_bytes();
  if (address.is_v4_mapped()) return is_public_v4(v4_at(bytes, 12));
  if (begins(bytes, {0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) {  // NAT64
    return is_public_v4(v4_at(bytes, 12));
  }
  if ((bytes[0] & 0xE0U) != 0x20U) return false;  // only 2000::/3 is global unicast
  if (begins(bytes, {0x20, 0x02})) return is_public_v4(v4_at(bytes, 2));  // 6to4
  if (begins(bytes, {0x20, 0x01}) && bytes[2] < 0x02) return false;       // protocols, Teredo
  if (begins(bytes, {0x20, 0x01, 0x0D, 0xB8})) return false;              // documentation
  return !(begins(bytes, {0x3F, 0xFF}) && bytes[2] < 0x10);               // the same
}

}  // namespace

bool is_public(const ip::address& address) {
  return address.is_v4() ? is_public_v4(address.to_v4().to_uint()) : is_public_v6(address.to_v6());
}

}  // namespace passaparola::connect
