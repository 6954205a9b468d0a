// gzip bodies, inflated with a cap.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "feed/http.h"

namespace passaparola::feed {

// The inflated bytes of one or more gzip members (RFC 1952). Refused: what is broken or cut off
// (400), more than kMaxInflatedBodyBytes or more than a hundredfold beyond the first MiB (413).
std::variant<std::string, Problem> inflate_gzip(std::string_view bytes);

}  // namespace passaparola::feed
