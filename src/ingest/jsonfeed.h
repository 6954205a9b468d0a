// JSON Feed 1 and 1.1: the same feeds as RSS and Atom, and the same posts.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

void decode_jsonfeed(Json record, RecordSink& sink);

bool is_jsonfeed(JsonObject record);

}  // namespace passaparola::ingest
