#include "store/plan.h"

#include <rocksdb/db.h>
#include <rocksdb/iterator.h>

#include <algorithm>

#include "core/check.h"
#include "core/hash.h"
#include "store/threads.h"

namespace passaparola::store {
namespace {

bool has_post(PostOp op) {
  return op == PostOp::create || op == PostOp::update || op == PostOp::remove;
}

Loss loss_of(const PreparedEvent& event, bool erases) {
  if (event.stored_seq != 0) return Loss::rescore;
  switch (event.op) {
    case PostOp::create:
    case PostOp::update:
      return Loss::source_edit;
    case PostOp::remove:
      return Loss::source_delete;
    case PostOp::delete_author:
      return erases ? Loss::erasure : Loss::source_delete;
    case PostOp::hide_author:
      return Loss::hidden;
    case PostOp::show_author:
      return Loss::none;
  }
  CHECK(false, "an event is none of the operations");
}

// Of a post that is looked up for others' sake.
constexpr std::uint32_t kNoEvent = UINT32_MAX;

}  // namespace

Error damaged(std::string_view what) {
  return fail(ErrorCode::corrupt,
              "the store's " + std::string(what) + " is damaged; restore it from a backup");
}

Result<std::vector<CommitOutcome>> CommitPlan::build(std::span<const PreparedBatch* const> batches,
                                                     rocksdb::WriteBatch& out) {
  next_seq_ = state_.last_seq.load(std::memory_order_relaxed) + 1;
  outcomes_.assign(batches.size(), {});
  const auto loaded = load_posts(batches);
  if (!loaded) return loaded.error();
  for (const Event& event : events_) {
    outcome_ = &outcomes_[event.batch_number];
    const auto applied = apply(event);
    if (!applied) return applied.error();
  }
  for (const PreparedBatch* batch : batches) {
    for (const SourceCursor& cursor : batch->cursors) cursors_[cursor.source] = cursor.cursor;
  }
  const auto written = write(out);
  if (!written) return written.error();
  return outcomes_;
}

// Every post that an event names or depends on, asked for at once and in key order.
Result<void> CommitPlan::load_posts(std::span<const PreparedBatch* const> batches) {
  std::size_t count = 0;
  for (const PreparedBatch* batch : batches) count += batch->events.size();
  std::vector<std::pair<KeyedHash, std::uint32_t>> wanted;
  wanted.reserve(count);
  events_.reserve(count);
  posts_.reserve(count);
  for (std::uint32_t number = 0; number < batches.size(); ++number) {
    const PreparedBatch* const batch = batches[number];
    for (const PreparedEvent& event : batch->events) {
      if (has_post(event.op)) {
        wanted.emplace_back(event.post, static_cast<std::uint32_t>(events_.size()));
      }
      const auto depends_on = [&](const KeyedHash& other) {
        if (is_known(other)) wanted.emplace_back(other, kNoEvent);
      };
      if (event.asks_parent) depends_on(parent_of(event.references));
      depends_on(event.references.original);
      events_.push_back({&event, batch, number, 0});
    }
  }
  // As bytes, the way RocksDB orders them; char has a sign here.
  std::sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) {
    const int order = view(a.first).compare(view(b.first));
    return order != 0 ? order < 0 : a.second < b.second;
  });
  for (const auto& [key, event] : wanted) {
    if (posts_.empty() || posts_.back().key != key) posts_.emplace_back().key = key;
    if (event != kNoEvent) events_[event].slot = static_cast<std::uint32_t>(posts_.size() - 1);
  }
  if (posts_.empty()) return {};
  std::vector<rocksdb::Slice> keys(posts_.size());
  std::vector<rocksdb::PinnableSlice> values(posts_.size());
  std::vector<rocksdb::Status> statuses(posts_.size());
  for (std::size_t i = 0; i < posts_.size(); ++i) keys[i] = to_slice(view(posts_[i].key));
  database_.db().MultiGet(rocksdb::ReadOptions(), database_.family(Family::posts), keys.size(),
                          keys.data(), values.data(), statuses.data(), true);
  for (std::size_t i = 0; i < posts_.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return to_error(statuses[i], "looking up posts");
    const auto summary = summary_of_post(to_view(values[i]));
    if (!summary) return damaged("index of posts");
    posts_[i].known = summary->tombstone ? Known::tombstone : Known::live;
    posts_[i].erased = summary->erased;
    posts_[i].content = summary->content;
    posts_[i].stored = values[i].ToString();
  }
  return {};
}

Result<void> CommitPlan::apply(const Event& event) {
  loss_ = loss_of(*event.event, erases_);
  if (event.event->stored_seq != 0) return apply_rescore(event);
  switch (event.event->op) {
    case PostOp::create:
    case PostOp::update:
      return apply_write(event);
    case PostOp::remove:
      return remove(posts_[event.slot], false);
    case PostOp::delete_author:
      return delete_author(event.event->author);
    case PostOp::hide_author:
      return set_hidden(event.event->author, true);
    case PostOp::show_author:
      return set_hidden(event.event->author, false);
  }
  CHECK(false, "an event is none of the operations");
}

Result<void> CommitPlan::apply_write(const Event& event) {
  PostSlot& slot = posts_[event.slot];
  if (slot.known == Known::tombstone) return {};
  const auto author = state_of(event.event->author);
  if (!author) return author.error();
  if (*author == AuthorState::deleted) return {};
  const auto repeats = repeats_erased(*event.event);
  if (!repeats) return repeats.error();
  if (*repeats) return slot.known == Known::unknown ? Result<void>() : remove(slot, true);
  if (slot.known == Known::unknown) {
    if (event.event->mention_count == 0) return {};
    return store_mentions(event, slot);
  }
  if (event.event->op == PostOp::create || event.event->content == slot.content) {
    ++outcome_->duplicates;
    return {};
  }
  const auto replaced = purge(slot);
  if (!replaced) return replaced.error();
  ++outcome_->updated;
  return store_mentions(event, slot);
}

Result<void> CommitPlan::store_mentions(const Event& event, PostSlot& slot) {
  const PreparedEvent& made = *event.event;
  auto past = past_of(made);
  if (!past) return past.error();
  slot.known = Known::live;
  slot.changed = true;
  slot.content = made.content;
  slot.stored.clear();
  slot.event = &made;
  slot.first_added = static_cast<std::uint32_t>(added_.size());
  slot.added = made.mention_count;
  CHECK(made.first_mention + std::size_t{made.mention_count} <= event.batch->mentions.size(),
        "an event names mentions that its batch does not have");
  for (std::uint32_t i = 0; i < made.mention_count; ++i) {
    const auto added = add_mention(event.batch->mentions[made.first_mention + i], made, *past);
    if (!added) return added.error();
  }
  return {};
}

// At the end of the feed.
Result<void> CommitPlan::add_mention(const PreparedMention& mention, const PreparedEvent& event,
                                     Past& past) {
  const auto ready = ready_windows();
  if (!ready) return ready.error();
  if (outcome_->first_seq == 0) outcome_->first_seq = next_seq_;
  outcome_->last_seq = next_seq_;
  ++outcome_->mentions;
  Added& added = added_.emplace_back();
  added.mention = &mention;
  added.event = &event;
  added.brand = number_of(mention.brand);
  added.seq = next_seq_++;
  return settle(past, added);
}

// Also for posts that were never seen: the delete may come before the post.
Result<void> CommitPlan::remove(PostSlot& slot, bool erased) {
  if (slot.known == Known::tombstone) return {};
  const auto mentions = purge(slot);
  if (!mentions) return mentions.error();
  outcome_->deleted += *mentions;
  slot.known = Known::tombstone;
  slot.erased = erased;
  slot.changed = true;
  return {};
}

FeedChange CommitPlan::change() const {
  FeedChange change;
  change.last_seq = last_seq();
  change.rewrites = !rescored_.empty() || !changed_states_.empty() || !to_forget_.empty();
  change.withdrawn.reserve(purged_.size());
  for (const Purged& purged : purged_) {
    change.withdrawn.push_back({purged.row.seq, to_hex(view(purged.facts.id)),
                                state_.brands.name(purged.row.brand), purged.loss});
  }
  return change;
}

// Takes the mentions of a post out, stored ones or ones that this commit was about to add.
Result<std::uint64_t> CommitPlan::purge(PostSlot& slot) {
  if (slot.known != Known::live) return std::uint64_t{0};
  if (slot.event != nullptr) {
    for (std::uint32_t i = 0; i < slot.added; ++i) {
      Added& added = added_[slot.first_added + i];
      added.alive = false;
      state_.copies.remove(added.seq);
      state_.bursts.remove(added.seq);
    }
    slot.event = nullptr;
    return std::uint64_t{slot.added};
  }
  const auto post = decode_post(slot.stored);
  if (!post) return damaged("index of posts");
  for (const PostMention& mention : post->mentions) {
    const auto purged = purge_stored(*post, mention);
    if (!purged) return purged.error();
  }
  slot.stored.clear();
  return std::uint64_t{post->mentions.size()};
}

Result<void> CommitPlan::purge_stored(const PostEntry& post, const PostMention& mention) {
  Purged purged;
  purged.row = {mention.brand, post.author, post.created_at, mention.seq};
  purged.reply_author = post.reply_author;
  purged.references = post.references;
  purged.loss = loss_;
  const auto value = database_.get(Family::mentions, view(row_key(purged.row)));
  if (!value) return value.error();
  const auto facts = *value ? decode_row(**value) : std::nullopt;
  if (!facts) return damaged("row of mention " + std::to_string(mention.seq));
  purged.facts = *facts;
  purged_.push_back(purged);
  state_.copies.remove(mention.seq);
  state_.bursts.remove(mention.seq);
  return {};
}

Result<AuthorState> CommitPlan::state_of(const KeyedHash& author) {
  if (!is_known(author)) return AuthorState::present;
  if (!states_.empty()) {
    const auto known = states_.find(author);
    if (known != states_.end()) return known->second;
  }
  return state_.author_state(database_, author);
}

Result<CommitPlan::PostSlot*> CommitPlan::slot_of(const KeyedHash& post) {
  const auto found = std::lower_bound(
      posts_.begin(), posts_.end(), post,
      [](const PostSlot& slot, const KeyedHash& key) { return view(slot.key) < view(key); });
  if (found != posts_.end() && found->key == post) return &*found;
  const auto [other, made] = other_posts_.try_emplace(post);
  PostSlot& slot = other->second;
  if (!made) return &slot;
  slot.key = post;
  const auto value = database_.get(Family::posts, view(post));
  if (!value) return value.error();
  if (!*value) return &slot;
  const auto summary = summary_of_post(**value);
  if (!summary) return damaged("index of posts");
  slot.known = summary->tombstone ? Known::tombstone : Known::live;
  slot.erased = summary->erased;
  slot.content = summary->content;
  slot.stored = **value;
  return &slot;
}

BrandNumber CommitPlan::number_of(std::string_view brand) {
  if (brand == last_brand_ && last_brand_number_ != 0) return last_brand_number_;
  last_brand_ = brand;
  if (const auto known = state_.brands.find(brand)) return last_brand_number_ = *known;
  if (next_brand_ == 0) next_brand_ = state_.brands.next();
  const auto [made, fresh] = new_brands_.try_emplace(std::string(brand), next_brand_);
  if (fresh) ++next_brand_;
  return last_brand_number_ = made->second;
}

}  // namespace passaparola::store
