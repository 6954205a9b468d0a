// Which parts of a text are about the brand: how near to its name every token stands.
#pragma once

#include <vector>

#include "sentiment/facts.h"

namespace passaparola::sentiment {

inline constexpr std::uint32_t kNearWords = 4;

// One scope for each token of the field, into `out`. With `whole` all are Scope::clause, and so
// they are where the name stands in handles and hashtags only: then all that is said is said to it.
void find_scopes(const PostReading& reading, bool whole, Field field, std::vector<Scope>& out);

// Whether every match of the field is a handle or a hashtag, or stands in a clause of such alone.
bool is_only_tagged(const PostReading& reading, Field field);

}  // namespace passaparola::sentiment
