#include "deliver/retry.h"

#include <algorithm>
#include <cmath>

namespace passaparola::deliver {

Verdict verdict_of(unsigned status) {
  if (status / 100 == 2) return Verdict::delivered;
  if (status == 410) return Verdict::gone;
  const bool comes_and_goes = status == 408 || status == 409 || status == 425 || status == 429;
  return status / 100 == 4 && !comes_and_goes ? Verdict::refused : Verdict::again;
}

std::chrono::milliseconds wait_after(unsigned tries, std::chrono::milliseconds first, double chance,
                                     std::optional<std::chrono::milliseconds> asked) {
  constexpr unsigned kMostDoublings = 32;  // beyond any bound
  const double grown = static_cast<double>(first.count()) *
                       std::exp2(std::min(std::max(tries, 1U) - 1, kMostDoublings));
  const double most =
      static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(kMostWait).count());
  const std::chrono::milliseconds wait(
      std::llround(std::min(grown, most) * (0.8 + 0.4 * std::clamp(chance, 0.0, 1.0))));
  return std::max(wait, asked.value_or(std::chrono::milliseconds(0)));
}

}  // namespace passaparola::deliver
