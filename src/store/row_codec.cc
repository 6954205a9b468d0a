#include "store/row_codec.h"

#include <algorithm>
#include <cmath>

#include "store/bytes.h"

namespace passaparola::store {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kRowVersion = 3, kResponseVersion = 2;
constexpr std::uint8_t kTwoSided = 1, kSpecifics = 2, kAsks = 4, kRegisteredCode = 8;
constexpr std::uint8_t kToOthers = 0x80, kParentFits = 0x40, kActBits = 0x3F;
// What a row has of facts that most have not.
constexpr std::uint8_t kStars = 1, kTopic = 2, kThread = 4, kAnswered = 8, kAccountDays = 16,
                       kAccountPosts = 32;
constexpr float kStarSteps = 50;
static_assert(kActCount <= kActBits);
constexpr std::uint8_t kTombstone = 1, kReply = 2;
constexpr std::size_t kRowBytes = 160, kResponseBytes = 24, kPostBytes = 128, kRevisionBytes = 64;

KeyedHash hash_from(ByteReader& in) {
  KeyedHash hash{};
  const std::string_view bytes = in.raw(hash.size());
  if (in.ok()) std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

// Gives `out` room for `bytes` more, lets `write` fill them and cuts off what was not needed.
template <typename Write>
void append(std::string& out, std::size_t bytes, Write write) {
  const std::size_t before = out.size();
  out.resize(before + bytes);
  ByteWriter writer(out.data() + before);
  write(writer);
  out.resize(static_cast<std::size_t>(writer.position() - out.data()));
}

ByteReader versioned(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != kVersion) in.refuse();
  return in;
}

void write_rarer(const MentionFacts& facts, ByteWriter& to) {
  const Ties& ties = facts.ties;
  const bool other_thread = ties.thread != ties.post;
  to.byte(facts.style);
  to.fixed(facts.lang);
  to.byte(static_cast<std::uint8_t>((facts.stars >= 0 ? kStars : 0) |
                                    (facts.topic != 0 ? kTopic : 0) | (other_thread ? kThread : 0) |
                                    (ties.answered != 0 ? kAnswered : 0) |
                                    (facts.account_days >= 0 ? kAccountDays : 0) |
                                    (facts.account_posts >= 0 ? kAccountPosts : 0)));
  if (facts.stars >= 0) to.byte(static_cast<std::uint8_t>(std::lround(facts.stars * kStarSteps)));
  if (facts.topic != 0) to.fixed(facts.topic);
  if (other_thread) to.fixed(ties.thread);
  if (ties.answered != 0) to.fixed(ties.answered);
  if (facts.account_days >= 0) to.fixed(static_cast<std::uint16_t>(facts.account_days));
  if (facts.account_posts >= 0) to.fixed(static_cast<std::uint32_t>(facts.account_posts));
}

void read_rarer(ByteReader& in, MentionFacts& facts) {
  facts.style = in.byte();
  facts.lang = in.fixed<std::uint16_t>();
  const std::uint8_t has = in.below(64);
  if ((has & kStars) != 0) facts.stars = static_cast<float>(in.byte()) / kStarSteps;
  if ((has & kTopic) != 0) facts.topic = in.fixed<std::uint32_t>();
  if ((has & kThread) != 0) facts.ties.thread = in.fixed<std::uint64_t>();
  if ((has & kAnswered) != 0) facts.ties.answered = in.fixed<std::uint16_t>();
  if ((has & kAccountDays) != 0) facts.account_days = in.fixed<std::uint16_t>();
  if ((has & kAccountPosts) != 0) facts.account_posts = in.fixed<std::uint32_t>();
}

}  // namespace

void encode_row(const MentionRow& row, std::string& out) {
  append(out, kRowBytes, [&](ByteWriter& to) {
    const MentionFacts& facts = row.facts;
    to.byte(kRowVersion);
    to.byte(static_cast<std::uint8_t>(row.nps));
    to.raw(view(row.post));
    to.raw(view(row.id));
    to.fixed(facts.fingerprint);
    to.byte(static_cast<std::uint8_t>(facts.kind));
    to.byte(static_cast<std::uint8_t>(facts.label));
    to.byte(static_cast<std::uint8_t>(
        (facts.two_sided ? kTwoSided : 0) | (facts.specifics ? kSpecifics : 0) |
        (facts.asks ? kAsks : 0) | (facts.registered_code ? kRegisteredCode : 0)));
    to.byte(facts.copies_by_author);
    to.fixed(facts.polarity);
    to.fixed(facts.confidence);
    to.fixed(facts.authenticity);
    to.fixed(facts.depth);
    to.fixed(facts.signals);
    to.byte(facts.act_count);
    for (std::size_t i = 0; i < facts.act_count; ++i) {
      const ActFact& act = facts.acts[i];
      to.byte(static_cast<std::uint8_t>(static_cast<std::uint8_t>(act.act) |
                                        (act.to_others ? kToOthers : 0) |
                                        (act.parent_fits ? kParentFits : 0)));
      to.fixed(act.confidence);
    }
    write_rarer(facts, to);
  });
}

std::optional<MentionRow> decode_row(std::string_view value) {
  ByteReader in(value);
  const std::uint8_t version = in.byte();
  if (version == 0 || version > kRowVersion) return std::nullopt;
  const bool has_past = version >= 2;
  MentionRow row;
  MentionFacts& facts = row.facts;
  row.nps = static_cast<std::int8_t>(in.byte());
  if (row.nps < -1 || row.nps > 10) return std::nullopt;
  row.post = hash_from(in);
  row.id = hash_from(in);
  facts.fingerprint = in.fixed<std::uint64_t>();
  facts.kind = static_cast<PostKind>(in.below(static_cast<std::size_t>(PostKind::answer) + 1));
  facts.label = static_cast<Label>(in.below(static_cast<std::size_t>(Label::abstain) + 1));
  const std::uint8_t flags = in.below(version >= 3 ? 16 : has_past ? 8 : 4);
  facts.two_sided = (flags & kTwoSided) != 0;
  facts.specifics = (flags & kSpecifics) != 0;
  // A row of version 1 does not know: nothing is held against who answers it.
  facts.asks = !has_past || (flags & kAsks) != 0;
  facts.registered_code = (flags & kRegisteredCode) != 0;
  if (has_past) facts.copies_by_author = in.byte();
  facts.polarity = in.fixed<float>();
  facts.confidence = in.fixed<float>();
  facts.authenticity = in.fixed<float>();
  facts.depth = in.fixed<float>();
  facts.signals = in.fixed<std::uint16_t>();
  facts.act_count = in.below(facts.acts.size() + 1);
  for (std::size_t i = 0; i < facts.act_count; ++i) {
    const std::uint8_t act = in.byte();
    if ((act & kActBits) >= kActCount) return std::nullopt;
    if (version < 3 && (act & kParentFits) != 0) return std::nullopt;
    facts.acts[i] = {static_cast<Act>(act & kActBits), (act & kToOthers) != 0, in.fixed<float>(),
                     (act & kParentFits) != 0};
  }
  facts.ties.post = facts.ties.thread = first_bytes(row.post);
  if (version >= 3) read_rarer(in, facts);
  if (!in.done()) return std::nullopt;
  return row;
}

void encode_response(const ResponseFacts& response, std::string& out) {
  append(out, kResponseBytes, [&](ByteWriter& to) {
    to.byte(kResponseVersion);
    to.fixed(response.responder);
    to.fixed(response.authenticity);
    to.fixed(response.answered);
    to.byte(static_cast<std::uint8_t>(response.label));
  });
}

std::optional<ResponseFacts> decode_response(std::string_view value) {
  ByteReader in(value);
  const std::uint8_t version = in.byte();
  if (version == 0 || version > kResponseVersion) return std::nullopt;
  ResponseFacts response;
  response.responder = in.fixed<std::uint64_t>();
  response.authenticity = in.fixed<float>();
  if (version >= 2) {
    response.answered = in.fixed<std::uint64_t>();
    response.label = static_cast<Label>(in.below(static_cast<std::size_t>(Label::abstain) + 1));
  }
  if (!in.done()) return std::nullopt;
  return response;
}

// Version 2 of a post may say more than version 1; one that does not is written as version 1.
namespace {

constexpr std::uint8_t kPostVersion = 2;
constexpr std::uint8_t kParent = 4, kQuoted = 8, kOriginal = 16, kErased = 32;

std::uint8_t post_flags(const PostEntry& post) {
  if (post.tombstone) return post.erased ? kTombstone | kErased : kTombstone;
  const PostReferences& to = post.references;
  return static_cast<std::uint8_t>(
      (is_known(post.reply_author) ? kReply : 0) | (is_known(to.parent) ? kParent : 0) |
      (is_known(to.quoted) ? kQuoted : 0) | (is_known(to.original) ? kOriginal : 0));
}

// What begins every version: the flags.
std::uint8_t post_flags_from(ByteReader& in) {
  const std::uint8_t version = in.byte();
  if (version == 0 || version > kPostVersion) in.refuse();
  const std::uint8_t flags = in.below(version == 1 ? 2 * kReply : 2 * kErased);
  const bool tombstone = (flags & kTombstone) != 0, erased = (flags & kErased) != 0;
  if (tombstone ? (flags & ~(kTombstone | kErased)) != 0 : erased) in.refuse();
  return flags;
}

}  // namespace

void encode_post(const PostEntry& post, std::string& out) {
  append(out, kPostBytes + 2 * kMaxVarintBytes * post.mentions.size(), [&](ByteWriter& to) {
    const std::uint8_t flags = post_flags(post);
    to.byte(flags < kParent ? 1 : kPostVersion);
    to.byte(flags);
    if (post.tombstone) return;
    to.fixed(post.content);
    to.raw(view(post.author));
    if ((flags & kReply) != 0) to.raw(view(post.reply_author));
    if ((flags & kParent) != 0) to.raw(view(post.references.parent));
    if ((flags & kQuoted) != 0) to.raw(view(post.references.quoted));
    if ((flags & kOriginal) != 0) to.raw(view(post.references.original));
    to.signed_varint(post.created_at.milliseconds);
    to.varint(post.mentions.size());
    for (const PostMention& mention : post.mentions) {
      to.varint(mention.brand);
      to.varint(mention.seq);
    }
  });
}

std::optional<PostEntry> decode_post(std::string_view value) {
  ByteReader in(value);
  PostEntry post;
  const std::uint8_t flags = post_flags_from(in);
  post.tombstone = (flags & kTombstone) != 0;
  post.erased = (flags & kErased) != 0;
  if (!post.tombstone) {
    post.content = in.fixed<std::uint64_t>();
    post.author = hash_from(in);
    if ((flags & kReply) != 0) post.reply_author = hash_from(in);
    if ((flags & kParent) != 0) post.references.parent = hash_from(in);
    if ((flags & kQuoted) != 0) post.references.quoted = hash_from(in);
    if ((flags & kOriginal) != 0) post.references.original = hash_from(in);
    post.created_at.milliseconds = in.signed_varint();
    post.mentions.resize(in.count());
    for (PostMention& mention : post.mentions) {
      mention.brand = static_cast<BrandNumber>(in.varint());
      mention.seq = in.varint();
    }
  }
  if (!in.done()) return std::nullopt;
  return post;
}

std::optional<PostSummary> summary_of_post(std::string_view value) {
  ByteReader in(value);
  PostSummary post;
  const std::uint8_t flags = post_flags_from(in);
  post.tombstone = (flags & kTombstone) != 0;
  post.erased = (flags & kErased) != 0;
  if (!post.tombstone) post.content = in.fixed<std::uint64_t>();
  if (!in.ok()) return std::nullopt;
  return post;
}

std::string_view encode_record(const PostView& post, Arena& arena) {
  const AuthorView& author = post.author;
  const std::size_t bound = post.source.size() + author.id.size() + author.handle.size() +
                            author.name.size() + 8 * kMaxVarintBytes;
  char* to = arena.allocate(bound);
  ByteWriter out(to);
  out.byte(kVersion);
  out.text(post.source);
  out.text(author.id);
  out.text(author.handle);
  out.text(author.name);
  out.byte(author.followers ? 1 : 0);
  if (author.followers) out.signed_varint(*author.followers);
  const auto size = static_cast<std::size_t>(out.position() - to);
  arena.shrink_last(bound - size);
  return {to, size};
}

std::optional<AuthorRecord> decode_record(std::string_view value) {
  ByteReader in = versioned(value);
  AuthorRecord record;
  record.source = in.text();
  record.id = in.text();
  record.handle = in.text();
  record.name = in.text();
  if (in.below(2) == 1) record.followers = in.signed_varint();
  if (!in.done()) return std::nullopt;
  return record;
}

std::string encode_rank(const Rank& rank) {
  std::string out(2 + sizeof rank.value + 2 * kMaxVarintBytes, '\0');
  ByteWriter to(out.data());
  to.byte(1);
  to.byte(rank.list);
  to.fixed(rank.value);
  to.signed_varint(rank.judged_at.milliseconds);
  to.signed_varint(rank.due.milliseconds);
  out.resize(static_cast<std::size_t>(to.position() - out.data()));
  return out;
}

std::optional<Rank> decode_rank(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != 1) return std::nullopt;
  Rank rank;
  rank.list = in.byte();
  rank.value = in.fixed<double>();
  rank.judged_at.milliseconds = in.signed_varint();
  rank.due.milliseconds = in.signed_varint();
  if (!in.done()) return std::nullopt;
  return rank;
}

std::string encode_revision(const Revision& revision) {
  std::string out;
  append(out, kRevisionBytes, [&](ByteWriter& to) {
    to.byte(1);
    to.byte(static_cast<std::uint8_t>(revision.reason));
    to.raw(view(revision.author.key));
    to.signed_varint(revision.judged_at.milliseconds);
    for (const auto& place : {revision.before, revision.after}) {
      to.byte(place ? 1 : 0);
      if (!place) continue;
      to.byte(place->list);
      to.fixed(place->value);
    }
  });
  return out;
}

std::optional<Revision> decode_revision(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != 1) return std::nullopt;
  Revision revision;
  revision.reason = static_cast<Loss>(in.below(kLossCount));
  revision.author.key = hash_from(in);
  revision.judged_at.milliseconds = in.signed_varint();
  for (auto* place : {&revision.before, &revision.after}) {
    if (in.below(2) == 0) continue;
    place->emplace();
    (*place)->list = in.byte();
    (*place)->value = in.fixed<double>();
  }
  if (!in.done()) return std::nullopt;
  return revision;
}

}  // namespace passaparola::store
