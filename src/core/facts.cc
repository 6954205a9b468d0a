#include "core/facts.h"

#include <algorithm>

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

}  // namespace

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
  const std::size_t acts = std::min(mention.acts.size(), facts.acts.size());
  for (std::size_t i = 0; i < acts; ++i) {
    const ActHit& hit = mention.acts[i];
    facts.acts[i] = {hit.act, hit.to_others, static_cast<float>(hit.confidence)};
  }
  facts.act_count = static_cast<std::uint8_t>(acts);
  return facts;
}

}  // namespace passaparola
