// The stored form of a gap (docs/STORE_FORMAT.md); source and number are in its key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/source_gap.h"

namespace passaparola::store {

std::string encode_gap(const SourceGap& gap);
std::optional<SourceGap> decode_gap(std::string_view value);

// `prefix` is that of the source's gaps.
std::string gap_key(std::string prefix, std::uint64_t number);
// Of the end of a key.
std::uint64_t gap_number(std::string_view key);

}  // namespace passaparola::store
