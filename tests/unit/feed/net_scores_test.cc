// The series of FEATURES D.5 as they stand in the JSON: apart, and silent where nothing is known.
#include "feed/net_scores.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "advocacy/config.h"

namespace passaparola::feed {
namespace {

std::string written(const store::Bucket& sum,
                    const std::optional<advocacy::RecommendationBalance>& balance,
                    const std::string& pointer,
                    const std::optional<advocacy::StarCounts>& stars = {}) {
  std::string json;
  JsonWriter writer(json);
  writer.StartObject();
  write_net_scores(writer, sum, balance, stars);
  writer.EndObject();
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  if (parser.parse(json).at_pointer(pointer).get(value)) return "missing";
  return simdjson::minify(value);
}

store::Bucket survey(std::uint64_t promoters, std::uint64_t passives, std::uint64_t detractors) {
  store::Bucket sum;
  sum.promoters = promoters;
  sum.passives = passives;
  sum.detractors = detractors;
  return sum;
}

TEST(SurveyNps, HasItsIntervalAndItsNumber) {
  const store::Bucket sum = survey(12, 5, 3);
  EXPECT_EQ(written(sum, {}, "/survey_nps/nps"), "45.0");
  // Newcombe's for 12 and 3 of 20 (core/interval_test.cc).
  EXPECT_EQ(written(sum, {}, "/survey_nps/low").substr(0, 3), "8.1");
  EXPECT_EQ(written(sum, {}, "/survey_nps/high").substr(0, 4), "69.6");
  EXPECT_EQ(written(sum, {}, "/survey_nps/answers"), "20");
  EXPECT_EQ(written(sum, {}, "/survey_nps/response_rate"), "null");
}

TEST(SurveyNps, SaysNothingWithoutAnswers) {
  for (const char* name : {"nps", "low", "high"}) {
    EXPECT_EQ(written(survey(0, 0, 0), {}, std::string("/survey_nps/") + name), "null") << name;
  }
}

TEST(StarProxy, IsTheStarsOfReviewsWhereTheyWereAskedFor) {
  EXPECT_EQ(written({}, {}, "/star_proxy"), "null");
  EXPECT_EQ(written({}, {}, "/star_proxy/score", advocacy::StarCounts{}), "null");
  // The same counts as those of the survey above.
  const advocacy::StarCounts stars{12, 5, 3, 12 * 5 + 5 * 4 + 3 * 2};
  EXPECT_EQ(written({}, {}, "/star_proxy/score", stars), "45.0");
  EXPECT_EQ(written({}, {}, "/star_proxy/low", stars).substr(0, 3), "8.1");
  EXPECT_EQ(written({}, {}, "/star_proxy/mean_stars", stars), "4.3");
  EXPECT_EQ(written({}, {}, "/star_proxy/note", stars), "\"not an NPS\"");
}

TEST(Balance, IsWrittenOnlyWhenAskedForAndApartFromTheSurvey) {
  EXPECT_EQ(written(survey(12, 5, 3), {}, "/recommendation_balance"), "missing");
  const auto balance = advocacy::balance_of({50, 30, 20}, advocacy::default_config());
  EXPECT_EQ(written(survey(12, 5, 3), balance, "/recommendation_balance/balance"), "30.0");
  EXPECT_EQ(written(survey(12, 5, 3), balance, "/recommendation_balance/note"), "\"not an NPS\"");
  EXPECT_EQ(written({}, balance, "/recommendation_balance/interval"), "\"bootstrap by author\"");
  EXPECT_EQ(written({}, balance, "/recommendation_balance/draws"), "2000");
  EXPECT_EQ(written({}, balance, "/survey_nps/nps"), "null");
}

TEST(Balance, OfFewAuthorsHasOnlyCounts) {
  const auto balance = advocacy::balance_of({5, 5, 5}, advocacy::default_config());
  for (const char* name : {"balance", "low", "high", "nwom_rate", "nwom_low", "nwom_high"}) {
    EXPECT_EQ(written({}, balance, std::string("/recommendation_balance/") + name), "null") << name;
  }
  EXPECT_EQ(written({}, balance, "/recommendation_balance/authors"), "15");
  EXPECT_EQ(written({}, balance, "/recommendation_balance/authors_needed"), "30");
}

}  // namespace
}  // namespace passaparola::feed
