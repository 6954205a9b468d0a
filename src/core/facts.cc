#include "core/facts.h"

#include <algorithm>
#include <cmath>

#include "core/hash.h"

namespace passaparola {
namespace {

// A question mark, but not the one inside of an address ("?id=1").
bool asks(std::string_view text) {
  if (text.find("\uFF1F") != std::string_view::npos) return true;
  for (std::size_t at = text.find('?'); at != std::string_view::npos; at = text.find('?', at + 1)) {
    const char next = at + 1 < text.size() ? text[at + 1] : ' ';
    const bool word =
        (next >= '0' && next <= '9') || ((next | 0x20) >= 'a' && (next | 0x20) <= 'z');
    if (!word) return true;
  }
  return false;
}

// The first tag that names a topic, as a number that no other of a brand's few will have.
std::uint32_t topic_of(const Mention& mention) {
  for (const RuleHit& rule : mention.rules) {
    for (const std::string_view tag : rule.tags) {
      const bool names_topic =
          std::any_of(kTopicPrefixes.begin(), kTopicPrefixes.end(),
                      [&](std::string_view prefix) { return tag.starts_with(prefix); });
      if (!names_topic) continue;
      return std::max<std::uint32_t>(static_cast<std::uint32_t>(content_hash64(tag)), 1);
    }
  }
  return 0;
}

bool has_registered_code(const Mention& mention) {
  return std::any_of(mention.rules.begin(), mention.rules.end(), [](const RuleHit& rule) {
    return std::find(rule.tags.begin(), rule.tags.end(), kRegisteredCodeTag) != rule.tags.end();
  });
}

float stars_of(const PostView& post) {
  if (!post.rating || !(post.rating->max > 0)) return -1;
  const double share = std::clamp(post.rating->value / post.rating->max, 0.0, 1.0);
  return static_cast<float>(std::round(share * 250) / 50);
}

void note_account(const PostView& post, MentionFacts& facts) {
  const AuthorView& author = post.author;
  if (author.posts && *author.posts >= 0) {
    facts.account_posts = std::min<std::int64_t>(*author.posts, UINT32_MAX);
  }
  if (!author.created_at || *author.created_at > post.created_at) return;
  facts.account_days = static_cast<std::int32_t>(std::min<std::int64_t>(
      (post.created_at.milliseconds - author.created_at->milliseconds) / kMillisecondsPerDay,
      INT16_MAX));
}

constexpr unsigned kLetters = 27;  // none, and a to z

}  // namespace

std::uint16_t pack_language(std::string_view language) {
  const std::string_view primary = language.substr(0, language.find('-'));
  if (primary.size() < 2 || primary.size() > 3 || primary == "und") return 0;
  unsigned packed = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const char lower = i < primary.size() ? static_cast<char>(primary[i] | 0x20) : '`';
    if (i < primary.size() && (lower < 'a' || lower > 'z')) return 0;
    packed = packed * kLetters + static_cast<unsigned>(lower - '`');
  }
  return static_cast<std::uint16_t>(packed);
}

std::string language_name(std::uint16_t packed) {
  std::string name;
  for (unsigned rest = packed; rest != 0; rest /= kLetters) {
    if (rest % kLetters != 0) name.insert(name.begin(), static_cast<char>('`' + rest % kLetters));
  }
  return name;
}

MentionFacts facts_of(const Mention& mention) {
  MentionFacts facts;
  facts.seq = mention.seq;
  facts.created_at = mention.post.created_at;
  facts.fingerprint = mention.fingerprint;
  facts.kind = mention.post.kind;
  facts.label = mention.sentiment.label;
  facts.two_sided = mention.quality.two_sided;
  facts.specifics = mention.quality.specifics;
  facts.asks = asks(mention.post.text) || asks(mention.post.title);
  facts.copies_by_author =
      static_cast<std::uint8_t>(std::min<std::uint32_t>(mention.copies.by_author, UINT8_MAX));
  const bool abstained = mention.sentiment.label == Label::abstain;
  facts.polarity = abstained ? 0.0F : static_cast<float>(mention.sentiment.score);
  facts.confidence = static_cast<float>(mention.sentiment.confidence);
  facts.authenticity = static_cast<float>(mention.authenticity.score);
  facts.depth = static_cast<float>(mention.quality.depth);
  for (const Penalty& penalty : mention.authenticity.penalties) {
    facts.signals |= static_cast<std::uint16_t>(1U << static_cast<unsigned>(penalty.signal));
  }
  facts.style = mention.quality.style;
  facts.registered_code = has_registered_code(mention);
  facts.stars = stars_of(mention.post);
  facts.lang = pack_language(mention.lang);
  facts.topic = topic_of(mention);
  note_account(mention.post, facts);
  const std::size_t acts = std::min(mention.acts.size(), facts.acts.size());
  for (std::size_t i = 0; i < acts; ++i) {
    const ActHit& hit = mention.acts[i];
    facts.acts[i] = {hit.act, hit.to_others, static_cast<float>(hit.confidence), hit.parent_fits};
  }
  facts.act_count = static_cast<std::uint8_t>(acts);
  return facts;
}

}  // namespace passaparola
