#include "feed/net_scores.h"

#include <string_view>

#include "core/figures.h"
#include "core/interval.h"

namespace passaparola::feed {
namespace {

// Who was asked and said nothing is not known, and so no response rate.
void write_survey(JsonWriter& writer, const store::Bucket& sum) {
  const std::uint64_t answers = sum.promoters + sum.passives + sum.detractors;
  const bool is_known = answers > 0;
  double score = 0;
  Interval interval;
  if (is_known) {
    score = 100 * (static_cast<double>(sum.promoters) - static_cast<double>(sum.detractors)) /
            static_cast<double>(answers);
    interval = difference_interval(sum.promoters, sum.detractors, answers);
  }
  writer.key("survey_nps");
  writer.StartObject();
  write_figure(writer, "nps", is_known, score);
  write_figure(writer, "low", is_known, 100 * interval.low);
  write_figure(writer, "high", is_known, 100 * interval.high);
  writer.field("answers", answers);
  writer.field("promoters", sum.promoters);
  writer.field("passives", sum.passives);
  writer.field("detractors", sum.detractors);
  writer.key("response_rate");
  writer.Null();
  writer.EndObject();
}

// Five stars are taken for a promoter and up to three for a detractor, which no survey has asked.
void write_stars(JsonWriter& writer, const advocacy::StarCounts& stars) {
  const std::uint64_t reviews = stars.reviews();
  const bool is_known = reviews > 0;
  const auto of = static_cast<double>(reviews);
  Interval interval;
  if (is_known) interval = difference_interval(stars.five, stars.lower, reviews);
  writer.key("star_proxy");
  writer.StartObject();
  writer.field("note", "not an NPS");
  write_figure(writer, "score", is_known,
               100 * (static_cast<double>(stars.five) - static_cast<double>(stars.lower)) / of);
  write_figure(writer, "low", is_known, 100 * interval.low);
  write_figure(writer, "high", is_known, 100 * interval.high);
  write_figure(writer, "mean_stars", is_known, stars.sum / of);
  writer.field("reviews", reviews);
  writer.field("five", stars.five);
  writer.field("four", stars.four);
  writer.field("lower", stars.lower);
  writer.EndObject();
}

void write_balance(JsonWriter& writer, const advocacy::RecommendationBalance& balance) {
  const bool is_known = balance.balance.has_value();
  writer.key("recommendation_balance");
  writer.StartObject();
  writer.field("note", "not an NPS");
  write_figure(writer, "balance", is_known, balance.balance.value_or(0));
  write_figure(writer, "low", is_known, balance.interval.low);
  write_figure(writer, "high", is_known, balance.interval.high);
  writer.field("authors", balance.counts.authors());
  writer.field("authors_needed", balance.needed);
  writer.field("promoters", balance.counts.promoters);
  writer.field("passives", balance.counts.passives);
  writer.field("detractors", balance.counts.detractors);
  writer.field("interval", balance.draws > 0 || !is_known ? "bootstrap by author" : "normal");
  writer.field("draws", balance.draws);
  write_figure(writer, "nwom_rate", is_known, balance.negative_rate);
  write_figure(writer, "nwom_low", is_known, balance.negative_interval.low);
  write_figure(writer, "nwom_high", is_known, balance.negative_interval.high);
  writer.EndObject();
}

}  // namespace

void write_net_scores(JsonWriter& writer, const store::Bucket& sum,
                      const std::optional<advocacy::RecommendationBalance>& balance,
                      const std::optional<advocacy::StarCounts>& stars) {
  write_survey(writer, sum);
  if (stars) {
    write_stars(writer, *stars);
  } else {
    writer.key("star_proxy");
    writer.Null();
  }
  if (balance) write_balance(writer, *balance);
}

}  // namespace passaparola::feed
