// Mastodon: statuses, arrays of statuses, websocket frames, and bodies of its event streams.
#pragma once

#include <string>
#include <string_view>

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Ids are those of the server that was asked, for its deletions name no other. `nested` reads the
// payloads of websocket frames. Statuses that are not public are ignored.
void decode_mastodon(Json record, RecordSink& sink, JsonParser& nested);

// A body of server-sent events. `joined` is memory for them.
void decode_mastodon_events(std::string_view chunk, RecordSink& sink, JsonParser& parser,
                            std::string& joined);

bool is_mastodon(JsonObject record);

}  // namespace passaparola::ingest
