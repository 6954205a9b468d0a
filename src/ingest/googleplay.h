// Google Play: reviews of an app as reviews.list and reviews.get of its Developer API answer.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

void decode_googleplay(Json record, RecordSink& sink);

bool is_googleplay(JsonObject record);

}  // namespace passaparola::ingest
