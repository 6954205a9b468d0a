// The page and its files, as browsers ask for them.
#pragma once

#include "feed/api.h"
#include "feed/exchange.h"
#include "feed/http.h"

namespace passaparola::feed {

Answer page_answer();

// `target` is /page/{file}. The bytes are gzip: see suit_encoding().
Outcome page_file_answer(const Target& target);

// Inflates an answer that is gzip for who did not say that they take it.
void suit_encoding(const Exchange& exchange, Answer& answer);

}  // namespace passaparola::feed
