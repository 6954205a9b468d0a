// How long a server asks to be left alone.
#include <gtest/gtest.h>

#include "connect/http.h"
#include "core/limits.h"

namespace passaparola::connect {
namespace {

const Timestamp kAt = *parse_rfc3339("2026-11-27T10:00:00Z");

std::optional<double> seconds_of(const std::string& value) {
  HttpResponse response;
  response.add_field("Retry-After", value);
  const auto pause = wanted_pause(response, kAt);
  if (!pause) return std::nullopt;
  return static_cast<double>(pause->count()) / 1000;
}

TEST(Pause, IsANumberOfSecondsOrADate) {
  EXPECT_EQ(seconds_of("7"), 7.0);
  EXPECT_EQ(seconds_of("0"), 0.0);
  EXPECT_EQ(seconds_of("Fri, 27 Nov 2026 10:01:30 GMT"), 90.0);
  EXPECT_EQ(seconds_of("Fri, 27 Nov 2026 09:00:00 GMT"), 0.0);
  EXPECT_EQ(seconds_of("Sat, 27 Nov 2027 10:00:00 GMT"),
            static_cast<double>(kMaxRetryAfterSeconds));
  EXPECT_EQ(seconds_of("soon"), std::nullopt);
  EXPECT_EQ(seconds_of(""), std::nullopt);
}

}  // namespace
}  // namespace passaparola::connect
