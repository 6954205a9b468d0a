// Which format a record is of, and where records end.
#pragma once

#include <string_view>

#include "ingest/ingest.h"
#include "ingest/json_value.h"

namespace passaparola::ingest {

// By the fields that only this format has; autodetect when no format fits.
Format recognise(Json record);

// True when `head` begins one JSON value that goes over several lines, or one line that is longer
// than a record may be: a document, not lines.
bool is_json_document(std::string_view head);

// True when `head` begins like XML.
bool looks_like_xml(std::string_view head);

}  // namespace passaparola::ingest
