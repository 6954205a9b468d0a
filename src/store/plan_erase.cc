// The part of a commit that makes people go: all of their own, and what others say again of it.
#include <rocksdb/iterator.h>

#include <algorithm>

#include "store/author_brands.h"
#include "store/desk_codec.h"
#include "store/erasure.h"
#include "store/mention_codec.h"
#include "store/plan.h"
#include "store/threads.h"

namespace passaparola::store {

Result<void> CommitPlan::delete_author(const KeyedHash& author) {
  if (!is_known(author)) return {};
  const auto before = state_of(author);
  if (!before) return before.error();
  if (*before == AuthorState::deleted) return note_erasure(author, 0, 0);
  std::set<KeyedHash> posts;
  const auto brands = collect_posts_of(author, posts);
  if (!brands) return brands.error();
  const std::uint64_t deleted_before = outcome_->deleted;
  std::vector<KeyedHash> todo(posts.begin(), posts.end());
  while (!todo.empty()) {
    const KeyedHash post = todo.back();
    todo.pop_back();
    const auto slot = slot_of(post);
    if (!slot) return slot.error();
    const auto removed = remove(**slot, true);
    if (!removed) return removed.error();
    const auto repeated = forget_words_of(post, todo);
    if (!repeated) return repeated.error();
  }
  states_[author] = AuthorState::deleted;
  changed_states_.insert(author);
  auto dropped = drop_responses_to(author);
  if (dropped) dropped = drop_ranks_of(author);
  if (dropped) dropped = drop_revisions_of(author);
  if (!dropped) return dropped;
  return note_erasure(author, outcome_->deleted - deleted_before, *brands);
}

// Whoever asked for an erasure is told what it was; deletes that a feed brings are none.
Result<void> CommitPlan::note_erasure(const KeyedHash& author, std::uint64_t mentions,
                                      std::uint64_t brands) {
  if (!erases_) return {};
  ErasureProof proof{author, mentions, brands, now(), false};
  const auto under_way = database_.get(Family::meta, erasing_key(author));
  if (!under_way) return under_way.error();
  if (!*under_way) erasures_.try_emplace(author, proof);
  return {};
}

// Gives how many brands have stored mentions of the author.
Result<std::uint64_t> CommitPlan::collect_posts_of(const KeyedHash& author,
                                                   std::set<KeyedHash>& posts) {
  for (const PostSlot& slot : posts_) {
    // One without mentions is not found once it is stored, so that it is none here either.
    const bool mentions = slot.event != nullptr && slot.added != 0;
    if (mentions && slot.event->author == author) posts.insert(slot.key);
  }
  const auto brands = brands_of_author(database_, author);
  if (!brands) return brands.error();
  std::uint64_t with_mentions = 0;
  const auto scan = database_.scan(Family::mentions);
  for (const BrandNumber brand : *brands) {
    const AuthorKey prefix = author_key(brand, author);
    bool any = false;
    for (scan->Seek(rows_begin(view(prefix)));
         scan->Valid() && scan->key().starts_with(to_slice(view(prefix))); scan->Next()) {
      const auto row = decode_row(to_view(scan->value()));
      if (!row) return damaged("row of an author");
      any = true;
      // A post that this commit has given to somebody else stays theirs.
      const auto slot = slot_of(row->post);
      if (!slot) return slot.error();
      if ((*slot)->event == nullptr && (*slot)->known == Known::live) posts.insert(row->post);
    }
    if (!scan->status().ok()) return to_error(scan->status(), "reading an author's mentions");
    with_mentions += any;
  }
  return with_mentions;
}

// What others repeat of a post that goes because of who wrote it: a repost goes too, and is put to
// `posts`, a quote loses the text.
Result<void> CommitPlan::forget_words_of(const KeyedHash& post, std::vector<KeyedHash>& posts) {
  for (const PostSlot& slot : posts_) {
    if (slot.event == nullptr || slot.event->references.original != post) continue;
    if (slot.known == Known::live && slot.added != 0) posts.push_back(slot.key);
  }
  const auto scan = database_.scan(Family::threads);
  for (scan->Seek(to_slice(view(post)));
       scan->Valid() && scan->key().starts_with(to_slice(view(post))); scan->Next()) {
    const auto seq = thread_seq(to_view(scan->key()));
    const auto kinds = thread_kinds(to_view(scan->value()));
    if (!seq || !kinds) return damaged("index of threads");
    if ((*kinds & kQuotes) != 0) to_forget_[*seq] |= kForgetQuote;
    if ((*kinds & kReposts) == 0) continue;
    const auto repost = post_of(*seq);
    if (!repost) return repost.error();
    if (!*repost) continue;
    const auto slot = slot_of(**repost);
    if (!slot) return slot.error();
    // One that this commit has edited says what its edit says.
    if ((*slot)->event == nullptr && (*slot)->known == Known::live) posts.push_back(**repost);
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading a thread");
  return {};
}

// nullopt: its text is gone already.
Result<std::optional<KeyedHash>> CommitPlan::post_of(std::uint64_t seq) {
  const auto value = database_.get(Family::feed, view(feed_key(seq)));
  if (!value) return value.error();
  if (!*value) return std::optional<KeyedHash>();
  arena_.reset();
  const auto mention = decode_mention(seq, **value, arena_);
  if (!mention) return mention.error();
  return std::optional(keyed_hash(state_.key, mention->post.source, mention->post.id));
}

// Whether a post is nothing but the words of somebody who was deleted.
Result<bool> CommitPlan::repeats_erased(const PreparedEvent& event) {
  return is_known(event.references.original) ? is_erased(event.references.original)
                                             : Result<bool>(false);
}

Result<bool> CommitPlan::is_erased(const KeyedHash& post) {
  if (!is_known(post)) return false;
  if (state_.barred.empty() && changed_states_.empty()) return false;  // nobody is
  const auto slot = slot_of(post);
  if (!slot) return slot.error();
  return (*slot)->known == Known::tombstone && (*slot)->erased;
}

// Where the author stands in rankings, at once: it is not left to the next update.
Result<void> CommitPlan::drop_ranks_of(const KeyedHash& author) {
  state_.erasures.fetch_add(1);
  const auto brands = brands_of_author(database_, author);
  if (!brands) return brands.error();
  const auto scan = database_.scan(Family::ranks);
  for (const BrandNumber brand : *brands) {
    const std::string key = rank_entry_key(brand, author);
    const auto stored = database_.get(Family::ranks, key);
    if (!stored) return stored.error();
    if (*stored) {
      const auto rank = decode_rank(**stored);
      if (!rank) return damaged("ranking");
      dropped_ranks_.push_back(key);
      dropped_ranks_.push_back(rank_place_key(brand, rank->list, rank->value, author));
      dropped_ranks_.push_back(rank_due_key(brand, rank->due, author));
    }
    const std::string marks =
        rank_prefix(RankKind::mark, brand).append(author.data(), author.size());
    for (scan->Seek(marks); scan->Valid() && scan->key().starts_with(marks); scan->Next()) {
      dropped_ranks_.push_back(scan->key().ToString());
    }
    if (!scan->status().ok()) return to_error(scan->status(), "reading ranks");
  }
  return {};
}

// What was told of them, also of brands that nothing of them is left with.
Result<void> CommitPlan::drop_revisions_of(const KeyedHash& author) {
  const std::string prefix = revised_by_prefix(author);
  const auto scan = database_.scan(Family::ranks);
  for (scan->Seek(prefix); scan->Valid() && scan->key().starts_with(prefix); scan->Next()) {
    const std::string key = revision_of(to_view(scan->key()));
    if (key.empty()) return damaged("ranking");
    dropped_ranks_.push_back(scan->key().ToString());
    dropped_ranks_.push_back(key);
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading ranks");
  return {};
}

// The rows of answers to a deleted author go, and what the answers themselves say of whom they
// answer.
Result<void> CommitPlan::drop_responses_to(const KeyedHash& author) {
  const auto brands = brands_of_author(database_, author);
  if (!brands) return brands.error();
  const auto scan = database_.scan(Family::responses);
  for (const BrandNumber brand : *brands) {
    const AuthorKey prefix = author_key(brand, author);
    for (scan->Seek(to_slice(view(prefix)));
         scan->Valid() && scan->key().starts_with(to_slice(view(prefix))); scan->Next()) {
      const auto row = parse_row_key(to_view(scan->key()));
      if (!row) return damaged("row of an answer");
      dropped_responses_.emplace(scan->key().ToString(), Loss::none);  // theirs, who are gone
      to_forget_[row->seq] |= kForgetAnswered;
    }
    if (!scan->status().ok()) return to_error(scan->status(), "reading answers to an author");
  }
  return {};
}

Result<void> CommitPlan::set_hidden(const KeyedHash& author, bool hidden) {
  if (!is_known(author)) return {};
  const auto before = state_of(author);
  if (!before) return before.error();
  const AuthorState after = hidden ? AuthorState::hidden : AuthorState::present;
  if (*before == AuthorState::deleted || *before == after) return {};
  states_[author] = after;
  changed_states_.insert(author);
  return mark_answered_by(author);
}

// Answers of somebody hidden do not count: whom they answered is to be judged again. What this
// commit adds leaves marks of its own.
Result<void> CommitPlan::mark_answered_by(const KeyedHash& author) {
  const auto brands = brands_of_author(database_, author);
  if (!brands) return brands.error();
  const auto scan = database_.scan(Family::mentions);
  for (const BrandNumber brand : *brands) {
    if (!state_.ranked.contains(brand)) continue;
    const AuthorKey prefix = author_key(brand, author);
    for (scan->Seek(rows_begin(view(prefix)));
         scan->Valid() && scan->key().starts_with(to_slice(view(prefix))); scan->Next()) {
      const auto row = decode_row(to_view(scan->value()));
      if (!row) return damaged("row of an author");
      const auto value = database_.get(Family::posts, view(row->post));
      if (!value) return value.error();
      const auto post = *value ? decode_post(**value) : std::nullopt;
      if (post && is_known(post->reply_author)) mark_rank(brand, post->reply_author, loss_);
    }
    if (!scan->status().ok()) return to_error(scan->status(), "reading an author's mentions");
  }
  return {};
}

// Of mentions that are gone; one that was edited has its id again.
void CommitPlan::erase_triage(const std::vector<std::pair<MentionId, std::uint64_t>>& added,
                              rocksdb::WriteBatch& out) {
  for (const Purged& purged : purged_) {
    const auto at = std::lower_bound(
        added.begin(), added.end(), purged.facts.id,
        [](const auto& one, const MentionId& id) { return view(one.first) < view(id); });
    if (at != added.end() && at->first == purged.facts.id) continue;
    erase(Family::desk, triage_key(purged.facts.id), out);
  }
}

}  // namespace passaparola::store
