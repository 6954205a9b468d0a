#include "advocacy/tally.h"

#include <algorithm>

namespace passaparola::advocacy {
namespace {

// Acts that say something good, whether or not they count: what a reward may have been paid for.
bool speaks_well(const MentionFacts& facts) {
  for (std::size_t i = 0; i < facts.act_count; ++i) {
    switch (facts.acts[i].act) {
      case Act::recommend:
      case Act::defend:
      case Act::testimonial:
      case Act::praise:
      case Act::invite:
        return true;
      default:
        break;
    }
  }
  return false;
}

void count_signals(const Judgement& judged, Tally& counted) {
  const MentionFacts& facts = *judged.facts;
  counted.affiliated |= facts.has(Signal::brand_owned) || facts.has(Signal::employee_bio);
  counted.paid_labels += facts.has(Signal::explicit_label) || facts.has(Signal::platform_paid_flag);
  counted.labelled += judged.labelled;
  counted.commercial += judged.commercial;
  counted.repeated_texts += judged.is_repeated;
  counted.declared_bot += facts.has(Signal::declared_bot);
  counted.bursts += facts.has(Signal::burst);
  counted.registered_codes += facts.registered_code;
  counted.unauthentic += judged.authenticity == 0;
  if (speaks_well(facts)) {
    ++counted.well_spoken;
    counted.well_spoken_rewarded +=
        facts.has(Signal::code) || facts.has(Signal::affiliate_link) || facts.has(Signal::gift);
  }
}

void count_acts(const Judgement& judged, Tally& counted) {
  const Timestamp at = judged.facts->created_at;
  bool grade = false;
  bool outward = false;
  for (const Contribution& c : judged.contributions) {
    outward |= is_outward(c.act);
    counted.testimonials += c.act == Act::testimonial;
    grade |= is_outward(c.act) || feeds_recommending(c.act);
  }
  if (grade) counted.grade.add(at);
  if (outward) counted.outward.add(at);
  if (judged.opinion == Opinion::positive && judged.authenticity > 0) counted.positive.add(at);
  if (judged.opinion == Opinion::negative) counted.negative.add(at);
  if (judged.authenticity > 0 && judged.opinion != Opinion::negative &&
      carries(*judged.facts, Act::purchase_intent)) {
    counted.purchases.add(at);
  }
}

bool is_loyal(const AuthorScore& score, const Tally& counted, const RelationGates& gates) {
  if (score.positive_share <= gates.loyal_positive_share) return false;
  return counted.testimonials > 0 || counted.purchases.days >= gates.loyal_days ||
         (counted.positive.count >= gates.loyal_positive_mentions &&
          counted.positive.days >= gates.loyal_days);
}

}  // namespace

void DayCount::add(Timestamp at) {
  const std::int64_t day = day_of(at);
  if (count == 0) first_day = day;
  if (day != last_day) ++days;
  last_day = day;
  ++count;
}

Tally tally(std::span<const Judgement> judgements) {
  Tally counted;
  std::uint32_t today = 0;
  for (const Judgement& judged : judgements) {
    const std::uint32_t days_before = counted.all.days;
    counted.all.add(judged.facts->created_at);
    today = counted.all.days == days_before ? today + 1 : 1;
    counted.busiest_day = std::max(counted.busiest_day, today);
    count_signals(judged, counted);
    count_acts(judged, counted);
  }
  return counted;
}

Level level_by_gates(const AuthorScore& score, const Tally& counted, const AdvocacyConfig& config) {
  const LevelGates& gates = config.levels;
  if (score.score_low < gates.candidate_score_low || counted.grade.count < gates.candidate_acts ||
      counted.grade.days < gates.candidate_days ||
      score.authenticity < gates.candidate_authenticity) {
    return Level::none;
  }
  if (score.score_low < gates.advocate_score_low || counted.outward.count < gates.advocate_acts ||
      counted.outward.days < gates.advocate_days ||
      counted.outward.span_days() < gates.advocate_span_days ||
      score.positive_share < gates.advocate_positive_share ||
      counted.share(counted.commercial) >= gates.advocate_commercial_share) {
    return Level::candidate;
  }
  if (score.score_low < gates.champion_score_low || score.active_months < gates.champion_months ||
      score.defences < gates.champion_defences) {
    return Level::advocate;
  }
  return Level::champion;
}

RelationClass relation_of(const AuthorScore& score, const Tally& counted, Level level,
                          std::optional<std::int64_t> followers, const AdvocacyConfig& config) {
  const RelationGates& gates = config.relations;
  if (counted.affiliated) return RelationClass::affiliated;
  if (score.authenticity < gates.inauthentic_below) return RelationClass::inauthentic;
  const bool wide_audience =
      followers && *followers >= static_cast<std::int64_t>(gates.influencer_audience);
  if (counted.labelled > 0 && (counted.share(counted.labelled) >= gates.influencer_share ||
                               (counted.paid_labels > 0 && wide_audience))) {
    return RelationClass::influencer;
  }
  if (counted.registered_codes > 0 &&
      counted.share(counted.registered_codes) >= gates.referral_share) {
    return RelationClass::referral_partner;
  }
  const double rewarded =
      counted.well_spoken == 0
          ? 0
          : static_cast<double>(counted.well_spoken_rewarded) / counted.well_spoken;
  if (std::max(counted.share(counted.commercial), rewarded) >= gates.incentivised_share) {
    return RelationClass::incentivised;
  }
  if (counted.negative.count >= gates.detractor_mentions &&
      counted.negative.days >= gates.detractor_days &&
      score.positive_share <= gates.detractor_positive_share) {
    return RelationClass::detractor;
  }
  if (level >= Level::candidate) return RelationClass::advocate;
  return is_loyal(score, counted, gates) ? RelationClass::loyal : RelationClass::neutral;
}

}  // namespace passaparola::advocacy
