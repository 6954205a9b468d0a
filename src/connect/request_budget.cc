#include "connect/request_budget.h"

#include <algorithm>
#include <cmath>

namespace passaparola::connect {

std::chrono::milliseconds RequestBudget::spend(Clock::time_point at) {
  if (per_hour_ == 0) return std::chrono::milliseconds(0);
  constexpr double kHour = 3600;
  const double passed = std::chrono::duration<double>(at - at_).count();
  at_ = at;
  left_ = std::min(per_hour_, left_ + passed * per_hour_ / kHour) - 1;
  if (left_ >= 0) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(std::llround(std::ceil(-left_ * kHour * 1000 / per_hour_)));
}

}  // namespace passaparola::connect
