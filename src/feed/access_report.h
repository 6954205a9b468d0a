// The access report: everything that the store keeps of one person, for that person (GDPR Article
// 15).
#pragma once

#include <string>
#include <string_view>

#include "advocacy/advocacy.h"
#include "core/result.h"
#include "store/store.h"

namespace passaparola::feed {

// {"source":…,"id":…,"made_at":…,"state":"present"|"hidden","kept_days":396|null,"author":{…},
// "brands":[{"brand":…,"aggregate":{…},"responses":{…},"explanation":{…},"mentions":[…]}]}. All
// mentions, the oldest first, as the feed has them; those whose text retention took are counted by
// `without_text`. `explanation` is what the person is judged by, with every weight and all
// evidence. People whose source hides them for now are in it: it is theirs. Of others only how many
// answered. Any thread. Errors: not_found; overloaded (longer than `max_bytes`); those of the
// store.
Result<std::string> access_report_json(const store::Store& store, const store::AuthorId& author,
                                       const store::Retention& retention,
                                       const advocacy::AdvocacyConfig& config,
                                       std::size_t max_bytes);

}  // namespace passaparola::feed
