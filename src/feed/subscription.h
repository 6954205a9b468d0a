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

// Makes what `message` of `caller` asks for; may block. `alerts` gets the frames of those that were
// told behind its place. Gives what is wrong with it, if anything is.
std::optional<ClientError> prepare(Context& context, const ClientMessage& message,
                                   const Caller& caller, Subscription& subscription,
                                   std::vector<std::string>& alerts);

}  // namespace passaparola::feed
