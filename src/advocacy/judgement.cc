#include "advocacy/judgement.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <span>
#include <tuple>

namespace passaparola::advocacy {
namespace {

constexpr std::size_t kComponents = 5;  // R, D, H, F and those that feed none

std::size_t component_of(Act act) {
  if (feeds_recommending(act)) return 0;
  if (act == Act::defend) return 1;
  if (act == Act::help) return 2;
  if (act == Act::idea) return 3;
  return kComponents - 1;
}

bool has_any(const MentionFacts& facts, std::initializer_list<Signal> signals) {
  return std::any_of(signals.begin(), signals.end(), [&](Signal s) { return facts.has(s); });
}

double unit(double value) { return value > 0 ? std::min(value, 1.0) : 0.0; }

struct ActsSeen {
  bool criticises = false, refuses = false, supports = false, complains = false;
};

ActsSeen acts_seen(const MentionFacts& facts) {
  ActsSeen seen;
  for (std::size_t i = 0; i < facts.act_count; ++i) {
    const Act act = facts.acts[i].act;
    seen.refuses |= act == Act::anti_recommend || act == Act::churn;
    seen.complains |= act == Act::complain;
    seen.supports |= act == Act::recommend || act == Act::praise || act == Act::testimonial ||
                     act == Act::defend || act == Act::help;
  }
  seen.criticises = seen.refuses || seen.complains;
  return seen;
}

// Doubt goes against the author: a negative label or a refusal outweighs a recommendation beside
// it, because a false recommendation costs more than a missed one.
Opinion opinion_of(const MentionFacts& facts, const ActsSeen& seen) {
  if (facts.label == Label::negative || seen.refuses) return Opinion::negative;
  if (facts.label == Label::positive) return Opinion::positive;
  if (seen.complains) return seen.supports ? Opinion::none : Opinion::negative;
  return seen.supports ? Opinion::positive : Opinion::none;
}

double weight_of(const ActFact& fact, const MentionFacts& facts, const ActWeights& weights) {
  switch (fact.act) {
    case Act::recommend:
      return fact.to_others ? weights.recommend_to_others : weights.recommend;
    case Act::defend:
      return weights.defend;
    case Act::help:
      return weights.help;
    case Act::testimonial:
      return weights.testimonial;
    case Act::idea:
      return weights.idea;
    case Act::praise:
      return weights.praise;
    case Act::invite:
      return has_any(facts, {Signal::code, Signal::affiliate_link}) ? 0 : weights.invite;
    case Act::purchase_intent:
      return weights.purchase_intent;
    default:
      return 0;
  }
}

// p*: nothing in a negative mention speaks for the brand; recommend, defend and help carry their
// own polarity where the sentiment found less.
double polarity_of(const ActFact& fact, const Judgement& judged, const AdvocacyConfig& config) {
  if (judged.opinion == Opinion::negative) return 0;
  const double polarity = unit(judged.facts->polarity);
  return is_outward(fact.act) ? std::max(polarity, config.explicit_act_polarity) : polarity;
}

double decay(const MentionFacts& facts, bool slow, Timestamp as_of, const AdvocacyConfig& config) {
  const double age = static_cast<double>(as_of.milliseconds - facts.created_at.milliseconds) /
                     static_cast<double>(kMillisecondsPerDay);
  return std::exp2(-age / (slow ? config.half_life_outward_days : config.half_life_days));
}

bool decays_slowly(Act act) {
  return act == Act::recommend || act == Act::defend || act == Act::testimonial;
}

// Several acts of one mention: the strongest of each component counts once, so that a text full of
// cues is worth no more than its best one; praise, invite and purchase intent only when alone.
void contribute(Judgement& judged, double novelty, Timestamp as_of, const AdvocacyConfig& config) {
  const MentionFacts& facts = *judged.facts;
  std::array<Contribution, kComponents> best{};
  for (std::size_t i = 0; i < facts.act_count; ++i) {
    const ActFact& fact = facts.acts[i];
    Contribution c;
    c.seq = facts.seq;
    c.created_at = facts.created_at;
    c.act = fact.act;
    c.to_others = fact.to_others;
    c.weight = weight_of(fact, facts, config.acts);
    c.confidence = unit(fact.confidence);
    c.polarity = polarity_of(fact, judged, config);
    c.depth = std::min(1.0, 0.5 + 0.5 * unit(facts.depth) + (facts.two_sided ? 0.1 : 0) +
                                (facts.specifics ? 0.1 : 0));
    c.authenticity = judged.authenticity;
    c.novelty = novelty;
    c.decay = decay(facts, decays_slowly(fact.act), as_of, config);
    c.value = c.weight * c.confidence * c.polarity * c.depth * c.authenticity * c.novelty * c.decay;
    Contribution& strongest = best[component_of(fact.act)];
    if (c.value > strongest.value) strongest = c;
  }
  for (std::size_t i = 0; i < kComponents; ++i) {
    const bool alone = judged.contributions.empty();
    if (best[i].value > 0 && (i + 1 < kComponents || alone)) {
      judged.contributions.push_back(best[i]);
    }
  }
}

// g·n·δ·u: how much this opinion says about the author.
double evidence_of(const Judgement& judged, double novelty, Timestamp as_of,
                   const AdvocacyConfig& config) {
  if (judged.opinion == Opinion::none) return 0;
  const Contribution* strongest = nullptr;
  for (const Contribution& c : judged.contributions) {
    if (strongest == nullptr || c.weight > strongest->weight) strongest = &c;
  }
  const bool strong = strongest != nullptr && strongest->weight >= config.strong_act_weight;
  const bool slow = strongest != nullptr && decays_slowly(strongest->act);
  return judged.authenticity * novelty * decay(*judged.facts, slow, as_of, config) *
         (strong ? 1.0 : config.weak_opinion_evidence);
}

double authenticity_of(const MentionFacts& facts) {
  const bool none =
      has_any(facts, {Signal::explicit_label, Signal::platform_paid_flag, Signal::brand_owned,
                      Signal::employee_bio, Signal::declared_bot});
  return none ? 0 : unit(facts.authenticity);
}

bool is_labelled(const MentionFacts& facts) {
  return has_any(facts,
                 {Signal::explicit_label, Signal::platform_paid_flag, Signal::affiliate_link});
}

Judgement judge_mention(const MentionFacts& facts, std::size_t earlier_copies, bool repeated,
                        Timestamp as_of, const AdvocacyConfig& config) {
  Judgement judged;
  judged.facts = &facts;
  const ActsSeen seen = acts_seen(facts);
  judged.opinion = opinion_of(facts, seen);
  judged.criticises = seen.criticises;
  judged.authenticity = authenticity_of(facts);
  judged.labelled = is_labelled(facts);
  judged.commercial = is_commercial(facts);
  judged.is_repeated = repeated;
  judged.is_copy = earlier_copies > 0 || repeated;
  // The store has seen to it already for those that came when there were too many.
  if (repeated && !facts.has(Signal::copy_cluster)) {
    judged.authenticity *= 1 - config.relations.same_text_penalty;
  }
  const double novelty = 1.0 / (1.0 + static_cast<double>(earlier_copies));
  contribute(judged, novelty, as_of, config);
  judged.evidence = evidence_of(judged, novelty, as_of, config);
  return judged;
}

bool own_words(const MentionFacts& facts) {
  return facts.kind != PostKind::repost && facts.kind != PostKind::answer;
}

std::vector<const MentionFacts*> in_order(const store::AuthorHistory& history, Timestamp as_of) {
  std::vector<const MentionFacts*> mentions;
  for (const MentionFacts& facts : history.mentions) {
    if (facts.created_at <= as_of && own_words(facts)) mentions.push_back(&facts);
  }
  std::sort(mentions.begin(), mentions.end(), [](const MentionFacts* a, const MentionFacts* b) {
    return std::tie(a->created_at, a->seq) < std::tie(b->created_at, b->seq);
  });
  return mentions;
}

// The author's same words elsewhere.
struct Copies {
  std::size_t earlier = 0;  // at most config.copy_window_days before
  bool repeated = false;    // too often in the window
};

// Of each of `mentions`, which are in order. Sorted and not hashed: a history is short, and memory
// asked for each of its texts was the most that judging it cost.
std::vector<Copies> copies_of(std::span<const MentionFacts* const> mentions, Timestamp window_begin,
                              const AdvocacyConfig& config) {
  std::vector<Copies> copies(mentions.size());
  std::vector<std::size_t> by_text;
  by_text.reserve(mentions.size());
  for (std::size_t i = 0; i < mentions.size(); ++i) {
    if (mentions[i]->fingerprint != 0) by_text.push_back(i);
  }
  std::sort(by_text.begin(), by_text.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(mentions[a]->fingerprint, a) < std::tie(mentions[b]->fingerprint, b);
  });
  for (auto begin = by_text.begin(); begin != by_text.end();) {
    const auto end = std::find_if(begin, by_text.end(), [&](std::size_t i) {
      return mentions[i]->fingerprint != mentions[*begin]->fingerprint;
    });
    const auto times = static_cast<std::size_t>(std::count_if(
        begin, end, [&](std::size_t i) { return mentions[i]->created_at > window_begin; }));
    auto known = begin;  // the first that is not too old to be copied
    for (auto at = begin; at != end; ++at) {
      const MentionFacts& facts = *mentions[*at];
      const Timestamp since = days_before(facts.created_at, config.copy_window_days);
      while (mentions[*known]->created_at < since) ++known;
      // Near copies, as far as the store still knew them; equal ones from the whole history.
      copies[*at] = {
          std::max<std::size_t>(static_cast<std::size_t>(at - known), facts.copies_by_author),
          times >= config.relations.same_text_times ||
              facts.copies_by_author + 1U >= config.relations.same_text_times};
    }
    begin = end;
  }
  return copies;
}

}  // namespace

Timestamp days_before(Timestamp instant, double days) {
  return {instant.milliseconds - std::llround(days * static_cast<double>(kMillisecondsPerDay))};
}

AdvocacyConfig judged_over(Timestamp from, Timestamp to, const AdvocacyConfig& config) {
  AdvocacyConfig windowed = config;
  windowed.window_days = static_cast<double>(to.milliseconds - from.milliseconds) /
                         static_cast<double>(kMillisecondsPerDay);
  return windowed;
}

bool carries(const MentionFacts& facts, Act act) {
  return std::any_of(facts.acts.begin(), facts.acts.begin() + facts.act_count,
                     [&](const ActFact& fact) { return fact.act == act; });
}

bool is_commercial(const MentionFacts& facts) {
  return is_labelled(facts) || authenticity_of(facts) == 0 ||
         has_any(facts, {Signal::code, Signal::gift, Signal::giveaway});
}

bool feeds_recommending(Act act) { return act == Act::recommend || act == Act::testimonial; }

bool is_outward(Act act) { return act == Act::recommend || act == Act::defend || act == Act::help; }

std::vector<Judgement> judge(const store::AuthorHistory& history, Timestamp as_of,
                             const AdvocacyConfig& config) {
  const Timestamp window_begin = days_before(as_of, config.window_days);
  const std::vector<const MentionFacts*> mentions = in_order(history, as_of);
  const std::vector<Copies> copies = copies_of(mentions, window_begin, config);
  std::vector<Judgement> judgements;
  judgements.reserve(mentions.size());
  for (std::size_t i = 0; i < mentions.size(); ++i) {
    if (mentions[i]->created_at <= window_begin) continue;
    judgements.push_back(
        judge_mention(*mentions[i], copies[i].earlier, copies[i].repeated, as_of, config));
  }
  return judgements;
}

}  // namespace passaparola::advocacy
