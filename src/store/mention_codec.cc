#include "store/mention_codec.h"

#include <new>
#include <string>

#include "core/hash.h"
#include "store/bytes.h"
#include "store/store.h"

namespace passaparola::store {
namespace {

constexpr std::uint8_t kMentionVersion = 3;
constexpr std::size_t kMentionArenaBytes = 2 << 10;  // lists of an ordinary mention

// The fields of a mention in stored order, walked by three visitors: one adds up an upper bound of
// the size, one writes, one reads. So the three cannot disagree. Fields that came with a later
// version are asked for with since().
class SizeBound {
 public:
  std::size_t bytes = 0;
  static constexpr bool since(std::uint8_t) { return true; }
  void text(const std::string_view& value) { bytes += kMaxVarintBytes + value.size(); }
  template <typename T>
  void number(const T&) {
    bytes += kMaxVarintBytes;
  }
  void instant(const Timestamp&) { bytes += kMaxVarintBytes; }
  void real(const double&) { bytes += sizeof(double); }
  void fixed64(const std::uint64_t&) { bytes += sizeof(std::uint64_t); }
  void flag(const bool&) { ++bytes; }
  template <typename Enum>
  void one_of(const Enum&, Enum) {
    ++bytes;
  }
  template <typename T, typename Visit>
  void optional(const std::optional<T>& value, Visit visit) {
    ++bytes;
    if (value) visit(*this, const_cast<T&>(*value));
  }
  template <typename T, typename Visit>
  void list(const std::span<const T>& items, Visit visit) {
    bytes += kMaxVarintBytes;
    for (const T& item : items) visit(*this, const_cast<T&>(item));
  }
};

class Encoder {
 public:
  explicit Encoder(char* to) : out(to) {}
  ByteWriter out;
  static constexpr bool since(std::uint8_t) { return true; }
  void text(const std::string_view& value) { out.text(value); }
  template <typename T>
  void number(const T& value) {
    if constexpr (std::is_signed_v<T>) {
      out.signed_varint(value);
    } else {
      out.varint(value);
    }
  }
  void instant(const Timestamp& value) { out.signed_varint(value.milliseconds); }
  void real(const double& value) { out.fixed(value); }
  void fixed64(const std::uint64_t& value) { out.fixed(value); }
  void flag(const bool& value) { out.byte(value ? 1 : 0); }
  template <typename Enum>
  void one_of(const Enum& value, Enum) {
    out.byte(static_cast<std::uint8_t>(value));
  }
  template <typename T, typename Visit>
  void optional(const std::optional<T>& value, Visit visit) {
    out.byte(value ? 1 : 0);
    if (value) visit(*this, const_cast<T&>(*value));
  }
  template <typename T, typename Visit>
  void list(const std::span<const T>& items, Visit visit) {
    out.varint(items.size());
    for (const T& item : items) visit(*this, const_cast<T&>(item));
  }
};

class Decoder {
 public:
  Decoder(std::string_view value, Arena& arena) : in(value), arena_(arena), version_(in.byte()) {}
  ByteReader in;
  std::uint8_t version() const { return version_; }
  bool since(std::uint8_t version) const { return version_ >= version; }
  void text(std::string_view& value) { value = in.text(); }
  template <typename T>
  void number(T& value) {
    if constexpr (std::is_signed_v<T>) {
      const std::int64_t read = in.signed_varint();
      value = static_cast<T>(read);
      if (value != read) in.refuse();
    } else {
      const std::uint64_t read = in.varint();
      value = static_cast<T>(read);
      if (value != read) in.refuse();
    }
  }
  void instant(Timestamp& value) { value.milliseconds = in.signed_varint(); }
  void real(double& value) { value = in.fixed<double>(); }
  void fixed64(std::uint64_t& value) { value = in.fixed<std::uint64_t>(); }
  void flag(bool& value) { value = in.below(2) == 1; }
  template <typename Enum>
  void one_of(Enum& value, Enum last) {
    value = static_cast<Enum>(in.below(static_cast<std::size_t>(last) + 1));
  }
  template <typename T, typename Visit>
  void optional(std::optional<T>& value, Visit visit) {
    value.reset();
    if (in.below(2) == 1) visit(*this, value.emplace());
  }
  template <typename T, typename Visit>
  void list(std::span<const T>& items, Visit visit) {
    static_assert(std::is_trivially_destructible_v<T>);
    items = {};
    const std::size_t count = in.count();
    if (count == 0) return;
    auto* made = reinterpret_cast<T*>(arena_.allocate(count * sizeof(T), alignof(T)));
    for (std::size_t i = 0; i < count; ++i) {
      T* item = new (made + i) T();
      if (in.ok()) visit(*this, *item);
    }
    items = {made, count};
  }

 private:
  Arena& arena_;
  std::uint8_t version_;
};

constexpr auto kText = [](auto& to, std::string_view& text) { to.text(text); };
constexpr auto kNumber = [](auto& to, auto& number) { to.number(number); };
constexpr auto kInstant = [](auto& to, Timestamp& instant) { to.instant(instant); };
constexpr auto kRating = [](auto& to, Rating& rating) {
  to.real(rating.value);
  to.real(rating.max);
};

template <typename Visitor>
void visit_author(Visitor& to, AuthorView& author) {
  to.text(author.id);
  to.text(author.handle);
  to.text(author.name);
  to.text(author.bio);
  to.optional(author.followers, kNumber);
  to.optional(author.following, kNumber);
  to.optional(author.posts, kNumber);
  to.optional(author.created_at, kInstant);
}

// Everything of a post but the operation.
template <typename Visitor>
void visit_post(Visitor& to, PostView& post) {
  to.one_of(post.kind, PostKind::answer);
  to.text(post.source);
  to.text(post.id);
  visit_author(to, post.author);
  to.text(post.text);
  to.text(post.title);
  to.text(post.lang);
  to.instant(post.created_at);
  to.text(post.url);
  to.text(post.reply_to_id);
  to.text(post.reply_to_author_id);
  to.text(post.thread);
  to.text(post.repost_of);
  to.text(post.quote_id);
  to.text(post.quote_text);
  to.optional(post.rating, kRating);
  to.optional(post.nps, kNumber);
  to.list(post.links, kText);
  to.flag(post.sponsored);
  to.optional(post.engagement.likes, kNumber);
  to.optional(post.engagement.reposts, kNumber);
  to.optional(post.engagement.replies, kNumber);
  to.optional(post.engagement.views, kNumber);
}

constexpr auto kAction = [](auto& to, RuleAction& action) {
  to.one_of(action.kind, RuleAction::Kind::alert);
  to.text(action.name);
  to.real(action.amount);
};
constexpr auto kRule = [](auto& to, RuleHit& rule) {
  to.text(rule.id);
  to.number(rule.version);
  to.list(rule.tags, kText);
  to.list(rule.actions, kAction);
};
constexpr auto kMatch = [](auto& to, Match& match) {
  to.text(match.rule);
  to.text(match.atom);
  to.one_of(match.field, Field::links);
  to.number(match.link);
  to.number(match.begin);
  to.number(match.end);
};
constexpr auto kSentimentHit = [](auto& to, SentimentHit& hit) {
  to.text(hit.term);
  to.one_of(hit.field, Field::links);
  to.number(hit.begin);
  to.number(hit.end);
  to.real(hit.weight);
  to.flag(hit.negated);
};
constexpr auto kAct = [](auto& to, ActHit& act) {
  to.one_of(act.act, Act::invite);
  to.flag(act.to_others);
  to.real(act.confidence);
  to.text(act.cue);
  to.one_of(act.field, Field::links);
  to.number(act.begin);
  to.number(act.end);
  if (!to.since(2)) return;
  to.one_of(act.needs, ParentNeed::question);
  to.flag(act.parent_fits);
};
constexpr auto kPenalty = [](auto& to, Penalty& penalty) {
  to.one_of(penalty.signal, Signal::burst);
  to.real(penalty.penalty);
  to.text(penalty.evidence);
  to.one_of(penalty.field, Field::links);
  to.number(penalty.begin);
  to.number(penalty.end);
};

template <typename Visitor>
void visit_mention(Visitor& to, Mention& mention) {
  to.text(mention.brand);
  to.list(mention.rules, kRule);
  to.list(mention.matches, kMatch);
  to.one_of(mention.sentiment.label, Label::abstain);
  to.real(mention.sentiment.score);
  to.real(mention.sentiment.confidence);
  to.list(mention.sentiment.hits, kSentimentHit);
  to.list(mention.acts, kAct);
  to.real(mention.authenticity.score);
  to.list(mention.authenticity.penalties, kPenalty);
  to.real(mention.quality.depth);
  to.flag(mention.quality.two_sided);
  to.flag(mention.quality.specifics);
  if (to.since(3)) to.number(mention.quality.style);
  to.one_of(mention.relation_hint, RelationHint::inauthentic);
  to.text(mention.lang);
  to.fixed64(mention.fingerprint);
  if (to.since(2)) {
    to.text(mention.copies.duplicate_of);
    to.number(mention.copies.known);
    to.number(mention.copies.by_author);
  }
  to.text(mention.ruleset);
  to.text(mention.lexicon);
  to.one_of(mention.post.op, PostOp::show_author);
  visit_post(to, mention.post);
}

// The visitors that only look take the fields by reference like the one that fills them.
std::size_t size_bound(const Mention& mention) {
  SizeBound bound;
  visit_mention(bound, const_cast<Mention&>(mention));
  return 1 + bound.bytes;
}

std::size_t encode_to(const Mention& mention, char* to) {
  Encoder encoder(to);
  encoder.out.byte(kMentionVersion);
  visit_mention(encoder, const_cast<Mention&>(mention));
  return static_cast<std::size_t>(encoder.out.position() - to);
}

}  // namespace

void encode_mention(const Mention& mention, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + size_bound(mention));
  out.resize(before + encode_to(mention, out.data() + before));
}

std::string_view encode_mention(const Mention& mention, Arena& arena) {
  const std::size_t bound = size_bound(mention);
  char* to = arena.allocate(bound);
  const std::size_t size = encode_to(mention, to);
  arena.shrink_last(bound - size);
  return {to, size};
}

Result<Mention> decode_mention(std::uint64_t seq, std::string_view value, Arena& arena) {
  Decoder decoder(value, arena);
  if (decoder.in.ok() && (decoder.version() == 0 || decoder.version() > kMentionVersion)) {
    return fail(ErrorCode::unsupported,
                "mention " + std::to_string(seq) + " is stored in a form of a later version");
  }
  Mention mention;
  mention.seq = seq;
  visit_mention(decoder, mention);
  if (!decoder.in.done()) {
    return fail(ErrorCode::corrupt, "mention " + std::to_string(seq) + " is damaged");
  }
  return mention;
}

Result<StoredMention> StoredMention::decode(std::uint64_t seq, std::string value) {
  StoredMention stored;
  stored.value_ = std::make_unique<std::string>(std::move(value));
  stored.arena_ = std::make_unique<Arena>(kMentionArenaBytes);
  auto mention = decode_mention(seq, *stored.value_, *stored.arena_);
  if (!mention) return mention.error();
  stored.mention_ = *mention;
  return stored;
}

// A shorter id would be found inside of others that have nothing to do with it.
constexpr std::size_t kTellingIdBytes = 8;

std::string_view brand_of(std::string_view value) {
  ByteReader in(value);
  in.byte();
  return in.text();
}

std::uint64_t content_of(const PostView& post) {
  PostView fields = post;
  fields.engagement = {};
  fields.author.followers = fields.author.following = fields.author.posts = std::nullopt;
  SizeBound bound;
  visit_post(bound, fields);
  std::string bytes(bound.bytes, '\0');
  Encoder encoder(bytes.data());
  visit_post(encoder, fields);
  return content_hash64(
      {bytes.data(), static_cast<std::size_t>(encoder.out.position() - bytes.data())});
}

void forget_quote(Mention& mention, Arena& arena) {
  PostView& post = mention.post;
  if (post.quote_id.size() >= kTellingIdBytes) {
    std::vector<std::string_view> links(post.links.begin(), post.links.end());
    for (std::string_view& link : links) {  // emptied, so that the others keep their places
      if (link.find(post.quote_id) != std::string_view::npos) link = {};
    }
    post.links = arena.copy(links);
  }
  post.quote_id = {};
  post.quote_text = {};
  std::vector<Match> matches;
  for (const Match& match : mention.matches) {
    if (match.field != Field::quote) matches.push_back(match);
  }
  mention.matches = arena.copy(matches);
}

void forget_answered_author(PostView& post) {
  const std::string_view id = post.reply_to_author_id;
  if (id.empty()) return;
  for (std::string_view* field :
       {&post.url, &post.reply_to_id, &post.thread, &post.repost_of, &post.quote_id}) {
    const bool names =
        id.size() >= kTellingIdBytes ? field->find(id) != std::string_view::npos : *field == id;
    if (!names) continue;
    if (field == &post.quote_id) post.quote_text = {};
    *field = {};
  }
  post.reply_to_author_id = {};
}

}  // namespace passaparola::store
