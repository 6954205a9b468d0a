// What an answer to a message means, and how long to wait before the next try. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace passaparola::deliver {

inline constexpr std::chrono::seconds kFirstWait{5};   // after a first failure
inline constexpr std::chrono::hours kMostWait{1};      // of a backoff; Retry-After may ask more
inline constexpr std::chrono::hours kGiveUpAfter{72};  // of waiting for one message
inline constexpr unsigned kTriesWhereRefused = 3;      // of a message that is not wanted

enum class Verdict : std::uint8_t {
  delivered,
  again,    // it may be taken later
  refused,  // it is this message that is not taken: a few tries are enough
  gone,     // nothing is wanted there any more
};

Verdict verdict_of(unsigned status);

// After so many tries (from 1) that failed: `first`, doubled with each, a fifth shorter or longer
// by `chance` (0 to 1), and never shorter than what is asked for.
std::chrono::milliseconds wait_after(unsigned tries, std::chrono::milliseconds first, double chance,
                                     std::optional<std::chrono::milliseconds> asked);

}  // namespace passaparola::deliver
