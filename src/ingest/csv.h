// Tables of posts (RFC 4180) for imports: a first row with the names of the native post's fields
// ("author.id", "rating.value"), then a post a row.
#pragma once

#include <string_view>

#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Comma, semicolon and tab part cells, whichever the first row uses most. Unknown columns are
// ignored, an empty cell is an absent field, and a row that is wrong is rejected alone.
void decode_csv(std::string_view document, RecordSink& sink);

// True when the first line of `head` names fields of the native post that no other table has.
bool looks_like_csv(std::string_view head);

}  // namespace passaparola::ingest
