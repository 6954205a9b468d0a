// The native post (docs: "The native post"), one JSON object a line.
#pragma once

#include <optional>

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Strict: unknown fields are ignored, a wrong type or a missing required field rejects the record.
// Of a field that is there twice the last counts.
void decode_native(Json record, RecordSink& sink);

// By a record's fields "source", "author" and "op".
bool is_native(const std::optional<Json>& source, const std::optional<Json>& author,
               const std::optional<Json>& op);

}  // namespace passaparola::ingest
