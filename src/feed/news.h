// News: what live readers are told beside mentions: alerts, figures, what changed of mentions and
// people that they may have seen. Each item is encoded once for all. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "feed/channel.h"
#include "feed/watcher.h"
#include "store/feed_change.h"

namespace passaparola::feed {

// One item of a channel. Immutable once shared.
struct NewsItem {
  std::uint64_t number = 0;  // rises
  std::string brand;
  std::string members;  // of the frame's JSON object, behind "op" and "id"
  std::string for_all;  // further ones, for who sees every brand
};

class News {
 public:
  // Tells `members` to who reads the channel. Of `stats` only a brand's newest item is kept; of the
  // others the newest kMaxNewsKept.
  void post(Channel channel, std::string brand, std::string members, std::string for_all = {});
  // The same if `holds` says so while nobody reads; false: it did not, and nothing was told.
  bool post_if(const std::function<bool()>& holds, Channel channel, std::string brand,
               std::string members, std::string for_all = {});

  // Forgets what was told, not its numbers.
  void clear(Channel channel);

  struct Page {
    std::vector<std::shared_ptr<const NewsItem>> items;
    std::uint64_t next = 0;
    bool has_gap = false;  // items behind `after` are not kept any more
  };
  // The items with a larger number than `after`, in order.
  Page read(Channel channel, std::uint64_t after) const;
  std::uint64_t last() const;  // the number of the newest item of all channels

  void watch(Channel channel, const std::shared_ptr<Watcher>& watcher);
  void unwatch(const Watcher* watcher);  // all channels
  bool is_watched(Channel channel) const;

 private:
  struct Board {
    std::deque<std::shared_ptr<const NewsItem>> items;
    std::uint64_t dropped = 0;  // the number of the newest item that is not kept any more
    std::unordered_map<const Watcher*, std::weak_ptr<Watcher>> watchers;
  };

  mutable std::mutex mutex_;
  std::array<Board, kChannelCount> boards_;
  std::uint64_t last_ = 0;
};

// The members of a JSON object, without its braces, as an item has them.
std::string bare_members(const std::string& object);

// Tells who reads of changes which mentions are gone.
void tell_withdrawn(News& news, const store::FeedChange& change);

}  // namespace passaparola::feed
