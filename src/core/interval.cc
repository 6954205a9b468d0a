#include "core/interval.h"

#include <algorithm>
#include <cmath>

namespace passaparola {

Interval wilson_interval(std::uint64_t part, std::uint64_t of) {
  constexpr double z = 1.959963984540054;  // of the normal distribution, 2.5 % lie above
  const double n = static_cast<double>(of);
  const double p = static_cast<double>(part) / n;
  const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

Interval difference_interval(std::uint64_t a, std::uint64_t b, std::uint64_t of) {
  const double n = static_cast<double>(of);
  const double p = static_cast<double>(a) / n, q = static_cast<double>(b) / n;
  const Interval of_p = wilson_interval(a, of), of_q = wilson_interval(b, of);
  // Of one sample: where there are more of one there are fewer of the other.
  const double spread = p * (1 - p) * q * (1 - q);
  const double correlation = spread > 0 ? -p * q / std::sqrt(spread) : 0;
  const auto half = [&](double x, double y) {
    return std::sqrt(std::max(0.0, x * x + y * y - 2 * correlation * x * y));
  };
  return {std::max(-1.0, p - q - half(p - of_p.low, of_q.high - q)),
          std::min(1.0, p - q + half(of_p.high - p, q - of_q.low))};
}

}  // namespace passaparola
