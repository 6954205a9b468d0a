// Character references of HTML.
#pragma once

#include <cstddef>
#include <string_view>

namespace passaparola::ingest {

// Decodes the reference at the front of `text` ("&amp;", "&#233;", "&#xE9;"), appends its UTF-8 to
// `to` (which has room: it is never longer than the reference) and moves `to`. Returns the length
// of the reference, 0 if there is none. The semicolon is needed. Names are those of HTML 4 and
// &apos;.
std::size_t decode_entity(std::string_view text, char*& to);

}  // namespace passaparola::ingest
