// One subscription of a live reader: what it wants, and how far it has come.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "feed/caller.h"
#include "feed/channel.h"
#include "feed/client_message.h"
#include "feed/context.h"

namespace passaparola::feed {

struct Subscription {
  std::string id;
  std::string brand;           // news only of it; empty: of all
  std::shared_ptr<View> view;  // null: no mentions
  std::uint64_t after = 0;
  std::vector<std::pair<Channel, std::uint64_t>> news;  // channels, and up to which number
  std::chrono::milliseconds every{0};
  std::chrono::steady_clock::time_point due;  // not served before
  bool is_open = true;
};

// Why there is none: in the words of the websocket, and of HTTP.
struct Refusal {
  ClientError error;
  Problem problem;
};

// Makes what `message` of `caller` asks for; may block. `alerts` gets the members (NewsItem) of
// those that were told from its place on. Gives what is wrong with it, if anything is.
std::optional<Refusal> prepare(Context& context, const ClientMessage& message, const Caller& caller,
                               Subscription& subscription, std::vector<std::string>& alerts);

// Something to tell of a channel: `members` as in NewsItem, or that some items were not kept.
struct ToldNews {
  Channel channel = Channel::stats;
  bool is_gap = false;
  std::string members;
};

// Takes what came since the last time and `caller` sees.
std::vector<ToldNews> take_news(const News& news, const Caller& caller, Subscription& subscription);

}  // namespace passaparola::feed
