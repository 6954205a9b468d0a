// A post of X's v2 interface with what was included beside it.
#pragma once

#include <optional>

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

void decode_x_post(JsonObject data, std::optional<JsonObject> includes, RecordSink& sink);

}  // namespace passaparola::ingest
