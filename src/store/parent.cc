#include "store/parent.h"

#include <algorithm>
#include <vector>

#include "core/json.h"
#include "core/limits.h"

namespace passaparola::store {
namespace {

constexpr double kCriticalPolarity = -0.3;
constexpr double kAnswer = 0.8;  // of an answer to a seeker that has no word of recommending

bool carries(const MentionFacts& facts, Act act) {
  for (std::size_t i = 0; i < facts.act_count; ++i) {
    if (facts.acts[i].act == act) return true;
  }
  return false;
}

bool criticises(const MentionFacts& facts) {
  return facts.label == Label::negative || facts.polarity < static_cast<float>(kCriticalPolarity) ||
         carries(facts, Act::complain) || carries(facts, Act::anti_recommend) ||
         carries(facts, Act::churn);
}

// Nothing is known: nullopt.
std::optional<bool> fits(const Parent& parent, const ActHit& act) {
  if (parent.is_own) return false;
  if (act.needs == ParentNeed::question && parent.seeks) return true;
  if (!parent.about_brand) return std::nullopt;
  const MentionFacts& facts = *parent.about_brand;
  if (act.needs == ParentNeed::criticism) return criticises(facts);
  return facts.asks || (act.act == Act::help && criticises(facts));
}

double surer(double confidence) { return rounded(confidence + (1 - confidence) / 2); }

// Where the text names the brand: what it answers.
const Match* brand_in_own_words(const Mention& mention) {
  for (const Match& match : mention.matches) {
    if (match.field == Field::text || match.field == Field::title) return &match;
  }
  return nullptr;
}

void recommend_to_others(const Mention& mention, std::vector<ActHit>& acts) {
  for (ActHit& act : acts) {
    if (act.act != Act::recommend) continue;
    if (!act.parent_fits) act.confidence = surer(act.confidence);
    act.to_others = true;
    act.needs = ParentNeed::question;
    act.parent_fits = true;
    return;
  }
  const Match& match = *brand_in_own_words(mention);
  const std::string_view text = field_text(mention.post, match.field);
  const std::string_view name = match.end <= text.size() && match.begin <= match.end
                                    ? text.substr(match.begin, match.end - match.begin)
                                    : std::string_view();
  if (acts.size() == kMaxActs) acts.pop_back();  // the least sure
  acts.push_back({Act::recommend, true, kAnswer, name, match.field, match.begin, match.end,
                  ParentNeed::question, true});
}

// In the order that scoring gives them.
void put_acts(std::vector<ActHit>& acts, Mention& mention, Arena& arena) {
  std::stable_sort(acts.begin(), acts.end(), [](const ActHit& a, const ActHit& b) {
    if (a.confidence != b.confidence) return a.confidence > b.confidence;
    return a.to_others && !b.to_others;
  });
  mention.acts = arena.copy(acts);
}

bool fitted(const Mention& mention, Act act, ParentNeed need) {
  return std::any_of(mention.acts.begin(), mention.acts.end(), [&](const ActHit& hit) {
    return hit.act == act && hit.needs == need && hit.parent_fits;
  });
}

}  // namespace

bool depends_on_parent(const Mention& mention) {
  return std::any_of(mention.acts.begin(), mention.acts.end(),
                     [](const ActHit& act) { return act.needs != ParentNeed::none; });
}

bool may_answer_seeker(const Mention& mention) {
  const PostView& post = mention.post;
  const bool answers = post.kind == PostKind::reply || !post.reply_to_id.empty();
  const bool own = !post.author.id.empty() && post.reply_to_author_id == post.author.id;
  if (!answers || own || mention.sentiment.label != Label::positive) return false;
  if (brand_in_own_words(mention) == nullptr) return false;
  const bool says_otherwise =
      std::any_of(mention.acts.begin(), mention.acts.end(), [](const ActHit& act) {
        return act.act == Act::anti_recommend || act.act == Act::complain ||
               act.act == Act::churn || act.act == Act::seek;
      });
  const auto& penalties = mention.authenticity.penalties;
  const bool is_brand = std::any_of(penalties.begin(), penalties.end(), [](const Penalty& penalty) {
    return penalty.signal == Signal::brand_owned || penalty.signal == Signal::employee_bio;
  });
  return !says_otherwise && !is_brand;
}

bool settle_acts(const Parent& parent, Mention& mention, Arena& arena) {
  std::vector<ActHit> acts;
  bool changed = false;
  for (ActHit act : mention.acts) {
    if (act.needs != ParentNeed::none) {
      const std::optional<bool> fitting = fits(parent, act);
      changed |= fitting.has_value();
      if (fitting && !*fitting) continue;
      act.parent_fits = fitting.value_or(false);
      if (act.parent_fits) act.confidence = surer(act.confidence);
    }
    acts.push_back(act);
  }
  if (parent.seeks && !parent.is_own && may_answer_seeker(mention)) {
    recommend_to_others(mention, acts);
    changed = true;
  }
  if (changed) put_acts(acts, mention, arena);
  return changed;
}

bool keep_acts(const Mention& before, Mention& mention, Arena& arena) {
  std::vector<ActHit> acts(mention.acts.begin(), mention.acts.end());
  bool changed = false;
  for (ActHit& act : acts) {
    if (act.needs == ParentNeed::none || !fitted(before, act.act, act.needs)) continue;
    act.parent_fits = true;
    act.confidence = surer(act.confidence);
    changed = true;
  }
  if (fitted(before, Act::recommend, ParentNeed::question) && may_answer_seeker(mention)) {
    recommend_to_others(mention, acts);
    changed = true;
  }
  if (changed) put_acts(acts, mention, arena);
  return changed;
}

}  // namespace passaparola::store
