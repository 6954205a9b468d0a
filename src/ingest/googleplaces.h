// Reviews of places on Google Maps, from three interfaces: Places Details (legacy), Places API
// (New), and Business Profile v4.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

void decode_googleplaces(Json record, RecordSink& sink);

bool is_googleplaces(JsonObject record);

}  // namespace passaparola::ingest
