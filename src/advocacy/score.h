// The score of one history as of one moment, with what it was computed from. Inside of the advocacy
// module.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "advocacy/advocacy.h"
#include "advocacy/judgement.h"

namespace passaparola::advocacy {

// Everything but what looks at an earlier moment too (at_risk, lapsed) and the style. `judgements`
// becomes what it was computed from; `history` must outlive it.
AuthorScore evaluate(const store::AuthorHistory& history, Timestamp as_of,
                     const AdvocacyConfig& config, std::vector<Judgement>& judgements);

// Error: not_found, when the store has no mention of such a brand.
Result<void> check_brand(const store::Store& store, const std::string& brand);

// Whether the level was advocate or more then.
bool was_advocate(const store::AuthorHistory& history, Timestamp at, const AdvocacyConfig& config);

// How at_risk and lapsed may change by time alone, of a history judged as of some moment.
struct MarkChanges {
  std::optional<Timestamp> next;  // the first moment after it; nullopt: they will not
  bool will_lapse = false;        // they will be lapsed if nothing happens, and are not yet
};
MarkChanges mark_changes(const store::AuthorHistory& history, std::span<const Judgement> judgements,
                         Timestamp as_of, const AdvocacyConfig& config);

}  // namespace passaparola::advocacy
