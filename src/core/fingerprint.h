// Fingerprints: 64 bits that are alike when texts are. What the bits mean, for whoever makes them
// (sentiment/quality.h) and whoever compares them (the store).
//   0            too short a text to be a copy of anything
//   high bit 0   of a short text: only equal fingerprints are copies
//   high bit 1   of any other: the fewer bits differ, the more words and pairs of neighbouring
//                words the texts share, whatever the order of the rest
#pragma once

#include <bit>
#include <cstdint>

namespace passaparola {

inline constexpr std::uint64_t kNearFingerprint = std::uint64_t{1} << 63;

// Texts with so many differing bits or fewer are copies. Chosen by bench/copies_bench.cc, whose
// figures are in docs/PERFORMANCE.md: texts that share four fifths of their words and pairs.
inline constexpr int kMaxDifferingBits = 7;

inline bool is_near_copy(std::uint64_t a, std::uint64_t b) {
  if (a == b) return a != 0;
  return (a & b & kNearFingerprint) != 0 && std::popcount(a ^ b) <= kMaxDifferingBits;
}

}  // namespace passaparola
