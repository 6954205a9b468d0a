// Lemmy: posts and comments as version 3 of its interface lists them.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

void decode_lemmy(Json record, RecordSink& sink);

bool is_lemmy(JsonObject record);

}  // namespace passaparola::ingest
