// Names that people give to what they configure, and find again in cursors, paths and metrics.
#pragma once

#include <algorithm>
#include <string_view>

#include "core/limits.h"

namespace passaparola {

// True for 1 to kMaxSourceBytes small letters, digits, '-', '_' and '.'.
inline bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxSourceBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return ('a' <= c && c <= 'z') || ('0' <= c && c <= '9') || c == '-' || c == '_' ||
                  c == '.';
         });
}

// What is wrong with any other, for messages.
inline constexpr std::string_view kPlainNameRule =
    "a name has small letters, digits, - _ and . and at most 64 of them";
static_assert(kMaxSourceBytes == 64, "kPlainNameRule says 64");

}  // namespace passaparola
