// The native post (docs: "The native post"), one JSON object a line.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Strict: unknown fields are ignored, a wrong type or a missing required field rejects the record.
// Of a field that is there twice the last counts.
void decode_native(Json record, RecordSink& sink);

bool is_native(JsonObject record);

}  // namespace passaparola::ingest
