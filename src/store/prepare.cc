// What the workers do: keys and values of a post and its mentions, ready for the writer.
#include "core/check.h"
#include "store/mention_codec.h"
#include "store/parent.h"
#include "store/row_codec.h"
#include "store/threads.h"

namespace passaparola::store {
namespace {

// Whether there is a post that what the mentions say may depend on.
bool has_parent(const PostView& post) {
  return !post.reply_to_id.empty() || (post.kind == PostKind::quote && !post.quote_id.empty());
}

// Of somebody who answers, the thread is the one that they name, else what they answer.
Ties ties_of(const PostView& post, const PreparedEvent& event, const HashKey& key) {
  Ties ties;
  ties.post = ties.thread = first_bytes(event.post);
  const std::string_view thread = post.thread.empty() ? post.reply_to_id : post.thread;
  if (!thread.empty()) ties.thread = first_bytes(keyed_hash(key, post.source, thread));
  if (is_known(event.reply_author) && event.reply_author != event.author) {
    ties.answered = static_cast<std::uint16_t>(first_bytes(event.reply_author) | 1);
  }
  return ties;
}

}  // namespace

void PreparedBatch::clear() {
  arena.reset();
  events.clear();
  mentions.clear();
  cursors.clear();
}

std::size_t PreparedBatch::bytes() const {
  std::size_t total = 0;
  for (const PreparedMention& mention : mentions) total += mention.value.size();
  for (const PreparedEvent& event : events) total += event.author_record.size();
  return total;
}

void Preparer::prepare(const PostView& post, std::span<const Mention> mentions,
                       PreparedBatch& out) const {
  if (post.op == PostOp::create && mentions.empty()) return;
  add(post, 0, mentions, out);
}

void Preparer::prepare_again(const PostView& post, std::uint64_t seq,
                             std::span<const Mention> mentions, PreparedBatch& out) const {
  CHECK(seq != 0, "what is stored has a seq");
  add(post, seq, mentions, out);
}

void Preparer::add(const PostView& post, std::uint64_t stored_seq,
                   std::span<const Mention> mentions, PreparedBatch& out) const {
  const bool writes = post.op == PostOp::create || post.op == PostOp::update;
  CHECK(writes || mentions.empty(), "only a create or an update has mentions");
  PreparedEvent event;
  event.op = post.op;
  event.stored_seq = stored_seq;
  event.created_at = post.created_at;
  if (!post.id.empty()) event.post = keyed_hash(key_, post.source, post.id);
  if (!post.author.id.empty()) event.author = keyed_hash(key_, post.source, post.author.id);
  if (writes) {
    event.content = content_of(post);
    if (!post.reply_to_author_id.empty()) {
      event.reply_author = keyed_hash(key_, post.source, post.reply_to_author_id);
    }
    if (is_known(event.author)) event.author_record = encode_record(post, out.arena);
    event.references = references_of(key_, post);
    event.reposts = !post.repost_of.empty();
  }
  event.first_mention = static_cast<std::uint32_t>(out.mentions.size());
  event.mention_count = static_cast<std::uint32_t>(mentions.size());
  const Ties ties = mentions.empty() ? Ties{} : ties_of(post, event, key_);
  bool asks_parent = false;
  for (const Mention& mention : mentions) {
    PreparedMention& prepared = out.mentions.emplace_back();
    prepared.brand = out.arena.copy(mention.brand);
    prepared.value = encode_mention(mention, out.arena);
    prepared.facts = facts_of(mention);
    prepared.facts.seq = 0;
    prepared.facts.ties = ties;
    const auto id = parse_mention_id(mention_id(post.source, post.id, mention.brand));
    CHECK(id.has_value(), "a mention id is 32 hexadecimal digits");
    prepared.id = *id;
    if (post.nps && *post.nps >= 0 && *post.nps <= 10) {
      prepared.nps = static_cast<std::int8_t>(*post.nps);
    }
    prepared.depends_on_parent = depends_on_parent(mention);
    prepared.may_answer_seeker = may_answer_seeker(mention);
    asks_parent |= prepared.depends_on_parent || prepared.may_answer_seeker;
  }
  event.asks_parent = asks_parent && has_parent(post);
  out.events.push_back(event);
}

}  // namespace passaparola::store
