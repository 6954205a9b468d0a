// AdvocacyConfig: every weight, window and gate of the score, the level and the relation class.
// Sources are sections of the advocate scoring specification (FEATURES §D). No published threshold
// for "advocate from text" exists, so every value is a setting, and its hash goes with each score.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace passaparola::advocacy {

// D.1: w(act). Complaints, churn and anti-recommendations weigh nothing here: they are negative
// opinion. So do seek, received and compare, which are not the author's own word for the brand.
struct ActWeights {
  double recommend_to_others = 1.00;
  double recommend = 0.90;
  double defend = 0.90;
  double help = 0.80;
  double testimonial = 0.70;
  double idea = 0.50;
  double praise = 0.30;
  double invite = 0.30;  // without code or affiliate link; with one it is commercial and weighs 0
  double purchase_intent = 0.15;
};

// D.3: what each component adds to S_raw, and the saturation E/scale of 1 - exp(-E/scale).
// N, the niche focus, needs rules that tag aspects: without them it is 0, and its 3 % are not
// handed to other components.
struct ComponentWeights {
  double recommending = 0.30;
  double consistency = 0.15;
  double positivity = 0.20;
  double defending = 0.10;
  double helping = 0.10;
  double feedback = 0.05;
  double influence = 0.07;
  double niche = 0.03;
  double recommending_scale = 1.0;
  double defending_scale = 0.6;
  double helping_scale = 1.2;
  double feedback_scale = 0.8;
};

// D.3: levels.
struct LevelGates {
  double candidate_score_low = 20;
  std::uint32_t candidate_acts = 2;  // recommend, defend, help or testimonial
  std::uint32_t candidate_days = 2;
  double candidate_authenticity = 0.6;
  double advocate_score_low = 35;
  std::uint32_t advocate_acts = 3;  // recommend, defend or help
  std::uint32_t advocate_days = 3;
  std::uint32_t advocate_span_days = 28;
  double advocate_positive_share = 0.75;
  double advocate_commercial_share = 0.2;  // below
  double champion_score_low = 60;
  std::uint32_t champion_months = 4;
  // An author belongs to one source, so the alternative gate "two channels" cannot be met.
  std::uint32_t champion_defences = 1;
  double micro_returning = 0.6;  // of the responders, a day later or more
  std::uint32_t micro_responders = 3;
  std::uint64_t micro_audience = 10'000;  // below, or unknown
  double at_risk_days = 30;
  double lapsed_days = 180;
};

// D.4: penalties of the author (A) and the borders of relation classes.
struct RelationGates {
  // Mentions of the brand in one UTC day, or posts of any kind a day since the account is there.
  std::uint32_t busy_day = 50;  // the common suspicion mark
  double busy_day_penalty = 0.3;
  std::uint32_t flooded_day = 144;
  double flooded_day_penalty = 0.6;
  std::uint32_t same_text_times = 3;
  double same_text_penalty = 0.8;  // of every such mention, and of the author who mostly does it
  double mostly_share = 0.5;       // from here "mostly" copies, declared bot or paid
  double authenticity_floor = 0.05;
  double inauthentic_below = 0.3;
  double influencer_share = 0.3;  // of mentions labelled or with an affiliate link
  std::uint64_t influencer_audience = 10'000;
  double incentivised_share = 0.5;  // of all mentions, or of those that speak well of the brand
  std::uint32_t detractor_mentions = 3;
  std::uint32_t detractor_days = 2;
  double detractor_positive_share = 0.25;
  std::uint32_t loyal_positive_mentions = 3;
  std::uint32_t loyal_days = 2;
  double loyal_positive_share = 0.5;  // above
  double referral_share = 0.3;        // of mentions with a code of a registered programme
  std::int32_t new_account_days = 30;
  double new_account_penalty = 0.2;
  std::uint32_t few_posts = 5;  // fewer than these, and all about the brand
  double single_brand_penalty = 0.3;
  std::uint32_t burst_mentions = 2;  // that came with those of the same others
  double burst_penalty = 0.6;
  std::uint32_t top_reviews_day = 3;  // five-star reviews on one UTC day
  double top_reviews_penalty = 0.6;
  double wordless_depth = 0.25;  // depth of hardly more than two words
  double wordless_penalty = 0.3;
};

// D.6: the four types. Weights in the order of kTypeSignals (types.h), those of signals that
// histories do not hold among them: they say how much of a type is known.
struct TypeRules {
  std::array<std::array<double, 6>, 4> weights = {{
      {3, 2, 2, 1, 1, 0},  // educator
      {3, 2, 2, 2, 1, 1},  // validator
      {3, 2, 2, 2, 1, 0},  // status seeker
      {3, 2, 2, 2, 1, 0},  // collaborator
  }};
  double evidence = 5;  // n_eff
  double score = 0.25;  // T
  double share = 0.40;
  double margin = 0.10;         // of the share to the next type's
  double known = 0.4;           // of a type's weight, else it is not compared with others
  double detailed_depth = 0.5;  // D.10: what depth makes a review a detailed one
  double moderate_least = 0.2;  // of |p|
  double moderate_most = 0.7;   // of |p|
  double steady_months = 12;    // of tenure and of activity that make their signal 1
  double people_helped = 5;     // that make their signal 1
};

// D.5: Recommendation Balance.
struct BalanceRules {
  double promoter_positive_share = 0.6;   // P at least
  double detractor_positive_share = 0.4;  // P at most
  std::uint32_t detractor_complaints = 2;
  std::uint32_t authors = 30;            // with fewer it is not shown
  std::uint32_t draws = 2'000;           // of all authors, for the interval
  std::uint32_t drawn_authors = 20'000;  // of more the interval is the normal distribution's
  std::uint64_t seed = 1;
};

struct AdvocacyConfig {
  ActWeights acts;
  ComponentWeights components;
  LevelGates levels;
  RelationGates relations;
  TypeRules types;
  BalanceRules balance;
  double window_days = 365;                // D.3
  double half_life_outward_days = 180;     // D.1: recommend, defend, testimonial
  double half_life_days = 90;              // D.1: everything else
  double explicit_act_polarity = 0.4;      // D.1: p* of recommend, defend and help at least
  double strong_act_weight = 0.4;          // D.3: counts for a month of C, and u = 1 in n_eff
  double weak_opinion_evidence = 0.3;      // D.3: u of every other opinion
  double copy_window_days = 90;            // D.1
  double consistency_months_minimum = 3;   // D.3
  double consistency_months_maximum = 12;  // D.3
  double influence_responders = 64;        // D.3: responders that make I = 1
  double niche_topics = 8;                 // D.3: Hmax is the entropy of so many equal ones
  std::uint32_t niche_mentions = 3;        // with an aspect; with fewer N is 0
  double defence_hours = 72;               // D.7: for the critic to soften
};

// Calls `visit` with the name and value of every setting, in a fixed order.
void for_each_setting(const AdvocacyConfig& config,
                      const std::function<void(std::string_view, double)>& visit);

// Sets the setting of that name. Errors: invalid_argument; the message goes behind the name: "is no
// setting: …" with the one that is spelt most like it, or "must be …" with the range.
Result<void> set_setting(AdvocacyConfig& config, std::string_view name, double value);

// All settings as a configuration file that sets them, each with its default beside it, and the
// hash.
std::string settings_toml(const AdvocacyConfig& config);
// {"config_hash":…,"settings":[{"name":…,"value":…,"default":…}]}
std::string settings_json(const AdvocacyConfig& config);

}  // namespace passaparola::advocacy
