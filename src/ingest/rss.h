// Feeds of articles and reviews: RSS 2.0 and its ancestors, RSS 1.0 (RDF), Atom.
#pragma once

#include <string_view>

#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Every item that is whole before the first error becomes a record; the error, if any, is one more.
// A document type is refused at its first letter, and with it every entity that could grow.
void decode_rss(std::string_view document, RecordSink& sink);

}  // namespace passaparola::ingest
