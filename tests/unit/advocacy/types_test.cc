// The four types against the table of FEATURES D.6: weights, gates, and what a history cannot say.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>

#include "unit/advocacy/histories.h"
#include "unit/advocacy/parse_json.h"

namespace passaparola::advocacy {
namespace {

const TypeScore& scored(const AuthorScore& score, AuthorType type) {
  return *std::find_if(score.style.scores.begin(), score.style.scores.end(),
                       [&](const TypeScore& s) { return s.type == type; });
}

std::optional<double> signal(const AuthorScore& score, AuthorType type, std::string_view name) {
  for (const TypeSignal& s : scored(score, type).signals) {
    if (s.name == name) return s.value;
  }
  ADD_FAILURE() << "no signal " << name;
  return std::nullopt;
}

double weight(AuthorType type, std::string_view name) {
  const AuthorScore score = score_of({said(Act::praise, 1)});
  for (const TypeSignal& s : scored(score, type).signals) {
    if (s.name == name) return s.weight;
  }
  return -1;
}

std::vector<MentionFacts> times(std::size_t count, const MentionFacts& facts, double every = 12) {
  std::vector<MentionFacts> mentions(count, facts);
  for (std::size_t i = 0; i < count; ++i) {
    mentions[i].created_at.milliseconds -=
        static_cast<std::int64_t>(every * static_cast<double>(i)) * kMillisecondsPerDay;
  }
  return mentions;
}

std::vector<MentionFacts> joined(std::vector<MentionFacts> a, const std::vector<MentionFacts>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

MentionFacts answered(double age_days) {
  MentionFacts facts = said(Act::recommend, age_days, true);
  facts.kind = PostKind::reply;
  return facts;
}

// "Pros and cons after six months": long, moderate, with numbers.
MentionFacts reviewed(double age_days) {
  MentionFacts facts = said(Act::testimonial, age_days);
  facts.kind = PostKind::review;
  facts.depth = 0.8F;
  facts.polarity = 0.5F;
  facts.two_sided = true;
  facts.specifics = true;
  return facts;
}

TEST(Types, WeightsOfTheTable) {
  const std::map<std::string_view, std::pair<AuthorType, double>> table{
      {"help_share", {AuthorType::educator, 3}},
      {"people_helped", {AuthorType::educator, 2}},
      {"how_to", {AuthorType::educator, 2}},
      {"second_person", {AuthorType::educator, 1}},
      {"warmth", {AuthorType::educator, 1}},
      {"detailed_reviews", {AuthorType::validator, 3}},
      {"two_sided", {AuthorType::validator, 2}},
      {"moderate", {AuthorType::validator, 2}},
      {"specifics", {AuthorType::validator, 2}},
      {"plain_style", {AuthorType::validator, 1}},
      {"stable_name", {AuthorType::validator, 1}},
      {"role", {AuthorType::status_seeker, 3}},
      {"professional_channel", {AuthorType::status_seeker, 2}},
      {"achievements", {AuthorType::status_seeker, 2}},
      {"talks", {AuthorType::status_seeker, 2}},
      {"peers", {AuthorType::status_seeker, 1}},
      {"ideas", {AuthorType::collaborator, 3}},
      {"steadiness", {AuthorType::collaborator, 2}},
      {"follow_ups", {AuthorType::collaborator, 2}},
      {"plans", {AuthorType::collaborator, 2}},
      {"resonance", {AuthorType::collaborator, 1}}};
  for (const auto& [name, of] : table) EXPECT_EQ(weight(of.first, name), of.second) << name;
}

TEST(Types, WhatHistoriesDoNotHoldIsLeftOutOfTheSum) {
  const AuthorScore score = score_of({said(Act::help, 1)});
  for (const char* name : {"people_helped", "how_to", "warmth"}) {
    EXPECT_EQ(signal(score, AuthorType::educator, name), std::nullopt) << name;
  }
  for (const char* name : {"plain_style", "stable_name"}) {
    EXPECT_EQ(signal(score, AuthorType::validator, name), std::nullopt) << name;
  }
  for (const char* name : {"role", "achievements", "talks", "peers"}) {
    EXPECT_EQ(signal(score, AuthorType::status_seeker, name), std::nullopt) << name;
  }
  for (const char* name : {"follow_ups", "plans"}) {
    EXPECT_EQ(signal(score, AuthorType::collaborator, name), std::nullopt) << name;
  }
  // 3 of help and 1 of the second person stand for the 9 of the whole row.
  EXPECT_DOUBLE_EQ(scored(score, AuthorType::educator).score, 3.0 / 4);
  EXPECT_DOUBLE_EQ(scored(score, AuthorType::educator).known, 4.0 / 9);
  EXPECT_DOUBLE_EQ(scored(score, AuthorType::validator).known, 9.0 / 11);
  EXPECT_DOUBLE_EQ(scored(score, AuthorType::status_seeker).known, 2.0 / 10);
  EXPECT_DOUBLE_EQ(scored(score, AuthorType::collaborator).known, 6.0 / 10);
}

TEST(Types, EducatorHelpsAndAnswers) {
  store::AuthorHistory history =
      history_of(joined(times(8, said(Act::help, 1)), times(2, answered(5), 60)));
  answer(history, 9);
  const AuthorScore score = score_of(history);
  EXPECT_EQ(score.style.type, AuthorType::educator) << explain(score.style.doubt);
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::educator, "help_share"), 1);
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::educator, "second_person"), 0.2);
  EXPECT_DOUBLE_EQ(scored(score, AuthorType::educator).score, (3 * 1 + 1 * 0.2) / 4);
}

TEST(Types, ARecommendationToNobodyInParticularIsNoAnswer) {
  MentionFacts post = answered(1);
  post.kind = PostKind::post;
  EXPECT_DOUBLE_EQ(*signal(score_of({post}), AuthorType::educator, "help_share"), 0);
  EXPECT_DOUBLE_EQ(*signal(score_of({post}), AuthorType::educator, "second_person"), 1);
}

TEST(Types, ValidatorWritesDetailedTwoSidedModerateReviews) {
  const AuthorScore score = score_of(times(8, reviewed(1), 5));
  EXPECT_EQ(score.style.type, AuthorType::validator) << explain(score.style.doubt);
  EXPECT_DOUBLE_EQ(scored(score, AuthorType::validator).score, 1);
}

TEST(Types, ASignalOfTheValidatorEachForItself) {
  const auto only = [](const MentionFacts& facts) {
    return scored(score_of({facts}), AuthorType::validator).score * 9;
  };
  MentionFacts plain = said(Act::praise, 1);  // of polarity .8, which is not moderate
  EXPECT_DOUBLE_EQ(only(plain), 0);
  plain.two_sided = true;
  EXPECT_DOUBLE_EQ(only(plain), 2);
  plain.specifics = true;
  EXPECT_DOUBLE_EQ(only(plain), 4);
  for (const float polarity : {0.2F, -0.45F, 0.7F}) {
    plain.polarity = polarity;
    EXPECT_DOUBLE_EQ(only(plain), 6) << polarity;
  }
  plain.kind = PostKind::review;
  EXPECT_DOUBLE_EQ(only(plain), 9);
  plain.depth = 0.49F;
  EXPECT_DOUBLE_EQ(only(plain), 6);
  plain.polarity = 0.19F;
  EXPECT_DOUBLE_EQ(only(plain), 4);
}

TEST(Types, CollaboratorBringsIdeasOverALongTime) {
  store::AuthorHistory history =
      history_of(joined(times(9, said(Act::idea, 1), 30), times(4, said(Act::recommend, 2), 30)));
  answer(history, 20);
  const AuthorScore score = score_of(history);
  EXPECT_EQ(score.style.type, AuthorType::collaborator) << explain(score.style.doubt);
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::collaborator, "ideas"), 9.0 / 13);
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::collaborator, "resonance"), score.influence);
}

TEST(Types, SteadinessIsTenureAndActivityInHalves) {
  // First seen in June, as of the last day of November, active in both.
  const AuthorScore score = score_of({said(Act::praise, 165), said(Act::recommend, 3)});
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::collaborator, "steadiness"),
                   (6.0 / 12 + 1.0 / 12) / 2);
}

TEST(Types, WhoMerelyStaysIsNoCollaborator) {
  store::AuthorHistory history = history_of(times(24, said(Act::recommend, 1), 15));
  answer(history, 60);
  const AuthorScore score = score_of(history);
  EXPECT_EQ(score.style.scores[0].type, AuthorType::collaborator);
  EXPECT_EQ(score.style.type, AuthorType::undetermined);
  EXPECT_EQ(score.style.doubt, TypeDoubt::mark);
}

TEST(Types, StatusSeekerByTheRoleInPublic) {
  const auto person = [](bool has_role, const char* source) {
    store::AuthorHistory history = history_of(times(9, said(Act::praise, 1, false), 2));
    for (MentionFacts& facts : history.mentions) facts.acts[0].act = Act::recommend;
    history.author.source = source;
    if (has_role) {
      for (MentionFacts& facts : history.mentions) facts.style = bit_of(StyleSign::public_role);
    }
    return score_of(history);
  };
  EXPECT_EQ(person(true, "linkedin").style.type, AuthorType::status_seeker);
  EXPECT_EQ(person(true, "linkedin_it").style.type, AuthorType::status_seeker);
  const AuthorScore without = person(false, "linkedin");
  EXPECT_EQ(without.style.type, AuthorType::undetermined) << "a channel alone is too little";
  EXPECT_EQ(scored(without, AuthorType::status_seeker).share, 0);
  const AuthorScore elsewhere = person(true, "bluesky");
  EXPECT_DOUBLE_EQ(*signal(elsewhere, AuthorType::status_seeker, "role"), 1);
  EXPECT_DOUBLE_EQ(*signal(elsewhere, AuthorType::status_seeker, "peers"), 0);
  EXPECT_DOUBLE_EQ(scored(elsewhere, AuthorType::status_seeker).known, 1);
}

TEST(Types, SignsOfStyleAreSharesOfTheMentionsThatKnowTheirs) {
  MentionFacts warm = said(Act::help, 3), plain = said(Act::help, 5), old = said(Act::help, 7);
  warm.style = bit_of(StyleSign::warm) | bit_of(StyleSign::guides) | bit_of(StyleSign::tags_peers);
  plain.style = bit_of(StyleSign::short_sentences) | bit_of(StyleSign::plans);
  warm.ties = {1, 9, 77};
  plain.ties = {2, 9, 78};
  const AuthorScore score = score_of({warm, plain, old});
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::educator, "how_to"), 0.5);
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::educator, "warmth"), 0.5);
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::educator, "people_helped"), 2.0 / 5);
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::validator, "plain_style"), 0.5);
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::status_seeker, "peers"), 0.5);
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::status_seeker, "talks"), 0);
  EXPECT_DOUBLE_EQ(*signal(score, AuthorType::collaborator, "plans"), 0.5);
  // Of three, one goes on in a thread that the author had spoken in.
  EXPECT_NEAR(*signal(score, AuthorType::collaborator, "follow_ups"), 1.0 / 3, 1e-9);
}

TEST(Types, TheAudienceSaysNothing) {
  store::AuthorHistory history = history_of(times(9, said(Act::help, 1), 2));
  const AuthorScore before = score_of(history);
  history.author.followers = 5'000'000;
  const AuthorScore after = score_of(history);
  for (std::size_t i = 0; i < kAuthorTypes; ++i) {
    EXPECT_EQ(before.style.scores[i].score, after.style.scores[i].score);
  }
}

TEST(Types, TooLittleEvidence) {
  const AuthorScore four = score_of(times(4, said(Act::help, 0), 0));
  EXPECT_LT(four.evidence, 5);
  EXPECT_EQ(four.style.type, AuthorType::undetermined);
  EXPECT_EQ(four.style.doubt, TypeDoubt::evidence);
  EXPECT_EQ(four.style.scores[0].type, AuthorType::educator);
  EXPECT_EQ(score_of(times(5, said(Act::help, 0), 0)).style.type, AuthorType::educator);
}

// Nine helps and twelve detailed reviews that are moderate, neither two-sided nor specific.
std::vector<MentionFacts> helps_and_reviews() {
  MentionFacts review = reviewed(1);
  review.two_sided = review.specifics = false;
  return joined(times(9, said(Act::help, 1), 2), times(12, review, 2));
}

TEST(Types, TwoThatAreNearEachOtherAreBothShown) {
  const AuthorScore score = score_of(helps_and_reviews());
  EXPECT_EQ(score.style.type, AuthorType::undetermined);
  EXPECT_EQ(score.style.doubt, TypeDoubt::margin);
  EXPECT_EQ(score.style.scores[0].type, AuthorType::educator);
  EXPECT_EQ(score.style.scores[1].type, AuthorType::validator);
  EXPECT_NEAR(score.style.scores[0].score, 3 * (9.0 / 21) / 4, 1e-12);
  // Of the opinions with a polarity the reviews are moderate, the helps (.8) are not.
  EXPECT_NEAR(score.style.scores[1].score, (3 + 2) * (12.0 / 21) / 9, 1e-12);
}

TEST(Types, NothingShowsClearly) {
  MentionFacts neither = said(Act::praise, 1);
  const AuthorScore score = score_of(times(30, neither, 1));
  EXPECT_GE(score.evidence, 5);
  EXPECT_EQ(score.style.doubt, TypeDoubt::score);
}

TEST(Types, SharesOfThoseComparedMakeOne) {
  const AuthorScore score = score_of(joined(times(3, reviewed(1)), times(3, said(Act::help, 2))));
  double sum = 0;
  for (const TypeScore& type : score.style.scores) sum += type.share;
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_TRUE(std::is_sorted(score.style.scores.rbegin(), score.style.scores.rend(),
                             [](const auto& a, const auto& b) { return a.share < b.share; }));
}

TEST(Types, PaidWordsAndOtherPeoplesWordsSayNothing) {
  std::vector<MentionFacts> mentions = times(6, said(Act::help, 1), 2);
  const AuthorScore before = score_of(mentions);
  for (MentionFacts& paid : times(9, with(reviewed(1), Signal::explicit_label, 0), 3)) {
    mentions.push_back(paid);
  }
  MentionFacts repost = reviewed(2);
  repost.kind = PostKind::repost;
  mentions.push_back(repost);
  const AuthorScore after = score_of(mentions);
  EXPECT_EQ(scored(after, AuthorType::educator).score, scored(before, AuthorType::educator).score);
  EXPECT_EQ(scored(after, AuthorType::validator).score,
            scored(before, AuthorType::validator).score);
}

TEST(Types, BrokenNumbersFromOutsideStayInBounds) {
  MentionFacts facts = reviewed(1);
  facts.polarity = std::nanf("");
  facts.depth = std::nanf("");
  facts.authenticity = 40;
  const AuthorScore score = score_of({facts});
  for (const TypeScore& type : score.style.scores) {
    EXPECT_TRUE(type.score >= 0 && type.score <= 1) << type.score;
    EXPECT_TRUE(type.share >= 0 && type.share <= 1) << type.share;
  }
}

TEST(Types, OrderOfFactsDoesNotMatter) {
  std::mt19937_64 random(5);
  store::AuthorHistory history = history_of(
      joined(joined(times(6, said(Act::help, 1)), times(6, reviewed(3))), times(4, answered(2))));
  const AuthorScore before = score_of(history);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(history.mentions.begin(), history.mentions.end(), random);
    const AuthorScore after = score_of(history);
    ASSERT_EQ(before.style.type, after.style.type);
    for (std::size_t i = 0; i < kAuthorTypes; ++i) {
      ASSERT_EQ(before.style.scores[i].score, after.style.scores[i].score);
    }
  }
}

IdentifyReport report_on(AuthorScore score) {
  IdentifyReport report;
  report.brand = "moka_nera";
  report.as_of = kAsOf;
  RankedAuthor ranked;
  ranked.rank = 1;
  ranked.author.handle = "anna";
  ranked.score = std::move(score);
  report.authors.push_back(std::move(ranked));
  return report;
}

// Only what the document says, by the formula of D.6.
TEST(TypeReport, TheExplanationRebuildsTheType) {
  store::AuthorHistory history =
      history_of(joined(times(8, said(Act::help, 1)), times(2, answered(5), 60)));
  answer(history, 9);
  rapidjson::Document json;
  json.Parse(to_json(report_on(score_of(history)), true).c_str());
  ASSERT_FALSE(json.HasParseError());
  const auto& author = json["advocates"][0];
  EXPECT_STREQ(author["type"].GetString(), "educator");
  EXPECT_STREQ(author["type_doubt"].GetString(), "");
  ASSERT_EQ(author["types"].Size(), 4U);
  for (const auto& type : author["types"].GetArray()) {
    double sum = 0, weights = 0, all = 0;
    for (const auto& one : type["signals"].GetArray()) {
      all += one["weight"].GetDouble();
      if (one["value"].IsNull()) continue;
      weights += one["weight"].GetDouble();
      sum += one["weight"].GetDouble() * one["value"].GetDouble();
    }
    EXPECT_NEAR(sum / weights, type["score"].GetDouble(), 1e-12);
    EXPECT_NEAR(weights / all, type["known"].GetDouble(), 1e-12);
  }
  const auto& leaders = author["type_leaders"];
  ASSERT_EQ(leaders.Size(), 2U);
  EXPECT_STREQ(leaders[0]["type"].GetString(), "educator");
  EXPECT_GT(leaders[0]["share"].GetDouble(), leaders[1]["share"].GetDouble());
}

TEST(TypeReport, EveryFormShowsTheType) {
  const IdentifyReport report = report_on(score_of(times(8, reviewed(1), 5)));
  EXPECT_NE(to_ndjson(report, false).find("\"type\":\"validator\""), std::string::npos);
  EXPECT_EQ(to_ndjson(report, false).find("\"types\":"), std::string::npos);
  const std::string csv = to_csv(report);
  EXPECT_NE(csv.find(",as_of,type_1,type_1_share,type_2,type_2_share,"), std::string::npos);
  EXPECT_NE(csv.find(",validator,0."), std::string::npos);
  EXPECT_NE(to_table(report, false).find("     type validator "), std::string::npos);
  EXPECT_NE(to_table(report, true).find("validator T 1.00, known 82 %: detailed_reviews 3 x 1.00"),
            std::string::npos)
      << to_table(report, true);
}

TEST(TypeReport, UndeterminedShowsBothLeaders) {
  const IdentifyReport report = report_on(score_of(helps_and_reviews()));
  const std::string table = to_table(report, false);
  EXPECT_NE(table.find("type undetermined: educator "), std::string::npos) << table;
  EXPECT_NE(table.find(" %, validator "), std::string::npos) << table;
  EXPECT_NE(to_table(report, true).find("(two types are"), std::string::npos);
}

}  // namespace
}  // namespace passaparola::advocacy
