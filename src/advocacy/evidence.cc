#include "advocacy/evidence.h"

#include <algorithm>

namespace passaparola::advocacy {
namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// At most kExcerptBytes of whole characters: the beginning, or what surrounds a cue further on.
std::string_view excerpt_of(std::string_view text, std::size_t cue_begin, std::size_t cue_end) {
  if (text.size() <= kExcerptBytes) return text;
  std::size_t begin = 0;
  if (cue_end > kExcerptBytes && cue_begin < text.size()) {
    const std::size_t before = kExcerptBytes / 4;
    begin = std::min(cue_begin > before ? cue_begin - before : 0, text.size() - kExcerptBytes);
  }
  std::size_t end = begin + kExcerptBytes;
  while (begin < end && !begins_character(text[begin])) ++begin;
  while (end > begin && end < text.size() && !begins_character(text[end])) --end;
  return text.substr(begin, end - begin);
}

EvidenceItem item_of(const Mention& mention) {
  EvidenceItem item;
  item.mention_id = mention_id(mention.post.source, mention.post.id, mention.brand);
  item.seq = mention.seq;
  item.mention = &mention;
  item.url = mention.post.url;
  item.created_at = mention.post.created_at;
  item.excerpt = excerpt_of(mention.post.text, 0, 0);
  return item;
}

void quote(EvidenceItem& item, const Mention& mention, std::string_view words, Field field,
           std::uint32_t begin, std::uint32_t end) {
  item.cue = words;
  item.field = field;
  item.begin = begin;
  item.end = end;
  if (field == Field::text) item.excerpt = excerpt_of(mention.post.text, begin, end);
}

const Contribution* strongest(const AuthorScore& score, std::uint64_t seq) {
  for (const Contribution& c : score.contributions) {
    if (c.seq == seq) return &c;  // they are sorted, largest first
  }
  return nullptr;
}

// Of several hits of the act, the most confident one is quoted.
const ActHit* hit_of(const Mention& mention, Act act) {
  const ActHit* best = nullptr;
  for (const ActHit& hit : mention.acts) {
    if (hit.act == act && (best == nullptr || hit.confidence > best->confidence)) best = &hit;
  }
  return best;
}

bool criticises(Act act) {
  return act == Act::complain || act == Act::churn || act == Act::anti_recommend;
}

void explain_against(EvidenceItem& item, const Mention& mention) {
  for (const ActHit& hit : mention.acts) {
    if (!criticises(hit.act)) continue;
    item.act = name_of(hit.act);
    return quote(item, mention, hit.cue, hit.field, hit.begin, hit.end);
  }
  if (mention.sentiment.label == Label::negative) {
    item.act = "negative";
    for (const SentimentHit& hit : mention.sentiment.hits) {
      if (hit.weight < 0) return quote(item, mention, hit.term, hit.field, hit.begin, hit.end);
    }
    return;
  }
  if (!mention.authenticity.penalties.empty()) {
    const auto& penalties = mention.authenticity.penalties;
    const Penalty& worst =
        *std::max_element(penalties.begin(), penalties.end(),
                          [](const Penalty& a, const Penalty& b) { return a.penalty < b.penalty; });
    item.act = name_of(worst.signal);
    return quote(item, mention, worst.evidence, worst.field, worst.begin, worst.end);
  }
  item.act = mention.authenticity.score > 0 ? "copy" : "unauthentic";
}

}  // namespace

std::vector<EvidenceItem> evidence_items(const RankedAuthor& author) {
  std::vector<EvidenceItem> items;
  for (const store::StoredMention& stored : author.evidence) {
    const Mention& mention = *stored;
    EvidenceItem item = item_of(mention);
    if (const Contribution* contribution = strongest(author.score, mention.seq)) {
      item.act = name_of(contribution->act);
      item.value = contribution->value;
      if (const ActHit* hit = hit_of(mention, contribution->act)) {
        quote(item, mention, hit->cue, hit->field, hit->begin, hit->end);
      }
    }
    items.push_back(std::move(item));
  }
  return items;
}

std::vector<EvidenceItem> counter_evidence_items(const RankedAuthor& author) {
  std::vector<EvidenceItem> items;
  for (const store::StoredMention& stored : author.counter_evidence) {
    EvidenceItem item = item_of(*stored);
    explain_against(item, *stored);
    items.push_back(std::move(item));
  }
  return items;
}

std::string display_name(const store::AuthorRecord& author) {
  const std::string handle = author.handle.empty() ? "" : "@" + author.handle;
  if (author.name.empty()) return handle.empty() ? author.id : handle;
  return handle.empty() ? author.name : author.name + " " + handle;
}

}  // namespace passaparola::advocacy
