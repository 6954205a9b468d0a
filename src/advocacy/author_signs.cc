#include "advocacy/author_signs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace passaparola::advocacy {
namespace {

constexpr float kTopStars = 4.99F, kBottomStars = 1.01F;  // stars are kept in fiftieths

class Signs {
 public:
  Signs(const Tally& counted, const RelationGates& gates, AuthorScore& score)
      : counted_(counted), gates_(gates), score_(score) {}

  // What the last mention that knows its account says of it.
  void account(std::span<const Judgement> judgements) {
    const MentionFacts* known = nullptr;
    for (const Judgement& judged : judgements) {
      if (judged.facts->account_days >= 0 || judged.facts->account_posts >= 0) known = judged.facts;
    }
    volume(known);
    if (known == nullptr) return;
    if (known->account_days >= 0 && known->account_days < gates_.new_account_days) {
      penalise("new_account", gates_.new_account_penalty,
               fmt::format("{} days old at the last mention", known->account_days));
    }
    // Its own post may or may not be among those that the source counts.
    if (known->account_posts >= 0 && known->account_posts < gates_.few_posts &&
        counted_.all.count + 1 >= known->account_posts) {
      penalise("single_brand", gates_.single_brand_penalty,
               fmt::format("{} of {} posts of the account are about the brand",
                           std::min<std::int64_t>(counted_.all.count, known->account_posts),
                           known->account_posts));
    }
  }

  void reviews(std::span<const Judgement> judgements) {
    std::map<std::int64_t, std::uint32_t> top;  // five-star reviews by UTC day
    std::uint32_t all = 0, wordless = 0, most = 0;
    for (const Judgement& judged : judgements) {
      const MentionFacts& facts = *judged.facts;
      if (facts.kind != PostKind::review || facts.stars < 0) continue;
      ++all;
      const bool extreme = facts.stars >= kTopStars || facts.stars <= kBottomStars;
      wordless += extreme && facts.depth < gates_.wordless_depth ? 1 : 0;
      if (facts.stars >= kTopStars) most = std::max(most, ++top[day_of(facts.created_at)]);
    }
    if (most >= gates_.top_reviews_day) {
      penalise("reviews", gates_.top_reviews_penalty,
               fmt::format("{} five-star reviews on one day", most));
    } else if (all >= 2 && wordless >= gates_.mostly_share * all) {
      penalise("reviews", gates_.wordless_penalty,
               fmt::format("{} of {} reviews are extreme stars without words", wordless, all));
    }
  }

  void bursts() {
    if (counted_.bursts == 0 || counted_.bursts < gates_.burst_mentions) return;
    penalise("burst", gates_.burst_penalty,
             fmt::format("{} of {} mentions came within minutes of those of the same others",
                         counted_.bursts, counted_.all.count));
  }

  void mostly(std::string_view signal, std::uint32_t part, double penalty, std::string_view what) {
    if (part == 0 || counted_.share(part) < gates_.mostly_share) return;
    penalise(signal, penalty, fmt::format("{} of {} mentions {}", part, counted_.all.count, what));
  }

 private:
  void volume(const MentionFacts* known) {
    double a_day = counted_.busiest_day;
    std::string evidence = fmt::format("{} mentions on one day", counted_.busiest_day);
    if (known != nullptr && known->account_days > 0 && known->account_posts >= 0) {
      const double average = static_cast<double>(known->account_posts) / known->account_days;
      if (average > a_day) {
        a_day = average;
        evidence = fmt::format("{} posts in {} days", known->account_posts, known->account_days);
      }
    }
    if (a_day <= gates_.busy_day) return;
    penalise("volume",
             a_day > gates_.flooded_day ? gates_.flooded_day_penalty : gates_.busy_day_penalty,
             std::move(evidence));
  }

  void penalise(std::string_view signal, double penalty, std::string evidence) {
    score_.authenticity *= 1 - penalty;
    score_.penalties.push_back({signal, penalty, std::move(evidence)});
  }

  const Tally& counted_;
  const RelationGates& gates_;
  AuthorScore& score_;
};

}  // namespace

void add_author_penalties(std::span<const Judgement> judgements, const Tally& counted,
                          const RelationGates& gates, AuthorScore& score) {
  Signs signs(counted, gates, score);
  signs.account(judgements);
  signs.mostly("copies", counted.repeated_texts, gates.same_text_penalty, "repeat the same text");
  signs.bursts();
  signs.reviews(judgements);
  signs.mostly("declared_bot", counted.declared_bot, 1, "are by a declared bot");
  score.authenticity = std::max(score.authenticity, gates.authenticity_floor);
}

}  // namespace passaparola::advocacy
