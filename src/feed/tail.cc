#include "feed/tail.h"

#include <algorithm>

#include "core/json.h"
#include "core/limits.h"

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

Result<std::shared_ptr<View>> Tail::join(const std::string& brand, const std::string& where_text,
                                         store::MentionFilter where) {
  std::string name = brand;
  name.push_back('\0');
  name += where_text;
  const std::lock_guard lock(mutex_);
  if (auto view = views_[name].lock()) return view;
  std::erase_if(views_, [](const auto& entry) { return entry.second.expired(); });
  if (views_.size() >= kMaxLiveFilters) {
    return fail(ErrorCode::overloaded, "too many different live filters are in use");
  }
  auto view = std::make_shared<View>();
  view->brand = brand;
  view->where = std::move(where);
  view->reach_from = view->reach_to = end_;
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
  if (after < view.reach_from || view.reach_to != end_) {
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
    if (batch.bytes > 0 && batch.bytes + (*at)->json.size() > kMaxFrameBytes) break;
    batch.add(*at, after);
  }
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
  bytes_ += chunk->json.size();
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
      append({}, chunks, from, last);  // readers meet the error at the store, and say so
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
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < views.size(); ++i) {
    View& view = *views[i];
    if (view.reach_to != from) {
      view.chunks.clear();
      view.reach_from = from;
    }
    view.reach_to = to;
    chunks[i]->from = from;
    chunks[i]->to = to;
    chunks[i]->made = now;
    view.chunks.push_back(std::move(chunks[i]));
  }
  end_ = to;
  prune();
}

// Drops what is no longer fresh, and everything when the whole is over its limit.
void Tail::prune() {
  const auto oldest = std::chrono::steady_clock::now() - kFreshFor;
  bytes_ = 0;
  for (const auto& [name, weak] : views_) {
    const auto view = weak.lock();
    if (!view) continue;
    while (!view->chunks.empty() && view->chunks.front()->made < oldest) {
      view->reach_from = view->chunks.front()->to;
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
    if (view->chunks.empty()) continue;
    view->reach_from = view->reach_to;
    view->chunks.clear();
  }
  bytes_ = 0;
}

void Tail::forget_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, weak] : views_) {
    const auto view = weak.lock();
    if (!view) continue;
    view->chunks.clear();
    view->older.clear();
    view->reach_from = view->reach_to;
  }
  ++erasures_;
}

}  // namespace passaparola::feed
