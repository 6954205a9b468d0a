// Instants. One type for the whole program: milliseconds since 1970-01-01T00:00:00Z.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace passaparola {

struct Timestamp {
  std::int64_t milliseconds = 0;
  auto operator<=>(const Timestamp&) const = default;
};

inline constexpr std::int64_t kMillisecondsPerSecond = 1000;
inline constexpr std::int64_t kMillisecondsPerDay = 86'400'000;

// RFC 3339: "2026-11-21T10:00:00Z", "…T10:00:00.123+01:00". Fractions are cut to milliseconds;
// years 0001 to 9999; a leap second (":60") becomes the second before it. Anything else: nullopt.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

// Always 24 characters, UTC with milliseconds: "2026-11-21T10:00:00.000Z".
// Instants outside the years 0001 to 9999 are clamped to them.
std::string format_rfc3339(Timestamp instant);

// Days since 1970-01-01 in UTC (floored), and calendar months since year 0 in UTC.
std::int64_t day_of(Timestamp instant);
std::int64_t month_of(Timestamp instant);

// The wall clock.
Timestamp now();

}  // namespace passaparola
