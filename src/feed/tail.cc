#include "feed/tail.h"

#include <algorithm>

#include "core/json.h"
#include "feed/api.h"
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

// A burst comes in many small chunks, and a frame of hundreds of pieces is slow to write. As small
// ones are joined to others of their size, each byte is copied a few times only.
bool is_to_be_joined(const Chunk& before, const Chunk& next) {
  constexpr std::size_t kMostJoined = 64 << 10;
  constexpr auto kMostApart = Tail::kFreshFor / 10;  // the whole is as old as its first
  return before.json.size() < 2 * next.json.size() && next.made - before.made < kMostApart &&
         before.json.size() + next.json.size() < kMostJoined;
}

std::shared_ptr<const Chunk> joined(const Chunk& before, const Chunk& next) {
  auto whole = std::make_shared<Chunk>(before);
  whole->to = next.to;
  if (!whole->json.empty() && !next.json.empty()) whole->json.push_back(',');
  const std::size_t shift = whole->json.size();
  whole->json += next.json;
  for (const Chunk::Piece& piece : next.pieces) {
    whole->pieces.push_back({piece.seq, piece.begin + shift, piece.end + shift});
  }
  whole->too_large.insert(whole->too_large.end(), next.too_large.begin(), next.too_large.end());
  return whole;
}

bool holds(const View& view, const Mention& mention) {
  return (view.brand.empty() || view.brand == mention.brand) &&
         (!view.where.holds || view.where.holds(mention));
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

Tail::Tail(const store::Store& store, std::size_t most_bytes, std::chrono::milliseconds fresh_for)
    : store_(store), most_bytes_(most_bytes), fresh_for_(fresh_for), end_(store.last_seq()) {}

Result<std::shared_ptr<View>> Tail::join(const Wanted& wanted, Filter where) {
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
  view->where = {within(wanted.within, std::move(where.holds)), std::move(where.standings)};
  view->matches_from = view->reach_to = end_;
  views_[name] = view;
  return view;
}

std::optional<Batch> Tail::next(const View& view, std::uint64_t after) const {
  const std::lock_guard lock(mutex_);
  return next_locked(view, after);
}

std::optional<Batch> Tail::next_locked(const View& view, std::uint64_t after) const {
  const auto oldest = std::chrono::steady_clock::now() - fresh_for_;
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
  ask_for(view.where, {}, query);
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
  view.bytes += chunk->json.size();
  view.older.push_back(std::move(chunk));
  prune();
}

std::vector<std::shared_ptr<View>> Tail::views_to_offer() {
  const std::lock_guard lock(mutex_);
  std::erase_if(views_, [](const auto& entry) { return entry.second.expired(); });
  std::vector<std::shared_ptr<View>> views;
  for (const auto& [name, weak] : views_) {
    auto view = weak.lock();
    if (view && !view->where.standings) views.push_back(std::move(view));
  }
  return views;
}

Result<void> Tail::refresh() {
  const auto views = views_to_offer();
  std::uint64_t from = end_;  // only refresh() moves it
  const std::uint64_t last = store_.last_seq();
  while (from < last) {
    std::vector<std::shared_ptr<Chunk>> chunks(views.size());
    const std::uint64_t erasures_before = erasures();
    if (views.empty()) {
      append(views, chunks, {from, last, erasures_before});
      return {};
    }
    store::FeedQuery query;
    query.after = from;
    query.limit = kPageMentions;
    auto page = store_.read_feed(query);
    if (!page) {
      chunks.clear();
      append({}, chunks, {from, last, erasures_before});
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
    append(views, chunks, {from, to, erasures_before});
    from = to;
  }
  return {};
}

void Tail::append(const std::vector<std::shared_ptr<View>>& views,
                  std::vector<std::shared_ptr<Chunk>>& chunks, const Span& span) {
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<Watcher>> woken;
  {
    const std::lock_guard lock(mutex_);
    const bool is_right = span.erasures == erasures_;
    for (std::size_t i = 0; i < views.size(); ++i) {
      View& view = *views[i];
      if (view.reach_to != span.from) {
        drop_all(view);
        view.matches_from = span.from;
      }
      view.reach_to = span.to;
      if (!is_right) {  // something was withdrawn or shown again meanwhile: ask the store
        drop_all(view);
        view.matches_from = span.to;
        add_watchers(view, woken);
        continue;
      }
      if (chunks[i]->is_empty()) continue;
      chunks[i]->from = span.from;
      chunks[i]->to = span.to;
      chunks[i]->made = now;
      add_chunk(view, std::move(chunks[i]));
      add_watchers(view, woken);
    }
    end_ = span.to;
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

// Drops what is no longer fresh, and the oldest of all when the whole is over its limit.
void Tail::prune() {
  const auto oldest = std::chrono::steady_clock::now() - fresh_for_;
  std::size_t bytes = 0;
  for (const auto& [name, weak] : views_) {
    const auto view = weak.lock();
    if (!view) continue;
    while (!view->chunks.empty() && view->chunks.front()->made < oldest) drop_oldest_chunk(*view);
    while (!view->older.empty() && view->older.front()->made < oldest) {
      view->bytes -= view->older.front()->json.size();
      view->older.pop_front();
    }
    bytes += view->bytes;
  }
  if (bytes > most_bytes_) make_room(bytes);
}

// Of every view the same time goes, so that whoever is behind the tail is so for each.
void Tail::make_room(std::size_t bytes) {
  std::vector<std::pair<std::uint64_t, std::size_t>> ends;  // of chunks, with their bytes
  for (const auto& [name, weak] : views_) {
    const auto view = weak.lock();
    if (!view) continue;
    for (const auto& chunk : view->older) {
      bytes -= chunk->json.size();
      view->bytes -= chunk->json.size();
    }
    view->older.clear();
    for (const auto& chunk : view->chunks) ends.emplace_back(chunk->to, chunk->json.size());
  }
  std::sort(ends.begin(), ends.end());
  std::uint64_t upto = 0;
  for (auto at = ends.begin(); at != ends.end() && bytes > most_bytes_ / 2; ++at) {
    bytes -= at->second;
    upto = at->first;
  }
  for (const auto& [name, weak] : views_) {
    const auto view = weak.lock();
    if (!view) continue;
    while (!view->chunks.empty() && view->chunks.front()->to <= upto) drop_oldest_chunk(*view);
  }
}

void Tail::add_chunk(View& view, std::shared_ptr<const Chunk> chunk) {
  view.bytes += chunk->json.size();
  while (!view.chunks.empty() && is_to_be_joined(*view.chunks.back(), *chunk)) {
    view.bytes -= view.chunks.back()->json.size() + chunk->json.size();
    chunk = joined(*view.chunks.back(), *chunk);
    view.bytes += chunk->json.size();
    view.chunks.pop_back();
  }
  view.chunks.push_back(std::move(chunk));
}

// Behind its last mention nothing is of this view that the others do not have: who has read so far
// need not ask the store.
void Tail::drop_oldest_chunk(View& view) {
  view.matches_from = view.chunks.front()->last();
  view.bytes -= view.chunks.front()->json.size();
  view.chunks.pop_front();
}

void Tail::drop_all(View& view) {
  view.older.clear();
  if (!view.chunks.empty()) view.matches_from = view.chunks.back()->last();
  view.chunks.clear();
  view.bytes = 0;
}

std::uint64_t Tail::erasures() const {
  const std::lock_guard lock(mutex_);
  return erasures_;
}

void Tail::forget_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, weak] : views_) {
    const auto view = weak.lock();
    if (view) drop_all(*view);
  }
  ++erasures_;
}

}  // namespace passaparola::feed
