// Rules that ask how the mention speaks of the brand, with the real scorer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.h"
#include "core/limits.h"
#include "pipeline/processor.h"

namespace passaparola::pipeline {
namespace {

using testing::ElementsAre;

constexpr std::string_view kRules = R"(
brand moka_nera "Moka Nera" { terms "moka nera" owned x:moka }
rule moka_nera.recommended { $moka_nera act:recommend sentiment>0.2 -disclosure:paid }
  tag advocacy.recommend  score advocacy += 3  route community
rule moka_nera.angry { $moka_nera sentiment<-0.2 }  alert early_warning
rule moka_nera.alone { macchinetta label:positive }
rule moka_nera.ours { $moka_nera is:brand_owned }
rule moka_nera.known { $moka_nera author.class:advocate }
)";

class ScoredRules : public testing::Test {
 protected:
  void SetUp() override {
    const std::vector<match::RuleFile> files{{"moka.rules", std::string(kRules)}};
    auto rules = match::Ruleset::compile(files);
    ASSERT_TRUE(rules) << rules.error().message;
    auto scorer = sentiment::Scorer::load(std::string(PASSAPAROLA_SOURCE_DIR) + "/rules/lexicons");
    ASSERT_TRUE(scorer) << scorer.error().message;
    judges_ = {*rules, *scorer};
  }

  // The rules that hold for a post of this text; the mention as JSON in `json`.
  std::vector<std::string> rules_for(std::string_view text, std::string_view handle = "anna",
                                     std::string* json = nullptr) {
    std::string chunk = R"({"op":"create","source":"x","id":"1","author":{"id":"9","handle":")" +
                        std::string(handle) +
                        R"("},"lang":"it","created_at":"2026-01-01T00:00:00Z","text":")" +
                        std::string(text) + "\"}\n";
    const std::size_t size = chunk.size();
    chunk.resize(size + kInputPaddingBytes);
    Processor processor(judges_);
    Counts counts;
    const Judged judged = processor.judge(ingest::Format::native, {chunk.data(), size}, counts);
    EXPECT_EQ(counts.posts, 1U);
    std::vector<std::string> found;
    for (const Mention& mention : judged.mentions) {
      for (const RuleHit& rule : mention.rules) found.emplace_back(rule.id.substr(10));
      if (json == nullptr) continue;
      JsonWriter writer(*json);
      write_mention(writer, mention, 0);
    }
    return found;
  }

  Judges judges_;
};

TEST_F(ScoredRules, HoldByWhatTheScorerSays) {
  EXPECT_THAT(rules_for("La moka nera è fantastica, ve la consiglio!"),
              ElementsAre("mention", "recommended"));
  EXPECT_THAT(rules_for("La moka nera fa schifo, pessima e deludente"),
              ElementsAre("mention", "angry"));
  EXPECT_THAT(rules_for("La moka nera è sul tavolo"), ElementsAre("mention"));
  EXPECT_THAT(rules_for("#adv La moka nera è fantastica, ve la consiglio!"),
              ElementsAre("mention"));
}

TEST_F(ScoredRules, MakeAMentionByThemselves) {
  EXPECT_THAT(rules_for("Una macchinetta fantastica, la adoro"), ElementsAre("alone"));
  EXPECT_THAT(rules_for("Una macchinetta rotta, pessima"), ElementsAre());
}

TEST_F(ScoredRules, KnowTheBrandsOwnVoiceAndNobodysHistory) {
  EXPECT_THAT(rules_for("La moka nera è sul tavolo", "moka"), ElementsAre("mention", "ours"));
}

TEST_F(ScoredRules, PublishWhatTheyAskToBeDone) {
  std::string json;
  rules_for("La moka nera è fantastica, ve la consiglio!", "anna", &json);
  EXPECT_THAT(json,
              testing::HasSubstr(
                  R"("tags":["advocacy.recommend"],"scores":[{"name":"advocacy","amount":3)"));
  EXPECT_THAT(json, testing::HasSubstr(R"("routes":["community"])"));
  EXPECT_THAT(json, testing::Not(testing::HasSubstr("alerts")));
}

}  // namespace
}  // namespace passaparola::pipeline
