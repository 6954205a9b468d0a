// What a live client says: one JSON object a websocket message (docs/FEED_PROTOCOL.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cursor.h"
#include "feed/channel.h"

namespace passaparola::feed {

// An error frame's content: a stable code and a sentence for a person.
struct ClientError {
  std::string id;  // of the subscription, when the message named one
  std::string code;
  std::string message;
};

// Where a subscription begins.
struct StartAt {
  enum class Place : std::uint8_t { now, start, cursor };
  Place place = Place::now;
  FeedCursor cursor;  // when place is cursor
};

// "now", "start" or a cursor; nullopt: none of them.
std::optional<StartAt> parse_start_at(std::string_view text);

struct ClientMessage {
  enum class Op : std::uint8_t { subscribe, unsubscribe };
  Op op = Op::subscribe;
  std::string id;     // 1 to 64 bytes
  std::string view;   // a saved one, whose brand and filter narrow these; empty: none
  std::string brand;  // only of this one; empty: all
  std::string where;  // of mentions; at most kMaxFilterBytes
  StartAt after;
  std::uint32_t every_ms = 0;                        // 0: at once; at most one minute
  std::vector<Channel> channels{Channel::mentions};  // each once
};

struct ParsedMessage {
  std::optional<ClientMessage> message;  // nullopt: see error
  ClientError error;
};

// Pure; any bytes are allowed.
ParsedMessage parse_client_message(std::string_view text);

}  // namespace passaparola::feed
