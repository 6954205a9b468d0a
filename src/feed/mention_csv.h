// Mentions for spreadsheets: one row a mention, the columns that people sort and count by. Whoever
// needs all of a mention takes the JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/mention.h"

namespace passaparola::feed {

std::string_view mention_csv_header();

// Appends the row; `store` makes the cursor.
void append_csv(const Mention& mention, std::uint32_t store, std::string& out);

}  // namespace passaparola::feed
