#include "app/stored_posts.h"

#include <algorithm>

namespace passaparola::app {

Result<connect::StoredPosts> stored_posts(const store::Store& store, const std::string& source,
                                          std::uint64_t after, std::size_t limit) {
  constexpr std::size_t kLookedAt = 2'000;  // some milliseconds of whoever asks
  store::FeedQuery query;
  query.after = after;
  query.limit = limit;
  query.scan_limit = kLookedAt;
  query.where = [&](const Mention& mention) {
    return mention.post.source == source && mention.post.op != PostOp::remove;
  };
  const auto page = store.read_feed(query);
  if (!page) return page.error();
  connect::StoredPosts posts;
  for (const store::StoredMention& mention : page->mentions) {
    posts.ids.emplace_back(mention->post.id);
  }
  std::sort(posts.ids.begin(), posts.ids.end());
  posts.ids.erase(std::unique(posts.ids.begin(), posts.ids.end()), posts.ids.end());
  posts.next_after = page->next_after;
  posts.is_end = page->next_after >= store.last_seq();
  return posts;
}

}  // namespace passaparola::app
