// The App Store: Apple's feed of customer reviews as JSON. The same feed as XML is Atom, which the
// decoder of such feeds reads.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

void decode_appstore(Json record, RecordSink& sink);

bool is_appstore(JsonObject record);

}  // namespace passaparola::ingest
