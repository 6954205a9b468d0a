// Trustpilot: the reviews of a business unit as its interfaces list them.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

void decode_trustpilot(Json record, RecordSink& sink);

bool is_trustpilot(JsonObject record);

}  // namespace passaparola::ingest
