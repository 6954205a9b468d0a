// Figures in JSON that may not be known, and shares with what is known of them.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/json.h"

namespace passaparola {

// A member of the object being written, rounded (core/json.h); null where nothing is known.
void write_figure(JsonWriter& writer, std::string_view name, bool is_known, double value);

// Members `name`, "low" and "high": `part` of `of` and its Wilson interval; all null when `of` is
// 0.
void write_share(JsonWriter& writer, std::string_view name, std::uint64_t part, std::uint64_t of);

}  // namespace passaparola
