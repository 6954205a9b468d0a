// The server's frames on the websocket, as JSON text (docs/FEED_PROTOCOL.md). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/cursor.h"
#include "feed/channel.h"
#include "feed/client_message.h"

namespace passaparola::feed {

std::string subscribed_frame(std::string_view id, FeedCursor cursor);
std::string unsubscribed_frame(std::string_view id);
std::string error_frame(const ClientError& error);

// The mention with this sequence number could not be sent.
std::string gap_frame(std::string_view id, std::uint32_t store, std::uint64_t seq);

// What an item of that channel is called; not of mentions.
std::string_view event_of(Channel channel);
// `members` of an item of that channel, for the subscription `id`.
std::string news_frame(Channel channel, std::string_view id, std::string_view members);
// Items of a channel were not kept for a reader who was behind.
std::string news_gap_frame(Channel channel, std::string_view id);

// What goes before and behind the items of a mentions frame.
std::string mentions_frame_head(std::string_view id);
std::string mentions_frame_tail(FeedCursor cursor);

}  // namespace passaparola::feed
