#include "advocacy/resonance.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace passaparola::advocacy {
namespace {

constexpr std::int64_t kMillisecondsPerHour = 3'600'000;

// Posts whose answers say nothing of the author's own influence. Of all times, because an answer
// may stay in the window longer than what it answers.
std::unordered_set<std::uint64_t> commercial_posts(const store::AuthorHistory& history) {
  std::unordered_set<std::uint64_t> posts;
  for (const MentionFacts& facts : history.mentions) {
    if (facts.ties.post != 0 && is_commercial(facts)) posts.insert(facts.ties.post);
  }
  return posts;
}

bool is_proven(const MentionFacts& facts) {
  return std::any_of(facts.acts.begin(), facts.acts.begin() + facts.act_count,
                     [](const ActFact& act) { return act.act == Act::defend && act.parent_fits; });
}

// What a mention keeps of whom it answers.
std::uint16_t answered_by(std::uint64_t person) { return static_cast<std::uint16_t>(person | 1); }

bool softened(const store::AuthorHistory& history, const MentionFacts& defence, Timestamp as_of,
              const AdvocacyConfig& config) {
  const std::int64_t within =
      std::llround(config.defence_hours * static_cast<double>(kMillisecondsPerHour));
  return std::any_of(
      history.responses.begin(), history.responses.end(), [&](const ResponseFacts& response) {
        const std::int64_t after =
            response.created_at.milliseconds - defence.created_at.milliseconds;
        const bool by_critic = response.answered == defence.ties.post &&
                               answered_by(response.responder) == defence.ties.answered;
        const bool kind = response.label == Label::positive || response.label == Label::neutral ||
                          response.label == Label::mixed;
        return by_critic && kind && after >= 0 && after <= within && response.created_at <= as_of;
      });
}

}  // namespace

std::uint64_t responder_of(const store::AuthorRecord& author) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, author.key.data(), sizeof bytes);
  return bytes;
}

void add_influence(const store::AuthorHistory& history, const Tally& counted, Timestamp as_of,
                   const AdvocacyConfig& config, AuthorScore& score) {
  const bool paid = counted.share(counted.unauthentic) >= config.relations.mostly_share;
  if (paid || counted.all.count == 0) return;
  const std::uint64_t self = responder_of(history.author);
  const std::unordered_set<std::uint64_t> commercial = commercial_posts(history);
  const auto window = std::llround(config.window_days * static_cast<double>(kMillisecondsPerDay));
  struct Span {
    Timestamp first, last;
  };
  std::unordered_map<std::uint64_t, Span> responders;
  for (const ResponseFacts& response : history.responses) {
    const std::int64_t age = as_of.milliseconds - response.created_at.milliseconds;
    if (age < 0 || age >= window) continue;
    if (!(response.authenticity > 0) || response.responder == self) continue;
    if (response.answered != 0 && commercial.contains(response.answered)) continue;
    const Timestamp at = response.created_at;
    Span& span = responders.try_emplace(response.responder, Span{at, at}).first->second;
    span = {std::min(span.first, at), std::max(span.last, at)};
  }
  score.responders = static_cast<std::uint32_t>(responders.size());
  for (const auto& [who, span] : responders) {
    const std::int64_t apart = span.last.milliseconds - span.first.milliseconds;
    score.returning_responders += apart >= kMillisecondsPerDay ? 1 : 0;
  }
  score.influence = std::min(
      1.0, std::log2(1.0 + score.responders) / std::log2(1.0 + config.influence_responders));
}

void add_niche(std::span<const Judgement> judgements, const AdvocacyConfig& config,
               AuthorScore& score) {
  std::map<std::uint32_t, std::uint32_t> topics;  // ordered: the sum must not depend on hashing
  std::uint32_t mentions = 0;
  for (const Judgement& judged : judgements) {
    if (judged.facts->topic == 0 || judged.authenticity == 0) continue;
    ++topics[judged.facts->topic];
    ++mentions;
  }
  if (mentions < config.niche_mentions || score.responders == 0) return;
  double entropy = 0;
  for (const auto& [topic, count] : topics) {
    const double share = static_cast<double>(count) / mentions;
    entropy -= share * std::log2(share);
  }
  const double focus = std::max(0.0, 1 - entropy / std::log2(config.niche_topics));
  score.topics = static_cast<std::uint32_t>(topics.size());
  score.niche = focus * score.returning_responders / score.responders;
}

void add_defences(const store::AuthorHistory& history, std::span<const Judgement> judgements,
                  Timestamp as_of, const AdvocacyConfig& config, AuthorScore& score) {
  for (const Judgement& judged : judgements) {
    if (judged.authenticity == 0 || !is_proven(*judged.facts)) continue;
    ++score.proven_defences;
    score.settled_defences += softened(history, *judged.facts, as_of, config) ? 1 : 0;
  }
}

}  // namespace passaparola::advocacy
