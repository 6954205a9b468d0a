#include "advocacy/config.h"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <type_traits>

#include "advocacy/advocacy.h"
#include "advocacy/setting_range.h"
#include "advocacy/types.h"
#include "core/hash.h"

namespace passaparola::advocacy {
namespace {

template <typename Acts, typename Visit>
void visit_acts(Acts& acts, const Visit& visit) {
  visit("acts.recommend_to_others", acts.recommend_to_others);
  visit("acts.recommend", acts.recommend);
  visit("acts.defend", acts.defend);
  visit("acts.help", acts.help);
  visit("acts.testimonial", acts.testimonial);
  visit("acts.idea", acts.idea);
  visit("acts.praise", acts.praise);
  visit("acts.invite", acts.invite);
  visit("acts.purchase_intent", acts.purchase_intent);
}

template <typename Components, typename Visit>
void visit_components(Components& components, const Visit& visit) {
  visit("components.recommending", components.recommending);
  visit("components.consistency", components.consistency);
  visit("components.positivity", components.positivity);
  visit("components.defending", components.defending);
  visit("components.helping", components.helping);
  visit("components.feedback", components.feedback);
  visit("components.influence", components.influence);
  visit("components.niche", components.niche);
  visit("components.recommending_scale", components.recommending_scale);
  visit("components.defending_scale", components.defending_scale);
  visit("components.helping_scale", components.helping_scale);
  visit("components.feedback_scale", components.feedback_scale);
}

template <typename Levels, typename Visit>
void visit_levels(Levels& levels, const Visit& visit) {
  visit("levels.candidate_score_low", levels.candidate_score_low);
  visit("levels.candidate_acts", levels.candidate_acts);
  visit("levels.candidate_days", levels.candidate_days);
  visit("levels.candidate_authenticity", levels.candidate_authenticity);
  visit("levels.advocate_score_low", levels.advocate_score_low);
  visit("levels.advocate_acts", levels.advocate_acts);
  visit("levels.advocate_days", levels.advocate_days);
  visit("levels.advocate_span_days", levels.advocate_span_days);
  visit("levels.advocate_positive_share", levels.advocate_positive_share);
  visit("levels.advocate_commercial_share", levels.advocate_commercial_share);
  visit("levels.champion_score_low", levels.champion_score_low);
  visit("levels.champion_months", levels.champion_months);
  visit("levels.champion_defences", levels.champion_defences);
  visit("levels.micro_returning", levels.micro_returning);
  visit("levels.micro_responders", levels.micro_responders);
  visit("levels.micro_audience", levels.micro_audience);
  visit("levels.at_risk_days", levels.at_risk_days);
  visit("levels.lapsed_days", levels.lapsed_days);
}

template <typename Relations, typename Visit>
void visit_relations(Relations& relations, const Visit& visit) {
  visit("relations.busy_day", relations.busy_day);
  visit("relations.busy_day_penalty", relations.busy_day_penalty);
  visit("relations.flooded_day", relations.flooded_day);
  visit("relations.flooded_day_penalty", relations.flooded_day_penalty);
  visit("relations.same_text_times", relations.same_text_times);
  visit("relations.same_text_penalty", relations.same_text_penalty);
  visit("relations.mostly_share", relations.mostly_share);
  visit("relations.authenticity_floor", relations.authenticity_floor);
  visit("relations.inauthentic_below", relations.inauthentic_below);
  visit("relations.influencer_share", relations.influencer_share);
  visit("relations.influencer_audience", relations.influencer_audience);
  visit("relations.incentivised_share", relations.incentivised_share);
  visit("relations.detractor_mentions", relations.detractor_mentions);
  visit("relations.detractor_days", relations.detractor_days);
  visit("relations.detractor_positive_share", relations.detractor_positive_share);
  visit("relations.loyal_positive_mentions", relations.loyal_positive_mentions);
  visit("relations.loyal_days", relations.loyal_days);
  visit("relations.loyal_positive_share", relations.loyal_positive_share);
  visit("relations.referral_share", relations.referral_share);
  visit("relations.new_account_days", relations.new_account_days);
  visit("relations.new_account_penalty", relations.new_account_penalty);
  visit("relations.few_posts", relations.few_posts);
  visit("relations.single_brand_penalty", relations.single_brand_penalty);
  visit("relations.burst_mentions", relations.burst_mentions);
  visit("relations.burst_penalty", relations.burst_penalty);
  visit("relations.top_reviews_day", relations.top_reviews_day);
  visit("relations.top_reviews_penalty", relations.top_reviews_penalty);
  visit("relations.wordless_depth", relations.wordless_depth);
  visit("relations.wordless_penalty", relations.wordless_penalty);
}

template <typename Types, typename Visit>
void visit_types(Types& types, const Visit& visit) {
  for (std::size_t type = 0; type < kAuthorTypes; ++type) {
    for (std::size_t i = 0; i < kTypeSignals[type].size(); ++i) {
      if (kTypeSignals[type][i].empty()) continue;
      visit(
          fmt::format("types.{}.{}", name_of(static_cast<AuthorType>(type)), kTypeSignals[type][i]),
          types.weights[type][i]);
    }
  }
  visit("types.evidence", types.evidence);
  visit("types.score", types.score);
  visit("types.share", types.share);
  visit("types.margin", types.margin);
  visit("types.known", types.known);
  visit("types.detailed_depth", types.detailed_depth);
  visit("types.moderate_least", types.moderate_least);
  visit("types.moderate_most", types.moderate_most);
  visit("types.steady_months", types.steady_months);
  visit("types.people_helped", types.people_helped);
}

template <typename Balance, typename Visit>
void visit_balance(Balance& balance, const Visit& visit) {
  visit("balance.promoter_positive_share", balance.promoter_positive_share);
  visit("balance.detractor_positive_share", balance.detractor_positive_share);
  visit("balance.detractor_complaints", balance.detractor_complaints);
  visit("balance.authors", balance.authors);
  visit("balance.draws", balance.draws);
  visit("balance.drawn_authors", balance.drawn_authors);
  visit("balance.seed", balance.seed);
}

// Every setting with its name, for reading (const) or for writing.
template <typename Config, typename Visit>
void visit_all(Config& config, const Visit& visit) {
  visit_acts(config.acts, visit);
  visit_components(config.components, visit);
  visit_levels(config.levels, visit);
  visit_relations(config.relations, visit);
  visit_types(config.types, visit);
  visit_balance(config.balance, visit);
  visit("window_days", config.window_days);
  visit("half_life_outward_days", config.half_life_outward_days);
  visit("half_life_days", config.half_life_days);
  visit("explicit_act_polarity", config.explicit_act_polarity);
  visit("strong_act_weight", config.strong_act_weight);
  visit("weak_opinion_evidence", config.weak_opinion_evidence);
  visit("copy_window_days", config.copy_window_days);
  visit("consistency_months_minimum", config.consistency_months_minimum);
  visit("consistency_months_maximum", config.consistency_months_maximum);
  visit("influence_responders", config.influence_responders);
  visit("niche_topics", config.niche_topics);
  visit("niche_mentions", config.niche_mentions);
  visit("defence_hours", config.defence_hours);
}

}  // namespace

void for_each_setting(const AdvocacyConfig& config,
                      const std::function<void(std::string_view, double)>& visit) {
  visit_all(config, [&](std::string_view name, const auto& value) {
    visit(name, static_cast<double>(value));
  });
}

Result<void> set_setting(AdvocacyConfig& config, std::string_view name, double value) {
  std::string wrong = fmt::format("is no setting: {} is the nearest", nearest_setting(name));
  visit_all(config, [&](std::string_view known, auto& field) {
    if (known != name) return;
    using Number = std::decay_t<decltype(field)>;
    wrong = out_of_range(range_of(known, std::is_integral_v<Number>), value);
    if (wrong.empty()) field = static_cast<Number>(value);
  });
  if (!wrong.empty()) return fail(ErrorCode::invalid_argument, std::move(wrong));
  return {};
}

const AdvocacyConfig& default_config() {
  static const AdvocacyConfig config;
  return config;
}

std::string config_hash(const AdvocacyConfig& config) {
  std::string settings;
  for_each_setting(config, [&](std::string_view name, double value) {
    fmt::format_to(std::back_inserter(settings), "{}={}\n", name, value);
  });
  return content_hash_hex(settings);
}

}  // namespace passaparola::advocacy
