// Conditional requests (RFC 9110, section 13): whoever shows that they have an answer already is
// told that it still holds, and is not sent it again.
#pragma once

#include <string_view>

#include "feed/exchange.h"
#include "feed/http.h"

namespace passaparola::feed {

// Whether If-None-Match of `head` is "*" or names `etag`, compared weakly. What it says after
// something that is no tag does not count.
bool names_etag(const Head& head, std::string_view etag);

// For what `exchange` asked and its own caller may have: gives a document its ETag, of its bytes
// where it has no other, and makes it 304 for who has it. Reads all of the body.
void spare_known(const Exchange& exchange, Answer& answer);

}  // namespace passaparola::feed
