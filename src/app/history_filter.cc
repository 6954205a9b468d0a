#include "app/history_filter.h"

#include <utility>

#include "advocacy/standings.h"
#include "match/match.h"

namespace passaparola::app {
namespace {

std::optional<match::AuthorStanding> to_rules(
    const std::optional<advocacy::CurrentStanding>& standing) {
  if (!standing) return std::nullopt;
  match::AuthorStanding known;
  known.relation = advocacy::name_of(standing->relation);
  if (standing->type != advocacy::AuthorType::undetermined) {
    known.type = advocacy::name_of(standing->type);
  }
  known.score = standing->score;
  known.score_low = standing->score_low;
  known.recommendations = standing->recommendations;
  known.defences = standing->defences;
  known.first_seen_days = standing->first_seen_days;
  known.active_months = standing->active_months;
  return known;
}

}  // namespace

feed::CompileFilter filters_over(const store::Store& store, advocacy::AdvocacyConfig config) {
  return [&store, config = std::move(config)](std::string_view where) -> Result<feed::Filter> {
    auto compiled = match::Filter::compile(where);
    if (!compiled) return compiled.error();
    if (!compiled->asks_author()) return feed::Filter{*std::move(compiled)};
    auto standings = std::make_shared<advocacy::Standings>(store, config);
    auto holds = [filter = *std::move(compiled), standings](const Mention& mention) {
      return filter.holds(mention, [&](const PostView&, std::string_view) {
        return to_rules(standings->of(mention));
      });
    };
    return feed::Filter{std::move(holds), standings};
  };
}

}  // namespace passaparola::app
