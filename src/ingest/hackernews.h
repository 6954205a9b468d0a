// Hacker News: items of its Firebase interface, and pages of its search at hn.algolia.com. Both
// name an item by the same number, which is the post's id.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

// An item, a list of items, or a page of hits; null, which stands for an item that nobody may see,
// is ignored.
void decode_hackernews(Json record, RecordSink& sink);

bool is_hackernews(JsonObject record);

}  // namespace passaparola::ingest
