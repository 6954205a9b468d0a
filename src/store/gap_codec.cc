#include "store/gap_codec.h"

#include <algorithm>

#include "store/bytes.h"

namespace passaparola::store {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kFixedBytes = 2, kVarints = 5;

}  // namespace

std::string encode_gap(const SourceGap& gap) {
  std::string out(kFixedBytes + kVarints * kMaxVarintBytes + gap.reason.size(), '\0');
  ByteWriter to(out.data());
  to.byte(kVersion);
  to.byte(static_cast<std::uint8_t>(gap.state));
  to.signed_varint(gap.from.milliseconds);
  to.signed_varint(gap.to.milliseconds);
  to.signed_varint(gap.noted_at.milliseconds);
  to.varint(gap.recovered);
  to.text(gap.reason);
  out.resize(static_cast<std::size_t>(to.position() - out.data()));
  return out;
}

std::optional<SourceGap> decode_gap(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != kVersion) return std::nullopt;
  SourceGap gap;
  gap.state = static_cast<GapState>(in.below(kGapStateCount));
  gap.from.milliseconds = in.signed_varint();
  gap.to.milliseconds = in.signed_varint();
  gap.noted_at.milliseconds = in.signed_varint();
  gap.recovered = in.varint();
  gap.reason = in.text();
  if (!in.done()) return std::nullopt;
  return gap;
}

std::string gap_key(std::string prefix, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    prefix.push_back(static_cast<char>(number >> static_cast<unsigned>(shift)));
  }
  return prefix;
}

std::uint64_t gap_number(std::string_view key) {
  std::uint64_t number = 0;
  for (const char byte : key.substr(key.size() - std::min(key.size(), sizeof number))) {
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  return number;
}

}  // namespace passaparola::store
