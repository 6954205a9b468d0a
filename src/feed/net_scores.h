// Three series that are never merged (FEATURES D.5): the net promoter score of surveys, the stars
// of reviews, and the balance of recommendations in texts.
#pragma once

#include <optional>

#include "advocacy/balance.h"
#include "advocacy/kpi.h"
#include "core/json.h"
#include "store/store.h"

namespace passaparola::feed {

// "survey_nps", "star_proxy" and, where it was asked for, "recommendation_balance", as members of
// the object being written. `sum` is over the buckets that were asked for; without `stars` nobody
// asked for them.
void write_net_scores(JsonWriter& writer, const store::Bucket& sum,
                      const std::optional<advocacy::RecommendationBalance>& balance,
                      const std::optional<advocacy::StarCounts>& stars);

}  // namespace passaparola::feed
