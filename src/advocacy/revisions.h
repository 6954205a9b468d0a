// Revisions: whose standing changed because something of their history is gone (FEATURES D.8).
// Standing that changes by what is said, or by time, is a movement (movement.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "advocacy/advocacy.h"

namespace passaparola::advocacy {

struct RevisionQuery {
  std::string brand;
  std::uint64_t after = 0;  // those with a larger number
  std::size_t limit = 1'000;
  Timestamp as_of;  // the time of asking, to which the ranking is brought first
};

// Oldest first. Any thread. Errors: not_found (no such brand in the store), and those of the store.
Result<store::RevisionPage> revisions(store::Store& store, const RevisionQuery& query,
                                      const AdvocacyConfig& config);

// As it is written: source_delete, erasure…
std::string_view name_of(store::Loss loss);

// {"revisions":[…],"next_after":n,"more":bool}; one event a line.
std::string to_json(const RevisionQuery& query, const store::RevisionPage& page);
std::string to_ndjson(const RevisionQuery& query, const store::RevisionPage& page);

}  // namespace passaparola::advocacy
