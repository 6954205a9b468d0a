#include "core/time.h"

#include <gtest/gtest.h>

namespace passaparola {
namespace {

std::int64_t parsed(std::string_view text) {
  const auto instant = parse_rfc3339(text);
  return instant ? instant->milliseconds : -1;
}

TEST(Time, ReadsTheFormsOfRfc3339) {
  EXPECT_EQ(parsed("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parsed("2026-11-21T10:00:00Z"), 1'795'255'200'000);
  EXPECT_EQ(parsed("2026-11-21T10:00:00.5Z"), 1'795'255'200'500);
  EXPECT_EQ(parsed("2026-11-21T10:00:00.123456789Z"), 1'795'255'200'123);
  EXPECT_EQ(parsed("2026-11-21T11:30:00+01:30"), 1'795'255'200'000);
  EXPECT_EQ(parsed("2026-11-21t10:00:00z"), 1'795'255'200'000);
  EXPECT_EQ(parsed("2024-02-29T00:00:00Z"), 1'709'164'800'000);
}

TEST(Time, ALeapSecondIsTheSecondBeforeIt) {
  EXPECT_EQ(parsed("2016-12-31T23:59:60Z"), parsed("2016-12-31T23:59:59Z"));
}

TEST(Time, RefusesWhatIsNoInstant) {
  for (const char* text :
       {"", "2026", "2026-11-21", "2026-11-21T10:00:00", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "2026-11-21T24:00:00Z",
        "2026-11-21T10:60:00Z", "2026-11-21T10:00:61Z", "2026-11-21T10:00:00.Z",
        "2026-11-21T10:00:00+0100", "2026-11-21T10:00:00Zx", "2026-11-21T10:00:00+24:00",
        "+026-11-21T10:00:00Z", "2026-11-21T10:00:00.12 Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Time, WritesWhatItReads) {
  for (const char* text :
       {"1970-01-01T00:00:00.000Z", "2026-11-21T10:00:00.123Z", "0001-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"}) {
    ASSERT_TRUE(parse_rfc3339(text)) << text;
    EXPECT_EQ(format_rfc3339(*parse_rfc3339(text)), text);
  }
}

TEST(Time, ClampsInstantsThatFourDigitYearsCannotSay) {
  EXPECT_EQ(format_rfc3339({INT64_MAX}), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(format_rfc3339({INT64_MIN}), "0001-01-01T00:00:00.000Z");
}

TEST(Time, DaysAndMonthsAreFloored) {
  EXPECT_EQ(day_of({-1}), -1);
  EXPECT_EQ(day_of({0}), 0);
  EXPECT_EQ(day_of({kMillisecondsPerDay}), 1);
  EXPECT_EQ(month_of({0}), 1970 * 12);
  EXPECT_EQ(month_of({-1}), 1970 * 12 - 1);
}

}  // namespace
}  // namespace passaparola
