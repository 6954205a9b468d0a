#include "feed/news.h"

#include <algorithm>

#include "advocacy/revisions.h"
#include "core/json.h"
#include "core/limits.h"

namespace passaparola::feed {

void News::post(Channel channel, std::string brand, std::string members, std::string for_all) {
  post_if([] { return true; }, channel, std::move(brand), std::move(members), std::move(for_all));
}

bool News::post_if(const std::function<bool()>& holds, Channel channel, std::string brand,
                   std::string members, std::string for_all) {
  std::vector<std::shared_ptr<Watcher>> woken;
  {
    const std::lock_guard lock(mutex_);
    if (!holds()) return false;
    Board& board = boards_[static_cast<std::size_t>(channel)];
    auto item = std::make_shared<NewsItem>();
    item->number = ++last_;
    item->brand = std::move(brand);
    item->members = std::move(members);
    item->for_all = std::move(for_all);
    if (channel == Channel::stats) {
      std::erase_if(board.items, [&](const auto& other) { return other->brand == item->brand; });
    } else if (board.items.size() == kMaxNewsKept) {
      board.dropped = board.items.front()->number;
      board.items.pop_front();
    }
    board.items.push_back(std::move(item));
    for (const auto& [key, weak] : board.watchers) {
      if (auto watcher = weak.lock()) woken.push_back(std::move(watcher));
    }
  }
  for (const auto& watcher : woken) watcher->wake();
  return true;
}

void News::clear(Channel channel) {
  const std::lock_guard lock(mutex_);
  boards_[static_cast<std::size_t>(channel)].items.clear();
}

News::Page News::read(Channel channel, std::uint64_t after) const {
  const std::lock_guard lock(mutex_);
  const Board& board = boards_[static_cast<std::size_t>(channel)];
  Page page;
  page.next = after;
  page.has_gap = after < board.dropped;
  const auto first =
      std::partition_point(board.items.begin(), board.items.end(),
                           [after](const auto& item) { return item->number <= after; });
  page.items.assign(first, board.items.end());
  if (!page.items.empty()) page.next = page.items.back()->number;
  return page;
}

std::uint64_t News::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

void News::watch(Channel channel, const std::shared_ptr<Watcher>& watcher) {
  const std::lock_guard lock(mutex_);
  boards_[static_cast<std::size_t>(channel)].watchers[watcher.get()] = watcher;
}

void News::unwatch(const Watcher* watcher) {
  const std::lock_guard lock(mutex_);
  for (Board& board : boards_) board.watchers.erase(watcher);
}

bool News::is_watched(Channel channel) const {
  const std::lock_guard lock(mutex_);
  return !boards_[static_cast<std::size_t>(channel)].watchers.empty();
}

std::string bare_members(const std::string& object) { return object.substr(1, object.size() - 2); }

void tell_withdrawn(News& news, const store::FeedChange& change) {
  if (change.withdrawn.empty() || !news.is_watched(Channel::changes)) return;
  for (const store::Withdrawn& withdrawn : change.withdrawn) {
    std::string json;
    JsonWriter writer(json);
    writer.StartObject();
    writer.field("kind", "mention.withdrawn");
    writer.field("mention_id", withdrawn.mention_id);
    writer.field("seq", withdrawn.seq);
    writer.field("brand", withdrawn.brand);
    writer.field("reason", advocacy::name_of(withdrawn.reason));
    writer.EndObject();
    news.post(Channel::changes, withdrawn.brand, bare_members(json));
  }
}

}  // namespace passaparola::feed
