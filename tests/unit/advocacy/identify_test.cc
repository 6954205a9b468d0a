// The identification job on a real store.
#include <gtest/gtest.h>

#include "unit/advocacy/parse_json.h"

#include <cmath>
#include <sstream>
#include <string>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"
#include "core/cursor.h"
#include "core/limits.h"
#include "core/terminal.h"
#include "store/store.h"
#include "unit/advocacy/histories.h"
#include "unit/advocacy/store_fixture.h"

namespace passaparola::advocacy {
namespace {

class Identify : public StoreTest {
 protected:
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
    post.created_at = days_ago(age_days, author);
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
    commit(post, {&mention, 1});
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
  EXPECT_EQ(found.authors[0].counter_evidence[0]->post.created_at, days_ago(50, "anna"));
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

// S of one person, from nothing but what the document says (FEATURES D.1 and D.3 anew).
class Rebuilt {
 public:
  explicit Rebuilt(const rapidjson::Value& document) : document_(document) {}

  double score(const rapidjson::Value& author) const {
    double recommending = 0, defending = 0, helping = 0, feedback = 0;
    for (const auto& c : author["contributions"].GetArray()) {
      const std::string act = c["act"].GetString();
      const double value = value_of(c, act);
      EXPECT_NEAR(value, c["value"].GetDouble(), 1e-12);
      if (act == "recommend" || act == "testimonial") recommending += value;
      if (act == "defend") defending += value;
      if (act == "help") helping += value;
      if (act == "idea") feedback += value;
    }
    const double positive = author["positive"].GetDouble();
    const double share = (positive + 1) / (positive + author["negative"].GetDouble() + 2);
    const double months = author["consistency_months"].GetDouble();
    const double consistency = months == 0 ? 0 : author["consistent_months"].GetDouble() / months;
    const double influence = std::min(1.0, std::log2(1 + author["responders"].GetDouble()) /
                                               std::log2(1 + setting("influence_responders")));
    return 100 * authenticity(author) *
           (component("recommending", recommending) + component("defending", defending) +
            component("helping", helping) + component("feedback", feedback) +
            setting("components.consistency") * consistency +
            setting("components.positivity") * std::max(0.0, 2 * share - 1) +
            setting("components.influence") * influence);
  }

 private:
  double setting(const std::string& name) const {
    return document_["settings"][name.c_str()].GetDouble();
  }
  double component(const std::string& name, double evidence) const {
    return setting("components." + name) *
           (1 - std::exp(-evidence / setting("components." + name + "_scale")));
  }
  double authenticity(const rapidjson::Value& author) const {
    double product = 1;
    for (const auto& penalty : author["penalties"].GetArray()) {
      product *= 1 - penalty["penalty"].GetDouble();
    }
    return std::max(product, setting("relations.authenticity_floor"));
  }
  double value_of(const rapidjson::Value& c, const std::string& act) const {
    const bool to_others = c.HasMember("to_others") && c["to_others"].GetBool();
    const double weight = setting("acts." + act + (to_others ? "_to_others" : ""));
    const bool slow = act == "recommend" || act == "defend" || act == "testimonial";
    const double age =
        static_cast<double>(parse_rfc3339(document_["as_of"].GetString())->milliseconds -
                            parse_rfc3339(c["created_at"].GetString())->milliseconds) /
        static_cast<double>(kMillisecondsPerDay);
    double value =
        weight * std::exp2(-age / setting(slow ? "half_life_outward_days" : "half_life_days"));
    for (const char* factor : {"confidence", "polarity", "depth", "authenticity", "novelty"}) {
      value *= c[factor].GetDouble();
    }
    return value;
  }

  const rapidjson::Value& document_;
};

TEST_F(Identify, TheExplanationRebuildsTheScore) {
  make_people();
  for (int i = 0; i < 2; ++i) {
    say("anna", 9 + i, Act::defend, "Non \xc3\xa8 vero", "Non \xc3\xa8 vero");
    say("anna", 19 + i, Act::help, "Basta pulirla", "Basta");
    say("bruno", 29 + i, Act::idea, "Sarebbe bello se", "Sarebbe bello se");
  }
  for (int i = 0; i < 60; ++i) say("bruno", 2, Act::praise, "Ottima", "Ottima");  // in one day
  AdvocacyConfig config;
  for (const auto& [name, value] :
       {std::pair("acts.recommend_to_others", 0.95), std::pair("acts.defend", 0.7),
        std::pair("components.recommending", 0.4), std::pair("components.helping_scale", 0.9),
        std::pair("half_life_days", 61.0), std::pair("relations.busy_day_penalty", 0.35)}) {
    ASSERT_TRUE(set_setting(config, name, value));
  }
  for (const AdvocacyConfig& judged_by : {default_config(), config}) {
    IdentifyQuery query;
    query.brand = "moka_nera";
    query.as_of = kAsOf;
    const auto found = identify(*store_, query, judged_by);
    ASSERT_TRUE(found);
    rapidjson::Document json;
    json.Parse<rapidjson::kParseFullPrecisionFlag>(to_json(*found, true).c_str());
    ASSERT_FALSE(json.HasParseError());
    EXPECT_EQ(json["config_hash"].GetString(), config_hash(judged_by));
    ASSERT_EQ(json["advocates"].Size(), 2U);
    for (const auto& author : json["advocates"].GetArray()) {
      const double score = Rebuilt(json).score(author);
      EXPECT_NEAR(score, author["score"].GetDouble(), 1e-9);
      const double evidence = author["evidence_weight"].GetDouble();
      EXPECT_NEAR(score * evidence / (evidence + 1), author["score_low"].GetDouble(), 1e-9);
    }
    const auto& bruno = json["advocates"][1];
    ASSERT_EQ(bruno["penalties"].Size(), 1U);
    EXPECT_STREQ(bruno["penalties"][0]["signal"].GetString(), "volume");
    EXPECT_STREQ(bruno["penalties"][0]["evidence"].GetString(), "60 mentions on one day");
  }
}

TEST_F(Identify, EvidenceSaysWhereItComesFrom) {
  make_people();
  rapidjson::Document json;
  json.Parse(to_json(report(), false).c_str());
  ASSERT_FALSE(json.HasParseError());
  EXPECT_STREQ(json["window"]["after"].GetString(), "2025-11-30T00:00:00.000Z");
  EXPECT_EQ(json["as_of_cursor"].GetString(), encode_cursor({store_->id(), store_->last_seq()}));
  EXPECT_FALSE(json.HasMember("settings"));
  for (const char* list : {"evidence", "counter_evidence"}) {
    const auto& item = json["advocates"][0][list][0];
    for (const char* name : {"mention_id", "seq", "source", "url", "created_at", "act", "cue",
                             "field", "begin", "end", "text", "value", "polarity", "hits",
                             "duplicate_of", "rules", "penalties", "lexicon", "ruleset"}) {
      EXPECT_TRUE(item.HasMember(name)) << list << " " << name;
    }
    EXPECT_STREQ(item["source"].GetString(), "bluesky");
  }
  const auto& item = json["advocates"][0]["evidence"][0];
  EXPECT_STREQ(item["field"].GetString(), "text");
  EXPECT_EQ(item["begin"].GetInt(), 14);
  EXPECT_EQ(item["end"].GetInt(), 29);
  EXPECT_EQ(item["polarity"].GetDouble(), 0.8);
}

TEST_F(Identify, TheTableStaysWithinEightyColumns) {
  make_people();
  std::istringstream lines(to_table(report(), true));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80U) << line;
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
