// The part of a commit that scores stored posts again: each mention is compared with what is stored
// and replaced in place, taken away, or added at the end.
#include <rocksdb/write_batch.h>

#include <algorithm>

#include "core/correction.h"
#include "store/correction_codec.h"
#include "store/mention_codec.h"
#include "store/plan.h"

namespace passaparola::store {
namespace {

// Whether the post was stored before the mention `seq` was.
bool was_there(const EarlierPost& post, std::uint64_t seq) {
  return std::any_of(post.mentions.begin(), post.mentions.end(),
                     [&](const EarlierMention& mention) { return mention.seq < seq; });
}

bool lists(std::span<const PostMention> mentions, BrandNumber brand) {
  return std::any_of(mentions.begin(), mentions.end(),
                     [&](const PostMention& mention) { return mention.brand == brand; });
}

}  // namespace

Result<void> CommitPlan::apply_rescore(const Event& event) {
  PostSlot& slot = posts_[event.slot];
  Rescore rescore;
  const auto found = find_stored(event, slot, rescore);
  if (!found) return found.error();
  if (!*found) return {};
  ++outcome_->looked_at;
  const auto asked = ask_past(rescore);
  if (!asked) return asked.error();
  const auto again = std::span(event.batch->mentions)
                         .subspan(event.event->first_mention, event.event->mention_count);
  std::vector<PostMention> listed;
  const auto removed = compare_stored(rescore, again, listed);
  if (!removed) return removed.error();
  const auto added = add_new(rescore, again, listed);
  if (!added) return added.error();
  if (!*removed && !*added) return {};
  rescore.post.mentions = std::move(listed);
  if (rescore.post.mentions.empty()) rescore.post.references = {};  // they are those of mentions
  slot.stored.clear();
  encode_post(rescore.post, slot.stored);
  slot.changed = true;
  return {};
}

// False: there is nothing to score, or it was done where the feed has the post for the first time.
Result<bool> CommitPlan::find_stored(const Event& event, const PostSlot& slot, Rescore& rescore) {
  if (slot.known != Known::live) return false;
  auto post = decode_post(slot.stored);
  if (!post) return damaged("index of posts");
  const auto state = state_of(post->author);
  if (!state) return state.error();
  if (*state != AuthorState::present) return false;
  bool is_it = false;
  for (const PostMention& mention : post->mentions) {
    auto value = database_.get(Family::feed, view(feed_key(mention.seq)));
    if (!value) return value.error();
    if (*value && mention.seq < event.event->stored_seq) return false;
    is_it |= *value && mention.seq == event.event->stored_seq;
    rescore.values.push_back(std::move(*value).value_or(std::string()));
  }
  if (!is_it) return false;
  // Of whom it answers and quotes the text says nothing any more once they are erased.
  PreparedEvent& known = rescored_events_.emplace_back(*event.event);
  known.author = post->author;
  known.reply_author = post->reply_author;
  known.references = post->references;
  known.created_at = post->created_at;
  rescore.event = &known;
  rescore.post = *std::move(post);
  return true;
}

// Only posts that were there when this one came are asked. One that is there and mentions nobody
// any more is as if it had never been stored.
Result<void> CommitPlan::ask_past(Rescore& rescore) {
  auto past = past_of(*rescore.event);
  if (!past) return past.error();
  const std::uint64_t seq = rescore.event->stored_seq;
  if (past->original && !was_there(*past->original, seq)) past->original.reset();
  const bool mentions_nobody = past->parent && past->parent->mentions.empty();
  if (past->parent && !was_there(*past->parent, seq)) {
    past->parent.reset();
    past->parent_seeks = false;
  }
  rescore.keeps_acts = !past->parent && !mentions_nobody;
  rescore.past = *std::move(past);
  return {};
}

// The stored mentions that stay come into `listed`. True: some do not.
Result<bool> CommitPlan::compare_stored(Rescore& rescore, std::span<const PreparedMention> found,
                                        std::vector<PostMention>& listed) {
  const auto& stored = rescore.post.mentions;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const auto again = std::find_if(found.begin(), found.end(), [&](const PreparedMention& one) {
      return number_of(one.brand) == stored[i].brand;
    });
    const bool has_text = !rescore.values[i].empty();
    if (has_text && again == found.end()) {
      const auto purged = purge_stored(rescore.post, stored[i]);
      if (!purged) return purged.error();
      ++outcome_->deleted;
      continue;
    }
    listed.push_back(stored[i]);
    if (!has_text) continue;
    const auto replaced = replace(rescore, stored[i], rescore.values[i], *again);
    if (!replaced) return replaced.error();
  }
  return listed.size() != stored.size();
}

// True: there are some.
Result<bool> CommitPlan::add_new(Rescore& rescore, std::span<const PreparedMention> found,
                                 std::vector<PostMention>& listed) {
  bool any = false;
  for (const PreparedMention& mention : found) {
    const BrandNumber brand = number_of(mention.brand);
    if (lists(rescore.post.mentions, brand)) continue;
    const auto added = add_mention(mention, *rescore.event, rescore.past);
    if (!added) return added.error();
    rescored_[added_.back().seq] = added_.size() - 1;
    listed.push_back({brand, added_.back().seq});
    any = true;
  }
  return any;
}

// Puts a mention into the place of the stored one, unless it is the same.
Result<void> CommitPlan::replace(Rescore& rescore, const PostMention& stored,
                                 std::string_view value, const PreparedMention& again) {
  Added added;
  added.mention = &again;
  added.event = rescore.event;
  added.brand = stored.brand;
  added.seq = stored.seq;
  const auto settled = settle_again(rescore, value, added);
  if (!settled) return settled.error();
  if (added.value() == value) {
    settled_.pop_back();
    return {};
  }
  const PostEntry& post = rescore.post;
  Purged& before = replaced_.emplace_back();
  before.row = {stored.brand, post.author, post.created_at, stored.seq};
  before.loss = loss_;
  const auto bytes = database_.get(Family::mentions, view(row_key(before.row)));
  if (!bytes) return bytes.error();
  const auto row = *bytes ? decode_row(**bytes) : std::nullopt;
  if (!row) return damaged("row of mention " + std::to_string(stored.seq));
  before.facts = *row;
  // The text may not say any more whom it answers.
  if (row->facts.ties.thread != 0) settled_.back().facts.ties = row->facts.ties;
  value_.clear();
  encode_row({added.facts(), again.nps, added.event->post, again.id}, value_);
  added.row_stays = value_ == **bytes;
  added.replaces = &before;
  rescored_[added.seq] = added_.size();
  added_.push_back(added);
  ++outcome_->rescored;
  return {};
}

// Whether a mention tells a profile who the author is. What is found in an old post may be older
// than what the profile has.
Result<bool> CommitPlan::names_author(const AuthorKey& key, const Added& newest) {
  if (newest.event->stored_seq == 0 || profiles_gone_.contains(key)) return true;
  const auto value = database_.get(Family::mentions, view(key));
  if (!value) return value.error();
  if (!*value) return true;
  const auto profile = decode_profile(**value);
  if (!profile) return damaged("profile of an author");
  return profile->last_seen <= newest.event->created_at;
}

// What a person said of a mention stays; beside it is what the program says.
Result<void> CommitPlan::write_corrections(rocksdb::WriteBatch& out) {
  if (!state_.has_corrections) return {};
  for (const Added& added : added_) {
    if (added.replaces == nullptr) continue;
    const auto value = database_.get(Family::corrections, view(added.mention->id));
    if (!value) return value.error();
    if (!*value) continue;
    auto correction = decode_correction(**value);
    if (!correction) return damaged("correction of mention " + std::to_string(added.seq));
    if (correction->mention.seq != added.seq) continue;
    arena_.reset();
    const auto mention = decode_mention(added.seq, added.value(), arena_);
    if (!mention) return mention.error();
    correction->mention.label = mention->sentiment.label;
    correction->mention.acts = acts_of(*mention);
    correction->mention.lang = mention->lang;
    value_.clear();
    encode_correction(*correction, value_);
    out.Put(database_.family(Family::corrections), to_slice(view(added.mention->id)), value_);
  }
  return {};
}

}  // namespace passaparola::store
