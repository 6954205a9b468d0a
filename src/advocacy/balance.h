// Recommendation Balance (FEATURES D.5, series 3): of the people who say something of a brand in a
// window, how many more recommend it than speak against it. It is read from texts and is not a net
// promoter score, with which it is never merged. Second face of the advocacy module.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "advocacy/advocacy.h"
#include "core/interval.h"
#include "core/result.h"
#include "core/time.h"

namespace passaparola::advocacy {

// Of one author in a window.
enum class Stance : std::uint8_t {
  none,       // no authentic opinion; the brand's own voice; an inauthentic author
  promoter,   // recommends, answers or defends, and P >= .6
  passive,    // any other opinion
  detractor,  // an anti-recommendation, or two complaints and P <= .4
};

// Pure and deterministic: of the mentions in [from, to) alone. Who is both is a detractor: doubt
// goes against the brand, as it does in the score.
Stance stance_of(const store::AuthorHistory& history, Timestamp from, Timestamp to,
                 const AdvocacyConfig& config);

struct StanceCounts {
  std::uint64_t promoters = 0, passives = 0, detractors = 0;

  void add(Stance stance);
  std::uint64_t authors() const { return promoters + passives + detractors; }
};

struct RecommendationBalance {
  StanceCounts counts;
  std::uint64_t needed = 0;  // authors; with fewer nothing else is known
  // %P - %D in [-100, 100] with its 95 % interval; nullopt: too few authors.
  std::optional<double> balance;
  Interval interval;
  // How often the authors were drawn anew for the interval; 0: they are so many that it is that of
  // the normal distribution, which the draws approach.
  std::uint64_t draws = 0;
  double negative_rate = 0;    // NWOM: of all authors the detractors, in [0, 1]
  Interval negative_interval;  // Wilson's
};

// Pure and deterministic: the draws are seeded by a setting.
RecommendationBalance balance_of(const StanceCounts& counts, const AdvocacyConfig& config);

// Over every author who has a mention of the brand in [from, to). Errors: corrupt, io.
Result<RecommendationBalance> recommendation_balance(const store::Store& store,
                                                     std::string_view brand, Timestamp from,
                                                     Timestamp to, const AdvocacyConfig& config);

}  // namespace passaparola::advocacy
