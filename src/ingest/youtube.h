// YouTube: what commentThreads.list and comments.list of its Data API answer.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Every comment of the document is a record of its own, and so is every reply inside of a thread.
void decode_youtube(Json record, RecordSink& sink);

bool is_youtube(JsonObject record);

}  // namespace passaparola::ingest
