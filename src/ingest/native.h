// The native post (docs: "The native post"), one JSON object a line.
#pragma once

#include <optional>

#include "ingest/draft.h"
#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Strict: unknown fields are ignored, a wrong type or a missing required field rejects the record.
// Of a field that is there twice the last counts.
void decode_native(Json record, RecordSink& sink);

// Ends a draft whose fields were read from whatever form of the native post: what must be there
// must be there. `has_text`: a text was given, though it may be empty.
void finish_native(Draft& draft, bool has_text, std::optional<Timestamp> created_at);

// By a record's fields "source", "author" and "op".
bool is_native(const std::optional<Json>& source, const std::optional<Json>& author,
               const std::optional<Json>& op);

}  // namespace passaparola::ingest
