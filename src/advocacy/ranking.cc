#include "advocacy/ranking.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <vector>

#include "advocacy/judgement.h"
#include "advocacy/score.h"
#include "core/check.h"

namespace passaparola::advocacy {
namespace {

// Of two ways to sum the same numbers.
constexpr double kRounding = 1e-9;

// To be raised with every change of what a history comes to: ranks of another version are made
// anew.
constexpr int kScoringVersion = 4;

// Everybody is judged again so often, so that no value is much higher than the score has become.
constexpr std::int64_t kRankDays = 30;

std::uint64_t acts_of(const store::AuthorAggregate& aggregate, std::initializer_list<Act> acts) {
  std::uint64_t total = 0;
  for (const Act act : acts) total += aggregate.acts[static_cast<std::size_t>(act)];
  return total;
}

// The number of a list: the class, and a bit for each mark.
constexpr std::uint8_t kAtRisk = 1U << 4U, kLapsed = 1U << 5U;
constexpr std::uint8_t kClasses = 9;
static_assert(static_cast<std::uint8_t>(RelationClass::neutral) + 1 == kClasses);
static_assert(kClasses <= kAtRisk);

std::uint8_t list_of(const AuthorScore& score) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(score.relation) |
                                   (score.at_risk ? kAtRisk : 0U) | (score.lapsed ? kLapsed : 0U));
}

// Whoever is on another list can come to the class by ageing alone: an advocate whose acts grow old
// is loyal at last, and then neutral.
bool may_become(RelationClass listed, RelationClass wanted) {
  if (listed == wanted) return true;
  if (listed != RelationClass::advocate && listed != RelationClass::loyal) return false;
  return wanted == RelationClass::neutral ||
         (wanted == RelationClass::loyal && listed == RelationClass::advocate);
}

std::vector<std::uint8_t> lists_of(const ListQuery& query) {
  std::vector<std::uint8_t> lists;
  for (std::uint8_t relation = 0; relation < kClasses; ++relation) {
    if (query.relation && !may_become(static_cast<RelationClass>(relation), *query.relation)) {
      continue;
    }
    for (const bool at_risk : {false, true}) {
      for (const bool lapsed : {false, true}) {
        if ((query.at_risk && !at_risk) || (query.lapsed && !lapsed)) continue;
        lists.push_back(static_cast<std::uint8_t>(relation | (at_risk ? kAtRisk : 0U) |
                                                  (lapsed ? kLapsed : 0U)));
      }
    }
  }
  return lists;
}

bool is_clean(std::span<const Judgement> judgements, const AuthorScore& score) {
  // With two aspects or more the older one may leave the window, and what is left is more of a
  // niche.
  return score.penalties.empty() && score.topics < 2 &&
         std::none_of(judgements.begin(), judgements.end(), [](const Judgement& judged) {
           return judged.opinion == Opinion::negative || judged.criticises || judged.commercial ||
                  judged.labelled || judged.is_copy || judged.authenticity < 1;
         });
}

// When the history must be judged again though nothing happened to it.
Timestamp due_of(const store::AuthorHistory& history, std::span<const Judgement> judgements,
                 const AuthorScore& score, const MarkChanges& marks, Timestamp at,
                 const AdvocacyConfig& config) {
  Timestamp due{at.milliseconds + kRankDays * kMillisecondsPerDay};
  if (marks.next) due = std::min(due, *marks.next);
  const std::int64_t window =
      std::llround(config.window_days * static_cast<double>(kMillisecondsPerDay));
  if (!judgements.empty() && !is_clean(judgements, score)) {
    due.milliseconds =
        std::min(due.milliseconds, judgements.front().facts->created_at.milliseconds + window);
  }
  // Somebody who answered once leaves the window, and more of the others have come back.
  if (score.topics > 0) {
    for (const ResponseFacts& facts : history.responses) {
      const Timestamp leaves{facts.created_at.milliseconds + window};
      if (leaves > at) due = std::min(due, leaves);
    }
  }
  // What lies in the future, by a clock that is wrong, has not been counted.
  for (const MentionFacts& facts : history.mentions) {
    if (facts.created_at > at) due = std::min(due, facts.created_at);
  }
  for (const ResponseFacts& facts : history.responses) {
    if (facts.created_at > at) due = std::min(due, facts.created_at);
  }
  return due;
}

std::string ranking_basis(const AdvocacyConfig& config) {
  return config_hash(config) + ":" + std::to_string(kScoringVersion);
}

}  // namespace

bool can_rank(const store::AuthorAggregate& aggregate, RelationClass relation) {
  switch (relation) {
    case RelationClass::advocate:
      return acts_of(aggregate, {Act::recommend, Act::defend, Act::help, Act::testimonial}) > 0;
    case RelationClass::loyal:
      return aggregate.positive > 0 ||
             acts_of(aggregate, {Act::recommend, Act::defend, Act::help, Act::testimonial,
                                 Act::praise, Act::purchase_intent}) > 0;
    case RelationClass::detractor:
      return aggregate.negative > 0 ||
             acts_of(aggregate, {Act::complain, Act::churn, Act::anti_recommend}) > 0;
    default:
      return true;
  }
}

bool is_listed(const ListQuery& query) {
  return query.at_risk || query.lapsed || query.relation != RelationClass::neutral;
}

ListQuery listing_of(std::uint8_t list) {
  const auto relation = static_cast<std::uint8_t>(list & (kAtRisk - 1U));
  CHECK(relation < kClasses, "a rank is of no relation class");
  return {static_cast<RelationClass>(relation), (list & kAtRisk) != 0, (list & kLapsed) != 0};
}

std::optional<store::Rank> rank_of(const store::AuthorHistory& history, Timestamp at,
                                   const AdvocacyConfig& config) {
  const AuthorScore score = score_author(history, at, config);
  const std::vector<Judgement> judgements = judge(history, at, config);
  const bool future = std::any_of(history.mentions.begin(), history.mentions.end(),
                                  [&](const MentionFacts& facts) { return facts.created_at > at; });
  const MarkChanges marks = mark_changes(history, judgements, at, config);
  // Who is on no list comes onto one only when something happens, or leaves the window, or the
  // clock comes to what was dated ahead or to when they have lapsed.
  if (!is_listed({score.relation, score.at_risk, score.lapsed}) && is_clean(judgements, score) &&
      !future && !marks.will_lapse) {
    return std::nullopt;
  }
  return store::Rank{list_of(score), std::max(score.score_low, 0.0), at,
                     due_of(history, judgements, score, marks, at, config)};
}

Result<void> update_ranks(store::Store& store, const std::string& brand, Timestamp at,
                          const AdvocacyConfig& config) {
  // Labels count for some classes and no counter knows of them, so that everybody is looked at.
  return store.update_ranks(
      brand, ranking_basis(config), at, nullptr,
      [&](const store::AuthorHistory& history) { return rank_of(history, at, config); });
}

store::RankCheck rank_check(Timestamp at, const AdvocacyConfig& config) {
  return {ranking_basis(config), at,
          [&config](const store::AuthorHistory& history, Timestamp judged_at) {
            return rank_of(history, judged_at, config);
          }};
}

Result<bool> visit_ranked(const store::Store& store, const std::string& brand,
                          const ListQuery& query, Timestamp at, const AdvocacyConfig& config,
                          const std::function<double()>& least,
                          const std::function<void(store::AuthorHistory&&, AuthorScore&&)>& offer) {
  bool valid = true;
  const std::vector<std::uint8_t> lists = lists_of(query);
  const auto visited =
      store.visit_ranks(brand, lists, [&](const store::Rank& rank, store::AuthorHistory&& history) {
        valid = rank.judged_at <= at;
        if (!valid || rank.value + kRounding < least()) return false;
        AuthorScore score = score_author(history, at, config);
        offer(std::move(history), std::move(score));
        return true;
      });
  if (!visited) return visited.error();
  return valid;
}

}  // namespace passaparola::advocacy
