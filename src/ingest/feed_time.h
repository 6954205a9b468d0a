// The instants of other people's feeds, each given as RFC 3339's. Anything else: nullopt.
#pragma once

#include <optional>
#include <string_view>

#include "core/time.h"

namespace passaparola::ingest {

// X: "Fri Jul 24 08:13:54 +0000 2015", "2015-07-24 08:13:54 +0000", RFC 3339.
std::optional<Timestamp> parse_x_time(std::string_view text);

// RSS and Atom: RFC 822 as RSS uses it ("Fri, 24 Jul 2015 08:13:54 GMT"; weekday, seconds and zone
// may be missing, the year may have two digits, before 70 meaning 20xx; obsolete zone names of
// RFC 2822), RFC 3339, and its date alone. A time without a zone is UTC.
std::optional<Timestamp> parse_feed_time(std::string_view text);

// RFC 3339, whose zone may be missing: then it is UTC.
std::optional<Timestamp> parse_time_or_utc(std::string_view text);

}  // namespace passaparola::ingest
