#include "connect/backoff.h"

#include <algorithm>
#include <cmath>

namespace passaparola::connect {

const Pace& Backoff::pace_of(Trouble trouble) const {
  switch (trouble) {
    case Trouble::unreachable:
    case Trouble::closed:
    case Trouble::silent:
    case Trouble::cursor_gone:
      return paces_.broken;
    case Trouble::server:
    case Trouble::protocol:
      return paces_.server;
    case Trouble::rate_limited:
      return paces_.rate;
    case Trouble::forbidden:
    case Trouble::certificate:
    case Trouble::unauthorised:
    case Trouble::refused:
      break;
  }
  return paces_.hopeless;
}

std::chrono::milliseconds Backoff::next(const Failure& failure) {
  const Pace& pace = pace_of(failure.trouble);
  const bool is_break = &pace == &paces_.broken;
  const double step = is_break ? static_cast<double>(tries_) - 1 : static_cast<double>(tries_);
  ++tries_;
  double wait = 0;
  if (step >= 0) {
    const double grown = pace.factor == 1 ? step + 1 : std::pow(pace.factor, step);
    wait = std::min(static_cast<double>(pace.first.count()) * grown,
                    static_cast<double>(pace.most.count()));
  }
  wait *= std::uniform_real_distribution<double>(0.8, 1.2)(random_);
  const std::chrono::milliseconds chosen(std::llround(wait));
  return std::max(chosen, failure.retry_after.value_or(std::chrono::milliseconds(0)));
}

}  // namespace passaparola::connect
