#include "sentiment/target.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/json.h"
#include "core/limits.h"
#include "sentiment/facts.h"
#include "sentiment/model.h"

namespace passaparola::sentiment {
namespace {

constexpr double kRatingLogOdds = 3;  // of the best and the worst rating
constexpr double kFairChance = 0.1;
constexpr double kContradiction = 0.6;  // chance by the text of what the rating is not
constexpr double kPolarMargin = 0.02;   // by which a polarity must be likelier than neutral
constexpr double kLeastWeight = 0.05;   // of a hit that is shown

// -1 to 1; 0 without a rating.
double rating_of(const PostView& post) {
  if (post.nps) return std::clamp((*post.nps - 7.5) / 2.5, -1.0, 1.0);
  if (!post.rating || post.rating->max <= 1) return 0;
  const double middle = (1 + post.rating->max) / 2;
  return std::clamp((post.rating->value - middle) / (post.rating->max - middle), -1.0, 1.0);
}

// Kept by the thread, so that a mention costs no allocation.
std::vector<SentimentHit>& kept_hits() {
  thread_local std::vector<SentimentHit> hits;
  return hits;
}

class Explanation {
 public:
  Explanation(const PostReading& reading, Aim aim, const Facts& facts)
      : r_(reading),
        weights_(reading.lexicons.model(reading.language).facts_for(aim)),
        hits_(kept_hits()) {
    hits_.clear();
    for (const ScopedOpinion& opinion : facts.opinions) {
      const auto scope = static_cast<std::size_t>(opinion.scope);
      (opinion.hit.alone > 0 ? good_ : bad_)[scope] += opinion.hit.alone;
    }
    for (const ScopedOpinion& opinion : facts.opinions) add(opinion, facts);
  }

  void add(const std::vector<LearnedUse>& learned) {
    for (const LearnedUse& use : learned) {
      const Token& token = r_.of(use.field).tokens[use.token];
      add(use.field, token.begin, token.end, use.weights.positive - use.weights.negative, false);
    }
  }

  void add(std::span<const ActHit> acts) {
    for (const ActHit& act : acts) {
      const Weights& weights = weights_[fact_of(act.act)];
      add(act.field, act.begin, act.end,
          (weights.positive - weights.negative) * static_cast<float>(act.confidence), false);
    }
  }

  std::span<const SentimentHit> hits(Arena& arena) {
    const auto heavier = [](const SentimentHit& a, const SentimentHit& b) {
      if (std::abs(a.weight) != std::abs(b.weight)) return std::abs(a.weight) > std::abs(b.weight);
      return a.field != b.field ? a.field > b.field : a.begin < b.begin;
    };
    if (hits_.size() > kMaxSentimentHits) {
      std::sort(hits_.begin(), hits_.end(), heavier);
      hits_.resize(kMaxSentimentHits);
    }
    std::sort(hits_.begin(), hits_.end(), [](const SentimentHit& a, const SentimentHit& b) {
      if (a.field != b.field) return a.field > b.field;
      return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    return arena.copy(hits_);
  }

 private:
  // An opinion's share of what its scope's facts add.
  void add(const ScopedOpinion& opinion, const Facts& facts) {
    const auto scope = static_cast<std::size_t>(opinion.scope);
    const bool good = opinion.hit.alone > 0;
    const auto amount = good ? OpinionFact::good : OpinionFact::bad;
    const auto clearly = good ? OpinionFact::clearly_good : OpinionFact::clearly_bad;
    const double share = opinion.hit.alone / (good ? good_ : bad_)[scope];
    double weight = 0;
    for (const OpinionFact fact : {amount, clearly}) {
      const std::size_t at = fact_of(opinion.scope, fact);
      weight += static_cast<double>(facts.values[at]) *
                static_cast<double>(weights_[at].positive - weights_[at].negative);
    }
    add(opinion.field, opinion.hit.begin, opinion.hit.end, share * weight, opinion.hit.negated);
  }

  void add(Field field, std::uint32_t begin, std::uint32_t end, double weight, bool negated) {
    if (std::abs(weight) < kLeastWeight) return;
    // A word that is part of what is shown already adds to it.
    for (SentimentHit& hit : hits_) {
      if (hit.field == field && hit.begin <= begin && end <= hit.end) {
        hit.weight = rounded(hit.weight + weight);
        return;
      }
    }
    const std::string_view text = field_text(r_.post, field);
    hits_.push_back({text.substr(begin, end - begin), field, begin, end, rounded(weight), negated});
  }

  const PostReading& r_;
  const std::array<Weights, kFactCount>& weights_;
  std::array<double, kScopeCount> good_{};
  std::array<double, kScopeCount> bad_{};
  std::vector<SentimentHit>& hits_;
};

bool is_mixed(const Facts& facts, const std::array<double, 3>& chances) {
  bool good = false;
  bool bad = false;
  for (const Scope scope : {Scope::near, Scope::clause, Scope::linked}) {
    good = good || facts.values[fact_of(scope, OpinionFact::clearly_good)] != 0;
    bad = bad || facts.values[fact_of(scope, OpinionFact::clearly_bad)] != 0;
  }
  return good && bad && chances[0] >= kFairChance && chances[2] >= kFairChance;
}

// Polarity must be earned: when it is a toss-up, nothing was said.
Label label_of(const std::array<double, 3>& chances) {
  if (std::max(chances[0], chances[2]) < chances[1] + kPolarMargin) return Label::neutral;
  return chances[2] >= chances[0] ? Label::positive : Label::negative;
}

}  // namespace

double confidence_in(std::string_view lang) {
  if (lang == "en" || lang == "it") return 1;
  return lang == "und" ? 0.6 : 0.2;
}

Sentiment judge_sentiment(const PostReading& reading, Aim aim, std::span<const ActHit> acts,
                          const Facts& facts, const Learned& learned, Arena& arena) {
  Weights odds = learned.odds;
  const auto by_text = chances_of(odds);
  const double rating = rating_of(reading.post);
  odds.positive += static_cast<float>(kRatingLogOdds * rating);
  odds.negative -= static_cast<float>(kRatingLogOdds * rating);
  auto chances = chances_of(odds);
  if (label_of(chances) != Label::neutral) {
    // What is said of others may add to a polarity but does not make one.
    odds.add(log_odds_of_others(reading.lexicons.model(reading.language), aim, facts, learned), -1);
    const auto without_others = chances_of(odds);
    if (label_of(without_others) != label_of(chances)) chances = without_others;
  }

  Sentiment result;
  result.score = rounded(chances[2] - chances[0]);
  result.label = label_of(chances);
  const double chance = result.label == Label::positive   ? chances[2]
                        : result.label == Label::negative ? chances[0]
                                                          : chances[1];
  result.confidence = rounded(chance * confidence_in(reading.lang));
  const bool contradicted = (rating >= 0.5 && by_text[0] >= kContradiction) ||
                            (rating <= -0.5 && by_text[2] >= kContradiction);
  if (contradicted || (aim == Aim::brand && is_mixed(facts, chances))) {
    result.label = Label::mixed;
  } else if (result.confidence < kAbstainConfidence) {
    result.label = Label::abstain;
  }
  Explanation explanation(reading, aim, facts);
  explanation.add(learned.uses);
  explanation.add(acts);
  result.hits = explanation.hits(arena);
  return result;
}

bool is_two_sided(const Facts& facts) {
  bool good = false;
  bool bad = false;
  for (std::size_t scope = 0; scope < kScopeCount; ++scope) {
    const auto in = static_cast<Scope>(scope);
    good = good || facts.values[fact_of(in, OpinionFact::clearly_good)] != 0;
    bad = bad || facts.values[fact_of(in, OpinionFact::clearly_bad)] != 0;
  }
  return good && bad;
}

}  // namespace passaparola::sentiment
