#include "feed/tail.h"

#include <algorithm>

#include "core/json.h"
#include "core/limits.h"
#include "feed/caller.h"

namespace passaparola::feed {
namespace {

constexpr std::size_t kPageMentions = 256;
constexpr std::size_t kPageScan = 20'000;

// Appends an encoded mention, or notes that it is too large to be sent.
void add_piece(Chunk& chunk, std::uint64_t seq, std::string_view json) {
  if (json.size() + kMaxFrameBytes > kMaxUnsentBytes) {
    chunk.too_large.push_back(seq);
    return;
  }
  if (!chunk.json.empty()) chunk.json.push_back(',');
  const std::size_t begin = chunk.json.size();
  chunk.json.append(json);
  chunk.pieces.push_back({seq, begin, chunk.json.size()});
}

std::string encode(const Mention& mention, std::uint32_t store) {
  std::string json;
  JsonWriter writer(json);
  write_mention(writer, mention, store);
  return json;
}

bool holds(const View& view, const Mention& mention) {
  return (view.brand.empty() || view.brand == mention.brand) &&
         (!view.where || view.where(mention));
}

}  // namespace

std::uint64_t Chunk::last() const {
  const std::uint64_t large = too_large.empty() ? 0 : too_large.back();
  return std::max(large, pieces.empty() ? 0 : pieces.back().seq);
}

std::string_view Slice::json() const {
  if (first >= chunk->pieces.size()) return {};
  return std::string_view(chunk->json).substr(chunk->pieces[first].begin);
}

void Batch::add(std::shared_ptr<const Chunk> chunk, std::uint64_t after) {
  next_after = chunk->to;
  const auto& pieces = chunk->pieces;
  const auto first = std::partition_point(
      pieces.begin(), pieces.end(), [after](const Chunk::Piece& p) { return p.seq <= after; });
  const auto large = std::upper_bound(chunk->too_large.begin(), chunk->too_large.end(), after);
  if (first == pieces.end() && large == chunk->too_large.end()) return;
  Slice slice;
  slice.first = static_cast<std::size_t>(first - pieces.begin());
  slice.first_too_large = static_cast<std::size_t>(large - chunk->too_large.begin());
  slice.chunk = std::move(chunk);
  bytes += slice.json().size() + 1;
  mentions += slice.chunk->pieces.size() - slice.first;
  slices.push_back(std::move(slice));
}

Tail::Tail(const store::Store& store) : store_(store), end_(store.last_seq()) {}

Result<std::shared_ptr<View>> Tail::join(const Wanted& wanted, store::MentionFilter where) {
  std::string name = wanted.brand + '\0' + wanted.where;
  for (const std::string& brand : wanted.within)
    name += '\0' + brand;  // no view for two workspaces
  const std::lock_guard lock(mutex_);
  if (auto view = views_[name].lock()) return view;
  std::erase_if(views_, [](const auto& entry) { return entry.second.expired(); });
  if (views_.size() >= kMaxLiveFilters) {
    return fail(ErrorCode::overloaded, "too many different live filters are in use");
  }
  auto view = std::make_shared<View>();
  view->brand = wanted.brand;
  view->where = within(wanted.within, std::move(where));
  view->matches_from = view->reach_to = end_;
  views_[name] = view;
  return view;
}

std::optional<Batch> Tail::next(const View& view, std::uint64_t after) const {
  const std::lock_guard lock(mutex_);
  return next_locked(view, after);
}

std::optional<Batch> Tail::next_locked(const View& view, std::uint64_t after) const {
  const auto oldest = std::chrono::steady_clock::now() - kFreshFor;
  Batch batch;
  batch.next_after = after;
  if (after >= end_) return batch;
  if (after < view.matches_from || view.reach_to != end_) {
    for (const auto& chunk : view.older) {
      if (chunk->made < oldest || after < chunk->from || after >= chunk->to) continue;
      batch.add(chunk, after);
      return batch;
    }
    return std::nullopt;
  }
  auto at = std::partition_point(view.chunks.begin(), view.chunks.end(),
                                 [after](const auto& chunk) { return chunk->to <= after; });
  for (; at != view.chunks.end(); ++at) {
    if ((*at)->made < oldest) return std::nullopt;
    if (batch.bytes > 0 && batch.bytes + (*at)->json.size() > kMaxFrameBytes) return batch;
    batch.add(*at, after);
  }
  batch.next_after = end_;  // none of what is behind them is of this view
  return batch;
}

Result<Batch> Tail::read_store(View& view, std::uint64_t after) {
  std::uint64_t erasures = 0;
  {
    const std::lock_guard lock(mutex_);
    if (auto batch = next_locked(view, after)) return *std::move(batch);
    erasures = erasures_;
  }
  store::FeedQuery query;
  query.after = after;
  query.limit = kPageMentions;
  query.scan_limit = kPageScan;
  query.brand = view.brand;
  query.where = view.where;
  auto page = store_.read_feed(query);
  if (!page) return page.error();
  auto chunk = std::make_shared<Chunk>();
  chunk->from = after;
  chunk->to = page->next_after;
  chunk->made = std::chrono::steady_clock::now();
  for (const store::StoredMention& mention : page->mentions) {
    const std::string json = encode(*mention, store_.id());
    if (!chunk->json.empty() && chunk->json.size() + json.size() > kMaxFrameBytes) {
      chunk->to = mention->seq - 1;  // the rest is read again from here
      break;
    }
    add_piece(*chunk, mention->seq, json);
  }
  Batch batch;
  batch.add(chunk, after);
  if (chunk->to > after) keep(view, std::move(chunk), erasures);
  return batch;
}

// What was read before an erasure is nobody else's.
void Tail::keep(View& view, std::shared_ptr<const Chunk> chunk, std::uint64_t erasures) {
  const std::lock_guard lock(mutex_);
  if (erasures != erasures_) return;
  view.older.push_back(std::move(chunk));
  prune();
}

std::vector<std::shared_ptr<View>> Tail::living_views() {
  const std::lock_guard lock(mutex_);
  std::erase_if(views_, [](const auto& entry) { return entry.second.expired(); });
  std::vector<std::shared_ptr<View>> views;
  for (const auto& [name, weak] : views_) {
    if (auto view = weak.lock()) views.push_back(std::move(view));
  }
  return views;
}

Result<void> Tail::refresh() {
  const auto views = living_views();
  std::uint64_t from = end_;  // only refresh() moves it
  const std::uint64_t last = store_.last_seq();
  while (from < last) {
    std::vector<std::shared_ptr<Chunk>> chunks(views.size());
    if (views.empty()) {
      append(views, chunks, from, last);
      return {};
    }
    store::FeedQuery query;
    query.after = from;
    query.limit = kPageMentions;
    auto page = store_.read_feed(query);
    if (!page) {
      chunks.clear();
      append({}, chunks, from, last);
      wake_all(views);  // readers meet the error at the store, and say so
      return page.error();
    }
    for (auto& chunk : chunks) chunk = std::make_shared<Chunk>();
    std::uint64_t to = std::max(page->next_after, from + 1);
    for (const store::StoredMention& mention : page->mentions) {
      std::string json;
      std::size_t longest = 0;
      for (std::size_t i = 0; i < views.size(); ++i) {
        if (!holds(*views[i], *mention)) continue;
        if (json.empty()) json = encode(*mention, store_.id());
        add_piece(*chunks[i], mention->seq, json);
        longest = std::max(longest, chunks[i]->json.size());
      }
      if (longest < kMaxFrameBytes) continue;
      to = mention->seq;  // the rest makes the next chunk
      break;
    }
    append(views, chunks, from, to);
    from = to;
  }
  return {};
}

void Tail::append(const std::vector<std::shared_ptr<View>>& views,
                  std::vector<std::shared_ptr<Chunk>>& chunks, std::uint64_t from,
                  std::uint64_t to) {
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<Watcher>> woken;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < views.size(); ++i) {
      View& view = *views[i];
      if (view.reach_to != from) {
        view.chunks.clear();
        view.matches_from = from;
      }
      view.reach_to = to;
      if (chunks[i]->is_empty()) continue;
      chunks[i]->from = from;
      chunks[i]->to = to;
      chunks[i]->made = now;
      view.chunks.push_back(std::move(chunks[i]));
      add_watchers(view, woken);
    }
    end_ = to;
    // One that was joined meanwhile was not asked: its readers ask the store.
    for (const auto& [name, weak] : views_) {
      const auto view = weak.lock();
      if (view && view->reach_to != end_) add_watchers(*view, woken);
    }
    prune();
  }
  for (const auto& watcher : woken) watcher->wake();
}

void Tail::watch(View& view, const std::shared_ptr<Watcher>& watcher) {
  const std::lock_guard lock(mutex_);
  view.watchers[watcher.get()] = watcher;
}

void Tail::unwatch(View& view, const Watcher* watcher) {
  const std::lock_guard lock(mutex_);
  view.watchers.erase(watcher);
}

void Tail::add_watchers(View& view, std::vector<std::shared_ptr<Watcher>>& out) {
  for (const auto& [key, weak] : view.watchers) {
    if (auto watcher = weak.lock()) out.push_back(std::move(watcher));
  }
}

void Tail::wake_all(const std::vector<std::shared_ptr<View>>& views) {
  std::vector<std::shared_ptr<Watcher>> woken;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& view : views) add_watchers(*view, woken);
  }
  for (const auto& watcher : woken) watcher->wake();
}

// Drops what is no longer fresh, and everything when the whole is over its limit.
void Tail::prune() {
  const auto oldest = std::chrono::steady_clock::now() - kFreshFor;
  bytes_ = 0;
  for (const auto& [name, weak] : views_) {
    const auto view = weak.lock();
    if (!view) continue;
    while (!view->chunks.empty() && view->chunks.front()->made < oldest) {
      view->matches_from = view->chunks.front()->last();
      view->chunks.pop_front();
    }
    while (!view->older.empty() && view->older.front()->made < oldest) view->older.pop_front();
    for (const auto& chunk : view->chunks) bytes_ += chunk->json.size();
    for (const auto& chunk : view->older) bytes_ += chunk->json.size();
  }
  if (bytes_ <= kMaxTailBytes) return;
  for (const auto& [name, weak] : views_) {
    const auto view = weak.lock();
    if (!view) continue;
    view->older.clear();
    drop_chunks(*view);
  }
  bytes_ = 0;
}

// Behind the last of them nothing is of this view: who has read so far need not ask the store.
void Tail::drop_chunks(View& view) {
  if (view.chunks.empty()) return;
  view.matches_from = view.chunks.back()->last();
  view.chunks.clear();
}

void Tail::forget_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, weak] : views_) {
    const auto view = weak.lock();
    if (!view) continue;
    view->older.clear();
    drop_chunks(*view);
  }
  ++erasures_;
}

}  // namespace passaparola::feed
