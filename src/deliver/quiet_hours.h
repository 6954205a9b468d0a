// Hours in which nobody wants to be told anything but the worst. Pure.
#pragma once

#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace passaparola::deliver {

// The same every day, at a fixed distance from UTC.
class QuietHours {
 public:
  // "22:00-07:00" and "+01:00" (empty: UTC). Errors: invalid_argument, also for hours that begin
  // when they end.
  static Result<QuietHours> parse(std::string_view hours, std::string_view utc_offset);

  bool holds(Timestamp at) const;
  // When those are over that hold at `at`.
  Timestamp end(Timestamp at) const;

 private:
  std::int64_t minute_of(Timestamp at) const;  // of the day there

  std::int64_t begin_ = 0, end_ = 0;  // minutes of a day
  std::int64_t offset_ = 0;           // minutes
};

}  // namespace passaparola::deliver
