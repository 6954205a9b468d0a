// The next gate in words: what an author lacks for the next level.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "advocacy/tally.h"

namespace passaparola::advocacy {
namespace {

// "one more recommendation", "3 more recommendations".
std::string some(std::int64_t number, std::string_view singular, std::string_view plural) {
  return number == 1 ? fmt::format("one more {}", singular)
                     : fmt::format("{} more {}", number, plural);
}

class Missing {
 public:
  // Mentions and the distinct days that they must fall on.
  void acts(const DayCount& have, std::uint32_t need, std::uint32_t need_days,
            std::string_view singular, std::string_view plural) {
    const auto days = static_cast<std::int64_t>(need_days) - have.days;
    // Each missing day needs a mention of its own, however many there are already.
    const auto more = std::max(static_cast<std::int64_t>(need) - have.count, days);
    if (more <= 0) return;
    std::string text = some(more, singular, plural);
    if (days == 1 && have.count > 0) text += " on another day";
    if (days > 1) text += fmt::format(" on {} {}days", days, have.count > 0 ? "other " : "");
    parts_.push_back(std::move(text));
  }

  void more(std::int64_t have, std::int64_t need, std::string_view singular,
            std::string_view plural) {
    if (have < need) parts_.push_back(some(need - have, singular, plural));
  }

  // Printed so that what is there never looks like what is needed.
  void at_least(std::string_view what, double have, double need) {
    if (have < need) {
      parts_.push_back(fmt::format("{} {:g} (now {:g})", what, need, std::floor(have * 100) / 100));
    }
  }

  void say(std::string part) { parts_.push_back(std::move(part)); }

  std::string text(std::string_view goal) const {
    return fmt::format("{}: {}", goal, fmt::join(parts_, "; "));
  }

 private:
  std::vector<std::string> parts_;
};

// Why somebody of this class cannot be an advocate however well they speak; empty: they can.
std::string obstacle(const AuthorScore& score, const Tally& counted, const RelationGates& gates) {
  switch (score.relation) {
    case RelationClass::affiliated:
      return "advocate: never, this is the brand's own voice";
    case RelationClass::inauthentic:
      return fmt::format("candidate: authenticity {:g} (now {:.2f})", gates.inauthentic_below,
                         score.authenticity);
    case RelationClass::influencer:
      return fmt::format("candidate: fewer labelled mentions (now {} of {})", counted.labelled,
                         counted.all.count);
    case RelationClass::referral_partner:
    case RelationClass::incentivised:
      return fmt::format("candidate: fewer paid or rewarded mentions (now {} of {})",
                         std::max(counted.commercial, counted.well_spoken_rewarded),
                         counted.all.count);
    case RelationClass::detractor:
      return fmt::format("candidate: a positive share above {:g} (now {:.2f})",
                         gates.detractor_positive_share, score.positive_share);
    default:
      return {};
  }
}

std::string to_candidate(const AuthorScore& score, const Tally& counted, const LevelGates& gates) {
  Missing missing;
  missing.acts(counted.grade, gates.candidate_acts, gates.candidate_days, "recommendation",
               "recommendations");
  missing.at_least("score_low", score.score_low, gates.candidate_score_low);
  missing.at_least("authenticity", score.authenticity, gates.candidate_authenticity);
  return missing.text("candidate");
}

std::string to_advocate(const AuthorScore& score, const Tally& counted, const LevelGates& gates) {
  Missing missing;
  missing.acts(counted.outward, gates.advocate_acts, gates.advocate_days,
               "recommendation, defence or help", "recommendations, defences or helps");
  missing.more(counted.outward.span_days(), gates.advocate_span_days, "day of span",
               "days of span");
  missing.at_least("score_low", score.score_low, gates.advocate_score_low);
  missing.at_least("positive share", score.positive_share, gates.advocate_positive_share);
  const double commercial = counted.share(counted.commercial);
  if (commercial >= gates.advocate_commercial_share) {
    missing.say(fmt::format("a commercial share below {:g} (now {:.2f})",
                            gates.advocate_commercial_share, commercial));
  }
  return missing.text("advocate");
}

std::string to_champion(const AuthorScore& score, const LevelGates& gates) {
  Missing missing;
  missing.at_least("score_low", score.score_low, gates.champion_score_low);
  missing.more(score.active_months, gates.champion_months, "active month", "active months");
  missing.more(score.defences, gates.champion_defences, "defence of the brand",
               "defences of the brand");
  return missing.text("champion");
}

}  // namespace

std::string next_gate_of(const AuthorScore& score, const Tally& counted,
                         const AdvocacyConfig& config) {
  std::string in_the_way = obstacle(score, counted, config.relations);
  if (!in_the_way.empty()) return in_the_way;
  switch (score.level) {
    case Level::none:
      return to_candidate(score, counted, config.levels);
    case Level::candidate:
      return to_advocate(score, counted, config.levels);
    case Level::advocate:
      return to_champion(score, config.levels);
    case Level::champion:
      return {};
  }
  return {};
}

}  // namespace passaparola::advocacy
