// A status of X's v1.1 interface.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

void decode_x_status(JsonObject status, RecordSink& sink);
// A v1.1 deletion notice: {"delete":{"status":{…}}}; `notice` is the inner object.
void decode_x_deletion(JsonObject notice, RecordSink& sink);

}  // namespace passaparola::ingest
