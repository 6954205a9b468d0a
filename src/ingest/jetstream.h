// Bluesky's Jetstream: events of the first version (`{did, time_us, kind, …}`) and frames of the
// second (`{"$type":"message","payload":{…}}`), one a line.
#pragma once

#include <optional>

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Posts and the states of accounts; likes, follows and the rest of the network are ignored.
void decode_jetstream(Json record, RecordSink& sink);

// By a record's fields "$type", "did" and "kind".
bool is_jetstream(const std::optional<Json>& frame, const std::optional<Json>& did,
                  const std::optional<Json>& kind);

}  // namespace passaparola::ingest
