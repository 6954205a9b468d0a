// X (Twitter): lines of the v2 streams, v2 responses, v1.1 statuses, searches and archives.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

// One line or document; every post in it is a record of its own.
void decode_x(Json record, RecordSink& sink);

bool is_x(JsonObject record);

}  // namespace passaparola::ingest
