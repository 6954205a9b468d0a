// Documents that list records.
#pragma once

#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Calls decode(object) for each of `items`; what is no object is a record that is rejected.
template <typename Decode>
void for_each_object(JsonArray items, RecordSink& sink, Decode decode) {
  for (const Json item : items) {
    const auto object = as_object(item);
    if (object) {
      decode(*object);
    } else {
      sink.reject(RejectReason::not_an_object);
    }
  }
}

// One record, a list of them, or an answer that lists them under `key`. An answer that is an error
// is one reject.
template <typename Decode>
void decode_page(Json record, std::string_view key, RecordSink& sink, Decode decode) {
  if (const auto items = as_array(record)) return for_each_object(*items, sink, decode);
  const auto object = as_object(record);
  if (!object) return sink.reject(RejectReason::not_an_object);
  if (find(*object, "error")) return sink.reject(RejectReason::stream_error);
  if (const auto items = array_in(*object, key)) return for_each_object(*items, sink, decode);
  decode(*object);
}

}  // namespace passaparola::ingest
