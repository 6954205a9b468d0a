// The score of one author (FEATURES D.3) out of judged mentions.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "advocacy/advocacy.h"
#include "advocacy/author_signs.h"
#include "advocacy/config.h"
#include "advocacy/judgement.h"
#include "advocacy/resonance.h"
#include "advocacy/score.h"
#include "advocacy/tally.h"
#include "advocacy/types.h"
#include "core/limits.h"

namespace passaparola::advocacy {
namespace {

double saturated(double evidence, double scale) { return 1 - std::exp(-evidence / scale); }

void add_components(std::span<const Judgement> judgements, const AdvocacyConfig& config,
                    AuthorScore& score) {
  double recommending = 0, defending = 0, helping = 0, feedback = 0;
  for (const Judgement& judged : judgements) {
    score.evidence += judged.evidence;
    if (judged.opinion == Opinion::positive) score.positive += judged.authenticity;
    if (judged.opinion == Opinion::negative) score.negative += 1;
    score.complaints += judged.opinion == Opinion::negative || judged.criticises;
    score.commercial += judged.commercial;
    for (const Contribution& c : judged.contributions) {
      if (feeds_recommending(c.act)) recommending += c.value;
      if (c.act == Act::defend) defending += c.value;
      if (c.act == Act::help) helping += c.value;
      if (c.act == Act::idea) feedback += c.value;
      score.recommendations += c.act == Act::recommend;
      score.defences += c.act == Act::defend;
      score.helps += c.act == Act::help;
      score.contributions.push_back(c);
    }
  }
  const ComponentWeights& scales = config.components;
  score.recommending = saturated(recommending, scales.recommending_scale);
  score.defending = saturated(defending, scales.defending_scale);
  score.helping = saturated(helping, scales.helping_scale);
  score.feedback = saturated(feedback, scales.feedback_scale);
  score.positive_share = (score.positive + 1) / (score.positive + score.negative + 2);
  score.positivity = std::max(0.0, 2 * score.positive_share - 1);
}

// C counts from the active month that gives the most. Counted from the first month alone, learning
// of one more, older recommendation would lower the score.
void add_consistency(std::span<const Judgement> judgements, Timestamp as_of,
                     const AdvocacyConfig& config, AuthorScore& score) {
  std::vector<std::int64_t> months;  // distinct, oldest first
  for (const Judgement& judged : judgements) {
    const bool strong =
        std::any_of(judged.contributions.begin(), judged.contributions.end(),
                    [&](const Contribution& c) { return c.weight >= config.strong_act_weight; });
    const std::int64_t month = month_of(judged.facts->created_at);
    if (strong && (months.empty() || months.back() != month)) months.push_back(month);
  }
  score.active_months = static_cast<std::uint32_t>(months.size());
  for (std::size_t i = 0; i < months.size(); ++i) {
    const auto since = static_cast<double>(month_of(as_of) - months[i] + 1);
    const double of = std::max(config.consistency_months_minimum,
                               std::min(config.consistency_months_maximum, since));
    const double active = std::min(static_cast<double>(months.size() - i), of);
    if (active / of > score.consistency) {
      score.consistency = active / of;
      score.consistent_months = static_cast<std::uint32_t>(active);
      score.consistency_months = static_cast<std::uint32_t>(of);
    }
  }
}

double sum_of_components(const AuthorScore& score, const ComponentWeights& weights) {
  return weights.recommending * score.recommending + weights.consistency * score.consistency +
         weights.positivity * score.positivity + weights.defending * score.defending +
         weights.helping * score.helping + weights.feedback * score.feedback +
         weights.influence * score.influence + weights.niche * score.niche;
}

void add_counter_evidence(std::span<const Judgement> judgements, AuthorScore& score) {
  for (auto judged = judgements.rbegin(); judged != judgements.rend(); ++judged) {
    if (score.counter_evidence.size() == kMaxCounterEvidence) return;
    if (judged->opinion == Opinion::negative || judged->criticises || judged->commercial ||
        judged->is_copy) {
      score.counter_evidence.push_back(judged->facts->seq);
    }
  }
}

void add_appearances(const store::AuthorHistory& history, Timestamp as_of, AuthorScore& score) {
  std::map<std::uint16_t, std::uint32_t> languages;
  std::uint32_t most = 0;
  for (const MentionFacts& facts : history.mentions) {
    if (facts.created_at > as_of) continue;
    ++score.mentions;
    if (facts.lang != 0 && ++languages[facts.lang] > most) {
      most = languages[facts.lang];
      score.language = facts.lang;
    }
    if (!score.first_seen || facts.created_at < *score.first_seen) {
      score.first_seen = facts.created_at;
    }
    if (!score.last_seen || facts.created_at > *score.last_seen) {
      score.last_seen = facts.created_at;
    }
  }
}

void sort_contributions(AuthorScore& score) {
  std::sort(score.contributions.begin(), score.contributions.end(),
            [](const Contribution& a, const Contribution& b) {
              if (a.value != b.value) return a.value > b.value;
              if (a.seq != b.seq) return a.seq > b.seq;
              return a.act < b.act;
            });
}

// D.3: "Advocate and N >= .6, audience unknown or below 10 000". Where no rule tags aspects there
// is no N, and its other factor, the part of the responders who come back (a day later or more: one
// conversation is no return), stands for it. One or two people are no niche.
bool is_micro_advocate(const AuthorScore& score, std::optional<std::int64_t> followers,
                       const LevelGates& gates) {
  if (score.level < Level::advocate || score.responders < gates.micro_responders) return false;
  if (followers && *followers >= static_cast<std::int64_t>(gates.micro_audience)) return false;
  if (score.topics > 0) return score.niche >= gates.micro_returning;
  return score.returning_responders >= gates.micro_returning * score.responders;
}

}  // namespace

AuthorScore evaluate(const store::AuthorHistory& history, Timestamp as_of,
                     const AdvocacyConfig& config, std::vector<Judgement>& judgements) {
  judgements = judge(history, as_of, config);
  const Tally counted = tally(judgements);
  AuthorScore score;
  add_appearances(history, as_of, score);
  add_components(judgements, config, score);
  add_consistency(judgements, as_of, config, score);
  add_influence(history, counted, as_of, config, score);
  add_niche(judgements, config, score);
  add_defences(history, judgements, as_of, config, score);
  add_author_penalties(judgements, counted, config.relations, score);
  add_counter_evidence(judgements, score);
  sort_contributions(score);
  score.score = 100 * score.authenticity * sum_of_components(score, config.components);
  score.score_low = score.score * score.evidence / (score.evidence + 1);
  const Level level = level_by_gates(score, counted, config);
  score.relation = relation_of(score, counted, level, history.author.followers, config);
  score.level = score.relation == RelationClass::advocate ? level : Level::none;
  score.micro_advocate = is_micro_advocate(score, history.author.followers, config.levels);
  score.next_gate = next_gate_of(score, counted, config);
  return score;
}

bool was_advocate(const store::AuthorHistory& history, Timestamp at, const AdvocacyConfig& config) {
  std::vector<Judgement> judgements;
  return evaluate(history, at, config, judgements).level >= Level::advocate;
}

namespace {

// Criticism lowers the positive share, often below the gate: whoever was an advocate just before
// their first recent criticism is the one who may leave.
bool is_at_risk(const store::AuthorHistory& history, std::span<const Judgement> judgements,
                Level level, Timestamp as_of, const AdvocacyConfig& config) {
  const Timestamp since = days_before(as_of, config.levels.at_risk_days);
  for (const Judgement& judged : judgements) {
    if (!judged.criticises || judged.facts->created_at < since) continue;
    return level >= Level::advocate ||
           was_advocate(history, {judged.facts->created_at.milliseconds - 1}, config);
  }
  return false;
}

// The first moment at which `instant` is more than so many days past.
Timestamp days_after(Timestamp instant, double days) {
  return {instant.milliseconds + std::llround(days * static_cast<double>(kMillisecondsPerDay)) + 1};
}

std::optional<Timestamp> last_strong_act(std::span<const Judgement> judgements,
                                         const AdvocacyConfig& config) {
  std::optional<Timestamp> last;
  for (const Judgement& judged : judgements) {
    for (const Contribution& c : judged.contributions) {
      if (c.weight >= config.strong_act_weight) last = judged.facts->created_at;
    }
  }
  return last;
}

// Looks at the whole history: a lapsed advocate may have no mention in the window any more.
std::optional<Timestamp> last_strong_act_ever(const store::AuthorHistory& history,
                                              std::span<const Judgement> judgements,
                                              Timestamp as_of, const AdvocacyConfig& config) {
  if (const auto last = last_strong_act(judgements, config)) return last;
  AdvocacyConfig whole = config;
  whole.window_days = 36'600;
  return last_strong_act(judge(history, as_of, whole), config);
}

bool has_lapsed(const store::AuthorHistory& history, std::span<const Judgement> judgements,
                Timestamp as_of, const AdvocacyConfig& config) {
  const Timestamp before = days_before(as_of, config.levels.lapsed_days);
  const std::optional<Timestamp> last = last_strong_act_ever(history, judgements, as_of, config);
  return last && *last < before && was_advocate(history, *last, config);
}

}  // namespace

MarkChanges mark_changes(const store::AuthorHistory& history, std::span<const Judgement> judgements,
                         Timestamp as_of, const AdvocacyConfig& config) {
  MarkChanges changes;
  const auto change_at = [&](Timestamp at) {
    if (at > as_of && (!changes.next || at < *changes.next)) changes.next = at;
  };
  // When one criticism has become old, the next one is looked at: it may have come to an advocate.
  for (const Judgement& judged : judgements) {
    if (!judged.criticises) continue;
    change_at(days_after(judged.facts->created_at, config.levels.at_risk_days));
  }
  const auto last = last_strong_act_ever(history, judgements, as_of, config);
  if (!last) return changes;
  const Timestamp lapses = days_after(*last, config.levels.lapsed_days);
  change_at(lapses);
  change_at(days_after(*last, config.window_days));
  changes.will_lapse = lapses > as_of && was_advocate(history, *last, config);
  return changes;
}

AuthorScore score_author(const store::AuthorHistory& history, Timestamp as_of,
                         const AdvocacyConfig& config) {
  std::vector<Judgement> judgements;
  AuthorScore score = evaluate(history, as_of, config, judgements);
  score.at_risk = is_at_risk(history, judgements, score.level, as_of, config);
  score.lapsed = has_lapsed(history, judgements, as_of, config);
  score.style = style_of(history.author, judgements, score, as_of, config);
  return score;
}

}  // namespace passaparola::advocacy
