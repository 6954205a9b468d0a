#include "core/cursor.h"

#include <fmt/format.h>

#include <charconv>

namespace passaparola {

std::string encode_cursor(FeedCursor cursor) {
  return fmt::format("p{:08x}{:016x}", cursor.store, cursor.seq);
}

std::optional<FeedCursor> decode_cursor(std::string_view cursor) {
  if (cursor.size() != 25 || cursor.front() != 'p') return std::nullopt;
  const auto parse = [](std::string_view digits, auto& value) {
    const auto end = digits.data() + digits.size();
    return std::from_chars(digits.data(), end, value, 16).ptr == end && digits.front() != '-';
  };
  FeedCursor place;
  if (!parse(cursor.substr(1, 8), place.store) || !parse(cursor.substr(9), place.seq)) {
    return std::nullopt;
  }
  return place;
}

}  // namespace passaparola
