// The part of a commit that asks the past: what an answer's acts owe to the post that is answered,
// and which earlier mentions say the same. Asked mention by mention in feed order, so that it makes
// no difference which of the posts came with the same commit.
#include <rocksdb/iterator.h>

#include <algorithm>

#include "core/hash.h"
#include "store/mention_codec.h"
#include "store/penalise.h"
#include "store/plan.h"
#include "store/threads.h"

namespace passaparola::store {

// Before the first mention is added, so that nothing of this commit is in the feed yet but what it
// has purged.
Result<void> CommitPlan::ready_windows() {
  if (only_counts_ || state_.copies.is_ready()) return {};
  const auto filled = fill_windows();
  if (!filled) return filled.error();
  for (const Purged& purged : purged_) {
    state_.copies.remove(purged.row.seq);
    state_.bursts.remove(purged.row.seq);
  }
  return {};
}

// From the feed, where what was purged is not.
Result<void> CommitPlan::fill_windows() {
  state_.copies.begin_anew();
  state_.bursts.begin_anew();
  const std::uint64_t last = next_seq_ - 1;
  const std::uint64_t first = last > kCopyWindowMentions ? last - kCopyWindowMentions + 1 : 1;
  const auto scan = database_.scan(Family::feed);
  for (scan->Seek(to_slice(view(feed_key(first)))); scan->Valid(); scan->Next()) {
    const std::uint64_t seq = seq_of(to_view(scan->key()));
    if (seq > last) break;
    arena_.reset();
    const auto mention = decode_mention(seq, to_view(scan->value()), arena_);
    if (!mention) return mention.error();
    const auto brand = state_.brands.find(mention->brand);
    if (!brand) return damaged("list of brands");
    const PostView& post = mention->post;
    CopyTraits traits;
    traits.brand = *brand;
    traits.fingerprint = mention->fingerprint;
    if (!post.author.id.empty()) {
      traits.author = first_bytes(keyed_hash(state_.key, post.source, post.author.id));
    }
    traits.created_at = post.created_at;
    traits.id = *parse_mention_id(mention_id(post.source, post.id, mention->brand));
    traits.own_words = is_own_words(post.kind, !post.repost_of.empty());
    state_.copies.add(seq, traits);
    if (may_burst(post.kind, !post.repost_of.empty(), !post.reply_to_id.empty())) {
      state_.bursts.add(seq, {*brand, traits.author, post.created_at});
    }
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading the feed");
  return {};
}

Result<Past> CommitPlan::past_of(const PreparedEvent& event) {
  Past past;
  if (event.asks_parent && is_known(parent_of(event.references))) {
    auto parent = earlier_post(parent_of(event.references));
    if (!parent) return parent.error();
    past.parent = std::move(*parent);
  }
  if (is_known(event.references.original)) {
    auto original = earlier_post(event.references.original);
    if (!original) return original.error();
    past.original = std::move(*original);
  }
  if (!past.parent) return past;
  auto& mentions = past.parent->mentions;
  for (std::size_t i = 0; i < std::min(mentions.size(), kMaxParentMentions); ++i) {
    const auto done = read(*past.parent, mentions[i]);
    if (!done) return done.error();
    const MentionFacts& facts = mentions[i].facts;
    past.parent_seeks |= std::any_of(facts.acts.begin(), facts.acts.begin() + facts.act_count,
                                     [](const ActFact& act) { return act.act == Act::seek; });
  }
  return past;
}

// nullopt also for a deleted post, and for one whose author is hidden.
Result<std::optional<EarlierPost>> CommitPlan::earlier_post(const KeyedHash& post) {
  const auto slot = slot_of(post);
  if (!slot) return slot.error();
  const PostSlot& found = **slot;
  std::optional<EarlierPost> earlier;
  if (found.known != Known::live) return earlier;
  earlier.emplace();
  if (found.event != nullptr) {
    earlier->author = found.event->author;
    earlier->created_at = found.event->created_at;
    for (std::uint32_t i = 0; i < found.added; ++i) {
      const Added& added = added_[found.first_added + i];
      earlier->mentions.push_back({added.brand, added.seq, added.facts(), added.mention->id, true});
    }
  } else {
    const auto entry = decode_post(found.stored);
    if (!entry) return damaged("index of posts");
    earlier->author = entry->author;
    earlier->created_at = entry->created_at;
    for (const PostMention& mention : entry->mentions) {
      earlier->mentions.push_back({mention.brand, mention.seq, {}, {}, false});
    }
  }
  const auto state = state_of(earlier->author);
  if (!state) return state.error();
  if (*state != AuthorState::present) earlier.reset();
  return earlier;
}

// Null when the post has no mention of `brand`.
Result<EarlierMention*> CommitPlan::mention_of(EarlierPost& post, BrandNumber brand) {
  for (EarlierMention& mention : post.mentions) {
    if (mention.brand != brand) continue;
    const auto done = read(post, mention);
    if (!done) return done.error();
    return &mention;
  }
  return nullptr;
}

Result<void> CommitPlan::read(const EarlierPost& post, EarlierMention& mention) {
  if (mention.is_read) return {};
  if (const auto again = rescored_.find(mention.seq); again != rescored_.end()) {
    const Added& added = added_[again->second];
    mention.facts = added.facts();
    mention.id = added.mention->id;
    mention.is_read = true;
    return {};
  }
  const RowKey key = row_key({mention.brand, post.author, post.created_at, mention.seq});
  const auto value = database_.get(Family::mentions, view(key));
  if (!value) return value.error();
  const auto row = *value ? decode_row(**value) : std::nullopt;
  if (!row) return damaged("row of mention " + std::to_string(mention.seq));
  mention.facts = row->facts;
  mention.id = row->id;
  mention.is_read = true;
  return {};
}

Result<void> CommitPlan::settle(Past& past, Added& added) {
  const auto parent = parent_for(past, added);
  if (!parent) return parent.error();
  const auto copies = only_counts_ ? Result<CopiesFound>({}) : copies_of(past, added);
  if (!copies) return copies.error();
  const BurstFound burst = only_counts_ ? BurstFound{} : burst_of(added);
  if (!*parent && copies->known == 0 && burst.others == 0) return {};
  arena_.reset();
  auto mention = decode_mention(0, added.mention->value, arena_);
  if (!mention) return mention.error();
  bool changed = *parent && settle_acts(**parent, *mention, arena_);
  if (copies->known != 0) {
    note_copies(*copies, is_own_words(mention->post.kind, !mention->post.repost_of.empty()),
                *mention, arena_);
    changed = true;
  }
  if (burst.others != 0) {
    note_burst(burst, *mention, arena_);
    changed = true;
  }
  if (!changed) return {};
  Settled& settled = settled_.emplace_back();
  encode_mention(*mention, settled.value);
  settled.facts = facts_of(*mention);
  settled.facts.ties = added.mention->facts.ties;
  added.settled = &settled;
  return {};
}

// A stored mention that is scored again. Its company stays as it was found; the parent has been
// scored again, too.
Result<void> CommitPlan::settle_again(Rescore& rescore, std::string_view stored, Added& added) {
  const auto parent = parent_for(rescore.past, added);
  if (!parent) return parent.error();
  arena_.reset();
  const auto before = decode_mention(added.seq, stored, arena_);
  if (!before) return before.error();
  auto mention = decode_mention(0, added.mention->value, arena_);
  if (!mention) return mention.error();
  if (rescore.keeps_acts) {
    keep_acts(*before, *mention, arena_);
  } else if (*parent) {
    settle_acts(**parent, *mention, arena_);
  }
  keep_company(*before, *mention, arena_);
  Settled& settled = settled_.emplace_back();
  encode_mention(*mention, settled.value);
  settled.facts = facts_of(*mention);
  settled.facts.ties = added.mention->facts.ties;
  added.settled = &settled;
  return {};
}

// nullopt: nothing is known of the parent that could make a difference.
Result<std::optional<Parent>> CommitPlan::parent_for(Past& past, const Added& added) {
  std::optional<Parent> parent;
  const PreparedMention& mention = *added.mention;
  if (!past.parent || !(mention.depends_on_parent || mention.may_answer_seeker)) return parent;
  const KeyedHash& author = added.event->author;
  Parent known;
  known.is_own = is_known(author) && author == past.parent->author;
  known.seeks = past.parent_seeks;
  if (mention.depends_on_parent) {
    const auto found = mention_of(*past.parent, added.brand);
    if (!found) return found.error();
    if (*found != nullptr) known.about_brand = (*found)->facts;
  }
  const bool settles = mention.depends_on_parent && (known.is_own || known.about_brand);
  if (settles || known.seeks) parent = known;
  return parent;
}

// The copies of a mention, which is one of those of later mentions from now on.
Result<CopiesFound> CommitPlan::copies_of(Past& past, const Added& added) {
  const PreparedMention& mention = *added.mention;
  const EarlierMention* original = nullptr;
  if (past.original) {
    const auto found = mention_of(*past.original, added.brand);
    if (!found) return found.error();
    original = *found;
  }
  CopyTraits traits;
  traits.brand = added.brand;
  traits.fingerprint = mention.facts.fingerprint;
  traits.author = first_bytes(added.event->author);
  traits.created_at = added.event->created_at;
  traits.id = mention.id;
  traits.own_words = is_own_words(mention.facts.kind, added.event->reposts);
  CopiesFound copies = state_.copies.find(traits, original == nullptr ? 0 : original->seq);
  state_.copies.add(added.seq, traits);
  if (original == nullptr) return copies;
  if (!copies.has_original) ++copies.known;
  copies.earliest = original->id;
  return copies;
}

// Whom a mention keeps company with; it is company of later mentions from now on.
BurstFound CommitPlan::burst_of(const Added& added) {
  const PreparedEvent& event = *added.event;
  const PostKind kind = added.mention->facts.kind;
  if (!may_burst(kind, event.reposts, is_known(event.references.parent))) return {};
  const BurstTraits traits{added.brand, first_bytes(event.author), event.created_at};
  state_.bursts.add(added.seq, traits);
  return state_.bursts.find(traits);
}

}  // namespace passaparola::store
