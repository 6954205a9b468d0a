// FeedCursor: a place in one store's feed, just behind the mention with that sequence number.
// Clients treat the text as opaque. One cursor space for feed, websocket, SSE and exports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace passaparola {

struct FeedCursor {
  std::uint32_t store = 0;  // which store's feed: a cursor of another store is refused, not guessed
  std::uint64_t seq = 0;    // 0: before the first mention
  bool operator==(const FeedCursor&) const = default;
};

std::string encode_cursor(FeedCursor cursor);                      // 25 characters, URL-safe
std::optional<FeedCursor> decode_cursor(std::string_view cursor);  // nullopt: not one of ours

}  // namespace passaparola
