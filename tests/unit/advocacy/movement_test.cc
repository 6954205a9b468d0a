// Who came and who left, and the cohorts, on a real store.
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "advocacy/cohorts.h"
#include "advocacy/kpi.h"
#include "advocacy/movement.h"
#include "core/terminal.h"
#include "store/store.h"
#include "unit/advocacy/histories.h"
#include "unit/advocacy/parse_json.h"
#include "unit/advocacy/store_fixture.h"

namespace passaparola::advocacy {
namespace {

class People : public StoreTest {
 protected:
  void say(std::string_view author, double age_days, Act act = Act::recommend) {
    const std::string id = "post" + std::to_string(++posts_);
    PostView post;
    post.source = "bluesky";
    post.id = id;
    post.author.id = author;
    post.author.handle = author;
    post.text = "Moka Nera";
    post.created_at = days_ago(age_days, author);
    const ActHit hit{act, true, 0.9, "Moka", Field::text, 0, 4};
    Mention mention;
    mention.brand = "moka_nera";
    const bool critic = act == Act::complain;
    mention.sentiment.label = critic ? Label::negative : Label::positive;
    mention.sentiment.score = critic ? -0.8 : 0.8;
    mention.sentiment.confidence = 1;
    mention.acts = {&hit, 1};
    mention.quality.depth = 0.5;
    mention.lang = "it";
    mention.fingerprint = posts_;
    mention.post = post;
    commit(post, {&mention, 1});
  }

  // As of 200 days ago and now: kept, risen, fallen, gone, new; and somebody who never was one.
  void make_people() {
    for (const double age : {300, 260, 230, 210, 150, 120, 90, 60, 30, 10}) say("kept", age);
    for (const double age : {220, 210, 100, 60, 30, 5}) say("risen", age);
    for (const double age : {300, 270, 240, 230, 220, 210, 205}) say("fallen", age);
    for (const double age : {320, 300, 270, 240, 230, 220, 210, 205}) say("gone", age);
    for (int i = 0; i < 30; ++i) say("gone", 8 - 0.1 * i, Act::complain);
    for (const double age : {60, 45, 30, 20, 10}) say("new", age);
    say("praises", 30, Act::praise);
  }

  MovementReport moved() {
    IdentifyQuery query;
    query.brand = "moka_nera";
    query.as_of = kAsOf;
    auto found = compare(*store_, query, days_ago(200), default_config());
    EXPECT_TRUE(found);
    return found ? std::move(*found) : MovementReport{};
  }

  std::uint64_t posts_ = 0;
};

TEST_F(People, MoveBetweenTwoMoments) {
  make_people();
  const MovementReport report = moved();
  std::string who;
  for (const Moved& person : report.people) {
    who += std::string(name_of(person.movement)) + " " + person.author.handle + ", ";
    // Both ends are the scores of those moments.
    const auto history = store_->history("bluesky", person.author.id, "moka_nera");
    ASSERT_TRUE(history);
    const store::AuthorHistory& one = history->front().second;
    EXPECT_EQ(person.before.score_low,
              score_author(one, days_ago(200), default_config()).score_low);
    EXPECT_EQ(person.after.score_low, score_author(one, kAsOf, default_config()).score_low);
  }
  EXPECT_EQ(who, "came new, rose risen, stayed kept, fell fallen, left gone, ");
  EXPECT_EQ(report.counts, (std::array<std::uint64_t, kMovements>{1, 1, 1, 1, 1}));
}

TEST_F(People, AreComparedInEveryForm) {
  make_people();
  const MovementReport report = moved();
  rapidjson::Document json;
  json.Parse(formatted(report, ReportFormat::json).c_str());
  ASSERT_FALSE(json.HasParseError());
  EXPECT_EQ(json["counts"]["left"].GetInt(), 1);
  EXPECT_EQ(json["people"].Size(), 5U);
  EXPECT_TRUE(json["people"][0]["now"].HasMember("score_low"));
  const std::string csv = formatted(report, ReportFormat::csv);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 6);
  std::istringstream lines(formatted(report, ReportFormat::table));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80U) << line;
}

TEST_F(People, AreCountedByTheMonthInWhichTheyCame) {
  make_people();
  const auto report = cohorts(*store_, "moka_nera", kAsOf, default_config());
  ASSERT_TRUE(report);
  std::uint64_t people = 0, became = 0, still = 0;
  for (const Cohort& cohort : report->cohorts) {
    EXPECT_LE(cohort.still, cohort.became);
    EXPECT_LE(cohort.became, cohort.people);
    people += cohort.people;
    became += cohort.became;
    still += cohort.still;
  }
  EXPECT_EQ(people, 6U);
  EXPECT_EQ(became, 5U);
  EXPECT_GE(still, 2U);
  EXPECT_LT(still, 5U);
  EXPECT_EQ(format_month(report->cohorts.front().month), "2026-01");  // 320 days before
  EXPECT_EQ(parse_month("2026-01"), report->cohorts.front().month);
  EXPECT_FALSE(parse_month("2026-13"));
  // The filter by cohort finds them.
  IdentifyQuery query;
  query.brand = "moka_nera";
  query.as_of = kAsOf;
  query.filter.cohort = month_of(days_ago(60));
  const auto found = identify(*store_, query, default_config());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->authors.size(), 1U);
  EXPECT_EQ(found->authors[0].author.handle, "new");
  std::istringstream lines(formatted(*report, ReportFormat::table));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80U) << line;
}

TEST_F(People, AreFoundByWhenTheyActed) {
  make_people();
  IdentifyQuery query;
  query.brand = "moka_nera";
  query.as_of = kAsOf;
  query.filter.active_from = days_ago(4);
  const auto none = identify(*store_, query, default_config());
  query.filter.active_from = days_ago(11);
  query.filter.active_to = days_ago(6);
  const auto some = identify(*store_, query, default_config());
  ASSERT_TRUE(none && some);
  EXPECT_TRUE(none->authors.empty());
  ASSERT_EQ(some->authors.size(), 2U);  // kept and new
  for (const RankedAuthor& author : some->authors) {
    EXPECT_TRUE(author.author.handle == "kept" || author.author.handle == "new");
  }
}

TEST_F(People, AreTheFiguresOfTheirBrand) {
  make_people();
  const auto found = kpis(*store_, "moka_nera", days_ago(90.5), kAsOf, default_config());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->mentions, 4U + 3 + 30 + 5 + 1);  // kept, risen, gone, new, praises
  EXPECT_EQ(found->authors, 5U);
  EXPECT_EQ(found->own_words, found->mentions);
  EXPECT_EQ(found->detailed.of, 0U);  // no reviews
  EXPECT_EQ(found->recommendations.part, 12U);
  EXPECT_EQ(found->recommendations.of, found->mentions);
  EXPECT_EQ(found->voice_authors.part, 5U);
  EXPECT_EQ(found->voice_authors.of, 5U);  // there is no other brand
  EXPECT_EQ(found->defenders, 0U);
  EXPECT_EQ(found->critics, 1U);
  const auto people = found->levels[0] + found->levels[1] + found->levels[2] + found->levels[3];
  EXPECT_EQ(people, 6U);
  EXPECT_GE(found->levels[2], 2U);
  EXPECT_EQ(found->channels.at("bluesky"), found->levels[2] + found->levels[3]);
  EXPECT_GE(found->became, 1U);   // new
  EXPECT_EQ(found->at_risk, 1U);  // gone
  EXPECT_EQ(kpis(*store_, "nobody", days_ago(9), kAsOf, default_config()).error().code,
            ErrorCode::not_found);
}

}  // namespace
}  // namespace passaparola::advocacy
