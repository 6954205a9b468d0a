#include "advocacy/balance.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "advocacy/config.h"
#include "advocacy/judgement.h"
#include "advocacy/score.h"

namespace passaparola::advocacy {
namespace {

bool refuses(const MentionFacts& facts) {
  for (std::size_t i = 0; i < facts.act_count; ++i) {
    if (facts.acts[i].act == Act::anti_recommend) return true;
  }
  return false;
}

// The 95 % interval of %P - %D when the authors are drawn anew, each with the same chance, again
// and again: the bootstrap by author. Which authors they are does not matter, only how many of
// each stance, so that no author is kept. std::mt19937_64 gives the same numbers everywhere, the
// distributions of the standard library do not.
Interval drawn_interval(const StanceCounts& counts, const BalanceRules& rules) {
  const std::uint64_t authors = counts.authors();
  const std::uint64_t heard = counts.promoters + counts.detractors;
  std::mt19937_64 random(rules.seed);
  std::vector<std::int64_t> sums(rules.draws);
  for (std::int64_t& sum : sums) {
    for (std::uint64_t i = 0; i < authors; ++i) {
      // Authors are fewer than 2^32: the high half of the product is an even choice among them.
      const std::uint64_t who = ((random() >> 32) * authors) >> 32;
      sum += who < counts.promoters ? 1 : who < heard ? -1 : 0;
    }
  }
  std::sort(sums.begin(), sums.end());
  const auto quantile = [&](double part) {
    const double rank = std::ceil(part * static_cast<double>(sums.size()));
    const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
    return 100 * static_cast<double>(sums[index]) / static_cast<double>(authors);
  };
  return {quantile(0.025), quantile(0.975)};
}

// What the bootstrap comes to for very many authors.
Interval normal_interval(const StanceCounts& counts) {
  constexpr double z = 1.959963984540054;
  const auto n = static_cast<double>(counts.authors());
  const double p = static_cast<double>(counts.promoters) / n;
  const double d = static_cast<double>(counts.detractors) / n;
  const double half = z * std::sqrt(std::max(0.0, p + d - (p - d) * (p - d)) / n);
  return {100 * std::max(-1.0, p - d - half), 100 * std::min(1.0, p - d + half)};
}

}  // namespace

void StanceCounts::add(Stance stance) {
  promoters += stance == Stance::promoter ? 1 : 0;
  passives += stance == Stance::passive ? 1 : 0;
  detractors += stance == Stance::detractor ? 1 : 0;
}

Stance stance_of(const store::AuthorHistory& history, Timestamp from, Timestamp to,
                 const AdvocacyConfig& config) {
  if (from >= to) return Stance::none;
  const AdvocacyConfig windowed = judged_over(from, to, config);
  std::vector<Judgement> judgements;
  const AuthorScore score = evaluate(history, {to.milliseconds - 1}, windowed, judgements);
  if (score.relation == RelationClass::affiliated || score.relation == RelationClass::inauthentic) {
    return Stance::none;
  }
  bool has_opinion = false, has_refused = false;
  std::uint32_t complaints = 0;
  for (const Judgement& judged : judgements) {
    if (judged.authenticity == 0) continue;
    has_opinion |= judged.opinion != Opinion::none;
    has_refused |= refuses(*judged.facts);
    complaints += judged.criticises || judged.opinion == Opinion::negative ? 1 : 0;
  }
  if (!has_opinion) return Stance::none;
  const BalanceRules& rules = config.balance;
  if (has_refused || (complaints >= rules.detractor_complaints &&
                      score.positive_share <= rules.detractor_positive_share)) {
    return Stance::detractor;
  }
  // What contributes is authentic. An answer to who seeks advice is a recommendation.
  const bool recommends = score.recommendations > 0 || score.defences > 0;
  return recommends && score.positive_share >= rules.promoter_positive_share ? Stance::promoter
                                                                             : Stance::passive;
}

RecommendationBalance balance_of(const StanceCounts& counts, const AdvocacyConfig& config) {
  const BalanceRules& rules = config.balance;
  RecommendationBalance result;
  result.counts = counts;
  result.needed = std::max<std::uint64_t>(rules.authors, 1);
  const std::uint64_t authors = counts.authors();
  if (authors < result.needed) return result;
  const auto n = static_cast<double>(authors);
  result.balance =
      100 * (static_cast<double>(counts.promoters) - static_cast<double>(counts.detractors)) / n;
  result.draws = authors <= rules.drawn_authors ? rules.draws : 0;
  result.interval = result.draws > 0 ? drawn_interval(counts, rules) : normal_interval(counts);
  result.negative_rate = static_cast<double>(counts.detractors) / n;
  result.negative_interval = wilson_interval(counts.detractors, authors);
  return result;
}

Result<RecommendationBalance> recommendation_balance(const store::Store& store,
                                                     std::string_view brand, Timestamp from,
                                                     Timestamp to, const AdvocacyConfig& config) {
  StanceCounts counts;
  const auto wanted = [&](const store::AuthorAggregate& aggregate) {
    return aggregate.last_seen >= from && aggregate.first_seen < to;
  };
  const auto visited = store.visit_authors(brand, wanted, [&](store::AuthorHistory&& history) {
    counts.add(stance_of(history, from, to, config));
    return true;
  });
  if (!visited) return visited.error();
  return balance_of(counts, config);
}

}  // namespace passaparola::advocacy
