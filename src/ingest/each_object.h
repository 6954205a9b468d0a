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

}  // namespace passaparola::ingest
