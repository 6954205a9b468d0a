// The identification job on a real store.
#include <gtest/gtest.h>

#include "unit/advocacy/parse_json.h"

#include <atomic>
#include <cmath>
#include <filesystem>
#include <string>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"
#include "core/limits.h"
#include "store/store.h"
#include "unit/advocacy/histories.h"

#include <unistd.h>

namespace passaparola::advocacy {
namespace {

class Identify : public testing::Test {
 protected:
  void SetUp() override {
    static std::atomic<int> count{0};
    folder_ =
        std::filesystem::temp_directory_path() /
        ("passaparola_advocacy_" + std::to_string(::getpid()) + "_" + std::to_string(++count));
    std::filesystem::remove_all(folder_);
    store::StoreOptions options;
    options.memory_bytes = 16 << 20;
    options.min_free_bytes = 1 << 20;
    auto opened = store::Store::open(folder_, options);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void commit(const PostView& post, const Mention& mention) {
    store::PreparedBatch batch;
    store::Preparer(store_->hash_key()).prepare(post, {&mention, 1}, batch);
    const store::PreparedBatch* batches[] = {&batch};
    const auto committed = store_->commit(batches);
    ASSERT_TRUE(committed) << committed.error().message;
  }

  // One post of `author` with one act.
  void say(std::string_view author, double age_days, Act act, std::string_view text,
           std::string_view cue, std::span<const Penalty> penalties = {}) {
    const std::string id = "post" + std::to_string(++posts_);
    PostView post;
    post.source = "bluesky";
    post.id = id;
    post.author.id = author;
    post.author.handle = author;
    post.text = text;
    post.url = "https://example.org/p";
    post.created_at = days_ago(age_days);
    const bool critic = act == Act::complain;
    const auto begin = static_cast<std::uint32_t>(text.find(cue));
    const ActHit hit{act,
                     act == Act::recommend,
                     0.9,
                     cue,
                     Field::text,
                     begin,
                     begin + static_cast<std::uint32_t>(cue.size())};
    Mention mention;
    mention.brand = "moka_nera";
    mention.sentiment.label = critic ? Label::negative : Label::positive;
    mention.sentiment.score = critic ? -0.8 : 0.8;
    mention.sentiment.confidence = 1;
    mention.acts = {&hit, 1};
    mention.authenticity.penalties = penalties;
    for (const Penalty& penalty : penalties) mention.authenticity.score *= 1 - penalty.penalty;
    mention.quality.depth = 0.5;
    mention.lang = "it";
    mention.fingerprint = posts_;
    mention.post = post;
    commit(post, mention);
  }

  void make_people() {
    for (int i = 0; i < 5; ++i) {
      say("anna", 4 + 20 * i, Act::recommend, "La Moka Nera? Ve la consiglio!", "Ve la consiglio");
    }
    say("anna", 50, Act::complain, "Stavolta \xc3\xa8 arrivata rotta.", "arrivata rotta");
    for (int i = 0; i < 3; ++i) {
      say("bruno", 4 + 20 * i, Act::recommend, "Provatela tutti", "Provatela");
    }
    const Penalty label{Signal::explicit_label, 1, "#adv", Field::text, 0, 4};
    for (int i = 0; i < 6; ++i) {
      say("carla", 4 + 20 * i, Act::recommend, "#adv provatela", "provatela", {&label, 1});
    }
    for (int i = 0; i < 4; ++i) say("dario", 4 + i, Act::complain, "Pessima", "Pessima");
    say("elena", 4, Act::seek, "Chi mi consiglia?", "Chi mi consiglia");
  }

  IdentifyReport report(std::optional<RelationClass> relation = std::nullopt,
                        std::size_t top = 20) {
    IdentifyQuery query;
    query.brand = "moka_nera";
    query.top = top;
    query.relation = relation;
    query.as_of = kAsOf;
    auto found = identify(*store_, query, default_config());
    EXPECT_TRUE(found);
    return found ? std::move(*found) : IdentifyReport{};
  }

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::uint64_t posts_ = 0;
};

TEST_F(Identify, AnUnknownBrandIsAnError) {
  IdentifyQuery query;
  query.brand = "nobody";
  query.as_of = kAsOf;
  const auto found = identify(*store_, query, default_config());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::not_found);
}

TEST_F(Identify, RanksAdvocatesAndLeavesTheOthersOut) {
  make_people();
  const IdentifyReport found = report();
  EXPECT_EQ(found.authors_seen, 3U);  // who only seeks or complains cannot be one
  ASSERT_EQ(found.authors.size(), 2U);
  EXPECT_EQ(found.authors[0].author.handle, "anna");
  EXPECT_EQ(found.authors[0].rank, 1U);
  EXPECT_EQ(found.authors[1].author.handle, "bruno");
  EXPECT_GT(found.authors[0].score.score_low, found.authors[1].score.score_low);
  EXPECT_EQ(found.authors[0].evidence.size(), 5U);
  ASSERT_EQ(found.authors[0].counter_evidence.size(), 1U);
  EXPECT_EQ(found.authors[0].counter_evidence[0]->post.created_at, days_ago(50));
}

TEST_F(Identify, AFilterKeepsWhoIsWanted) {
  make_people();
  const auto handles = [&](const PeopleFilter& filter) {
    IdentifyQuery query;
    query.brand = "moka_nera";
    query.as_of = kAsOf;
    query.filter = filter;
    std::string names;
    for (const bool now : {false, true}) {
      query.is_now = now;
      const auto found = identify(*store_, query, default_config());
      EXPECT_TRUE(found);
      for (const RankedAuthor& author : found->authors) names += author.author.handle + " ";
    }
    return names;
  };
  EXPECT_EQ(handles({}), "anna bruno anna bruno ");
  EXPECT_EQ(handles({.least_level = Level::champion}), "");
  EXPECT_EQ(handles({.source = "mastodon"}), "");
  EXPECT_EQ(handles({.source = "bluesky"}), "anna bruno anna bruno ");
  EXPECT_EQ(handles({.audience_min = 0}), "");  // nobody knows how many follow them
  EXPECT_EQ(handles({.audience_max = 0}), "anna bruno anna bruno ");
  EXPECT_EQ(handles({.lapsed = true}), "");
}

TEST_F(Identify, EachClassOnRequest) {
  make_people();
  const auto only = [&](RelationClass relation) {
    const IdentifyReport found = report(relation);
    return found.authors.size() == 1 ? found.authors[0].author.handle : std::string("several");
  };
  EXPECT_EQ(only(RelationClass::influencer), "carla");
  EXPECT_EQ(only(RelationClass::detractor), "dario");
  EXPECT_EQ(only(RelationClass::neutral), "elena");
  EXPECT_TRUE(report(RelationClass::referral_partner).authors.empty());
}

TEST_F(Identify, TopKeepsTheBest) {
  for (int person = 0; person < 12; ++person) {
    for (int i = 0; i < 3 + person % 4; ++i) {
      say("person" + std::to_string(person), 4 + 10 * i, Act::recommend, "Provatela", "Provatela");
    }
  }
  const IdentifyReport all = report(std::nullopt, 100);
  ASSERT_EQ(all.authors.size(), 12U);
  const IdentifyReport few = report(std::nullopt, 5);
  ASSERT_EQ(few.authors.size(), 5U);
  for (std::size_t i = 0; i < few.authors.size(); ++i) {
    EXPECT_EQ(few.authors[i].author.handle, all.authors[i].author.handle);
    EXPECT_EQ(few.authors[i].rank, i + 1);
  }
  EXPECT_TRUE(report(std::nullopt, 0).authors.empty());
}

TEST_F(Identify, JsonKeepsTheContract) {
  make_people();
  rapidjson::Document json;
  json.Parse(to_json(report(), false).c_str());
  ASSERT_FALSE(json.HasParseError());
  EXPECT_STREQ(json["brand"].GetString(), "moka_nera");
  EXPECT_STREQ(json["as_of"].GetString(), "2026-11-30T00:00:00.000Z");
  const auto& anna = json["advocates"][0];
  for (const char* name :
       {"rank", "author", "score", "score_low", "level", "class", "type", "mentions",
        "recommendations", "defences", "first_seen", "last_seen", "evidence", "counter_evidence"}) {
    EXPECT_TRUE(anna.HasMember(name)) << name;
  }
  for (const char* name : {"source", "id", "handle", "name"}) {
    EXPECT_TRUE(anna["author"].HasMember(name)) << name;
  }
  EXPECT_STREQ(anna["class"].GetString(), "advocate");
  EXPECT_STREQ(anna["type"].GetString(), "undetermined");
  EXPECT_EQ(anna["mentions"].GetInt(), 6);
  EXPECT_EQ(anna["recommendations"].GetInt(), 5);
  const auto& evidence = anna["evidence"][0];
  EXPECT_STREQ(evidence["act"].GetString(), "recommend");
  EXPECT_STREQ(evidence["cue"].GetString(), "Ve la consiglio");
  EXPECT_STREQ(evidence["text"].GetString(), "La Moka Nera? Ve la consiglio!");
  EXPECT_STREQ(anna["counter_evidence"][0]["act"].GetString(), "complain");
  EXPECT_FALSE(anna.HasMember("contributions"));
}

// Only numbers that are in the document, and the formulas of FEATURES D.1 and D.3.
double rebuilt(const rapidjson::Value& author) {
  double recommending = 0, defending = 0, helping = 0, feedback = 0;
  for (const auto& c : author["contributions"].GetArray()) {
    double value = 1;
    for (const char* factor :
         {"weight", "confidence", "polarity", "depth", "authenticity", "novelty", "decay"}) {
      value *= c[factor].GetDouble();
    }
    const std::string act = c["act"].GetString();
    if (act == "recommend" || act == "testimonial") recommending += value;
    if (act == "defend") defending += value;
    if (act == "help") helping += value;
    if (act == "idea") feedback += value;
  }
  const double positive = author["positive"].GetDouble();
  const double share = (positive + 1) / (positive + author["negative"].GetDouble() + 2);
  const double months = author["consistency_months"].GetDouble();
  const double consistency = months == 0 ? 0 : author["consistent_months"].GetDouble() / months;
  const double influence =
      std::min(1.0, std::log2(1 + author["responders"].GetDouble()) / std::log2(65));
  const double raw = 0.30 * (1 - std::exp(-recommending)) + 0.15 * consistency +
                     0.20 * std::max(0.0, 2 * share - 1) + 0.10 * (1 - std::exp(-defending / 0.6)) +
                     0.10 * (1 - std::exp(-helping / 1.2)) +
                     0.05 * (1 - std::exp(-feedback / 0.8)) + 0.07 * influence;
  return 100 * author["authenticity"].GetDouble() * raw;
}

TEST_F(Identify, TheExplanationRebuildsTheScore) {
  make_people();
  for (int i = 0; i < 2; ++i) {
    say("anna", 9 + i, Act::defend, "Non \xc3\xa8 vero", "Non \xc3\xa8 vero");
    say("anna", 19 + i, Act::help, "Basta pulirla", "Basta");
    say("bruno", 29 + i, Act::idea, "Sarebbe bello se", "Sarebbe bello se");
  }
  rapidjson::Document json;
  json.Parse(to_json(report(), true).c_str());
  ASSERT_FALSE(json.HasParseError());
  ASSERT_EQ(json["advocates"].Size(), 2U);
  for (const auto& author : json["advocates"].GetArray()) {
    EXPECT_NEAR(rebuilt(author), author["score"].GetDouble(), 1e-9);
    const double evidence = author["evidence_weight"].GetDouble();
    EXPECT_NEAR(rebuilt(author) * evidence / (evidence + 1), author["score_low"].GetDouble(), 1e-9);
  }
}

TEST_F(Identify, NdjsonIsOneAuthorALine) {
  make_people();
  const std::string lines = to_ndjson(report(), false);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
  rapidjson::Document json;
  json.Parse(lines.substr(0, lines.find('\n')).c_str());
  ASSERT_FALSE(json.HasParseError());
  EXPECT_STREQ(json["brand"].GetString(), "moka_nera");
  EXPECT_EQ(json["rank"].GetInt(), 1);
}

TEST_F(Identify, ForgottenPeopleAreGone) {
  make_people();
  ASSERT_TRUE(store_->forget("bluesky", "anna"));
  const IdentifyReport found = report();
  ASSERT_EQ(found.authors.size(), 1U);
  EXPECT_EQ(found.authors[0].author.handle, "bruno");
}

TEST_F(Identify, LongTextsAreCutAtCharactersAroundTheCue) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "\xc3\xa8";
  text += "provatela";
  for (int i = 0; i < 200; ++i) text += "\xe2\x98\x95";
  for (int i = 0; i < 3; ++i) say("anna", 4 + 20 * i, Act::recommend, text, "provatela");
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag>(to_json(report(), false).c_str());
  ASSERT_FALSE(json.HasParseError());
  const std::string excerpt = json["advocates"][0]["evidence"][0]["text"].GetString();
  EXPECT_LE(excerpt.size(), 160U);
  EXPECT_NE(excerpt.find("provatela"), std::string::npos);
}

}  // namespace
}  // namespace passaparola::advocacy
