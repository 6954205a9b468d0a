// Reddit: listings, single things, pages of comments, and the flat objects of public dumps.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Every link (t3) and comment (t1) of the document is a record of its own, nested replies too.
void decode_reddit(Json record, RecordSink& sink);

bool is_reddit(JsonObject record);

}  // namespace passaparola::ingest
