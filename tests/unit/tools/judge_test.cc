#include "make_corpus/judge.h"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace passaparola::make_corpus {
namespace {

constexpr std::string_view kTruth = R"({"brands":[{"id":"lumafon","people":[]},
  {"id":"moka_nera","people":[
    {"source":"x","author_id":"1","role":"advocate_helper","language":"it"},
    {"source":"x","author_id":"2","role":"advocate_quiet","language":"it"},
    {"source":"x","author_id":"3","role":"at_risk","language":"en"},
    {"source":"x","author_id":"4","role":"influencer_unlabelled","language":"en"},
    {"source":"x","author_id":"5","role":"loyal","language":"en"},
    {"source":"reddit","author_id":"1","role":"code_pusher","language":"en"}]}]})";

std::string answer(std::string_view entries, std::string_view brand = "moka_nera") {
  return R"({"brand":")" + std::string(brand) + R"(","as_of":"","advocates":[)" +
         std::string(entries) + "]}";
}

TEST(Judge, CountsFoundWrongAndPaid) {
  const auto verdict = judge(kTruth, answer(R"(
      {"rank":1,"author":{"source":"x","id":"1"},"class":"advocate"},
      {"rank":2,"author":{"source":"x","id":"3"},"class":"advocate"},
      {"rank":3,"author":{"source":"x","id":"4"},"class":"advocate"},
      {"rank":4,"author":{"source":"reddit","id":"1"},"class":"advocate"},
      {"rank":5,"author":{"source":"x","id":"99"},"class":"advocate"})"),
                             "moka_nera");
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->planted, 2U);
  EXPECT_EQ(verdict->found, 1U);
  EXPECT_EQ(verdict->at_risk, 1U);
  EXPECT_EQ(verdict->at_risk_found, 1U);
  EXPECT_EQ(verdict->listed, 5U);
  EXPECT_EQ(verdict->wrong(), 3U);
  EXPECT_EQ(verdict->paid_listed, 2U);
  EXPECT_EQ(verdict->listed_by_role[static_cast<std::size_t>(Role::ordinary)], 1U);
  EXPECT_DOUBLE_EQ(verdict->recall(), 0.5);
  EXPECT_DOUBLE_EQ(verdict->precision(), 0.4);
}

TEST(Judge, OtherClassesAreNotListedAsAdvocates) {
  const auto verdict = judge(kTruth, answer(R"(
      {"author":{"source":"x","id":"1"},"class":"advocate"},
      {"author":{"source":"x","id":"1"},"class":"advocate"},
      {"author":{"source":"x","id":"4"},"class":"influencer"},
      {"author":{"source":"x","id":"5"},"class":"loyal"})"),
                             "moka_nera");
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->listed, 1U);
  EXPECT_EQ(verdict->wrong(), 0U);
  EXPECT_EQ(verdict->paid_listed, 0U);
}

TEST(Judge, EmptyListFindsNobodyAndDividesByNothing) {
  const auto verdict = judge(kTruth, answer(""), "moka_nera");
  ASSERT_TRUE(verdict);
  EXPECT_DOUBLE_EQ(verdict->recall(), 0);
  EXPECT_DOUBLE_EQ(verdict->precision(), 0);
}

TEST(Judge, SaysTheSameInWordsAndInJson) {
  const auto verdict = judge(
      kTruth, answer(R"({"author":{"source":"x","id":"4"},"class":"advocate"})"), "moka_nera");
  ASSERT_TRUE(verdict);
  const std::string text = to_text(*verdict);
  EXPECT_NE(text.find("found: 0 of 2"), std::string::npos) << text;
  EXPECT_NE(text.find("influencer_unlabelled: 1 listed of 1 planted"), std::string::npos) << text;
  simdjson::dom::parser parser;
  const std::string json = to_json(*verdict);
  const simdjson::dom::element document = parser.parse(json);
  EXPECT_EQ(std::uint64_t(document["paid_listed"]), 1U);
  EXPECT_EQ(std::uint64_t(document["roles"]["influencer_unlabelled"]["listed"]), 1U);
}

TEST(Judge, RefusesWhatItCannotRead) {
  EXPECT_FALSE(judge("{", answer(""), "moka_nera"));
  EXPECT_FALSE(judge(kTruth, "[1,", "moka_nera"));
  EXPECT_FALSE(judge("[]", answer(""), "moka_nera"));
  EXPECT_FALSE(judge(kTruth, R"({"brand":"moka_nera"})", "moka_nera"));
  EXPECT_FALSE(judge(kTruth, answer(R"({"rank":1})"), "moka_nera"));
  EXPECT_FALSE(judge(kTruth, answer("", "lumafon"), "moka_nera"));
  EXPECT_EQ(judge(kTruth, answer("", "unknown"), "unknown").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace passaparola::make_corpus
