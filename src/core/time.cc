#include "core/time.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace passaparola {
namespace {

namespace chr = std::chrono;

// Reads exactly `count` digits at the front of `text` and drops them.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

struct Clock {
  int hour, minute, second, milliseconds;
};

std::optional<Clock> take_clock(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  int milliseconds = 0;
  if (take(text, '.')) {
    int digits = 0;
    int scale = 100;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      milliseconds += (text.front() - '0') * scale;
      scale /= 10;
      ++digits;
      text.remove_prefix(1);
    }
    if (digits == 0) return std::nullopt;
  }
  return Clock{*hour, *minute, std::min(*second, 59), milliseconds};
}

// Minutes east of UTC; the whole rest of `text` must be the offset.
std::optional<int> take_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  const int offset = *hours * 60 + *minutes;
  return west ? -offset : offset;
}

chr::year_month_day date_of(Timestamp instant) {
  return chr::year_month_day(chr::sys_days(chr::days(day_of(instant))));
}

}  // namespace

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || !(take(text, 'T') || take(text, 't') || take(text, ' '))) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  const auto offset = take_offset(text);
  const chr::year_month_day date{chr::year(*year), chr::month(static_cast<unsigned>(*month)),
                                 chr::day(static_cast<unsigned>(*day))};
  if (!offset || *year == 0 || !date.ok()) return std::nullopt;
  const std::int64_t days = chr::sys_days(date).time_since_epoch().count();
  const std::int64_t minutes = days * 1440 + clock->hour * 60 + clock->minute - *offset;
  return Timestamp{(minutes * 60 + clock->second) * kMillisecondsPerSecond + clock->milliseconds};
}

std::string format_rfc3339(Timestamp instant) {
  constexpr std::int64_t kFirst = -62'135'596'800'000;  // 0001-01-01T00:00:00.000Z
  constexpr std::int64_t kLast = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z
  instant.milliseconds = std::clamp(instant.milliseconds, kFirst, kLast);
  const auto date = date_of(instant);
  const std::int64_t of_day = instant.milliseconds - day_of(instant) * kMillisecondsPerDay;
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"),
                     static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), of_day / 3'600'000, of_day / 60'000 % 60,
                     of_day / 1000 % 60, of_day % 1000);
}

std::int64_t day_of(Timestamp instant) {
  const std::int64_t days = instant.milliseconds / kMillisecondsPerDay;
  return instant.milliseconds % kMillisecondsPerDay < 0 ? days - 1 : days;
}

std::int64_t month_of(Timestamp instant) {
  const auto date = date_of(instant);
  return static_cast<int>(date.year()) * 12 +
         static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}

Timestamp now() {
  const auto since_epoch = chr::system_clock::now().time_since_epoch();
  return Timestamp{chr::duration_cast<chr::milliseconds>(since_epoch).count()};
}

}  // namespace passaparola
