// A stretch of a source's stream that may not have been seen. Gaps are recorded and shown, never
// hidden (ARCHITECTURE, invariant 3).
#pragma once

#include <cstdint>
#include <string>

#include "core/time.h"

namespace passaparola {

enum class GapState : std::uint8_t {
  open,       // what is missing is being looked for
  recovered,  // all of it was found
  lost,       // it cannot be had any more, or nobody can say what it was
};
inline constexpr std::size_t kGapStateCount = 3;

struct SourceGap {
  std::string source;        // as in its cursor
  std::uint64_t number = 0;  // within the source; 0: not kept yet
  GapState state = GapState::open;
  Timestamp from, to;  // of events: those between may be missing
  Timestamp noted_at;
  std::string reason;           // in words
  std::uint64_t recovered = 0;  // records found again so far
  bool operator==(const SourceGap&) const = default;
};

}  // namespace passaparola
