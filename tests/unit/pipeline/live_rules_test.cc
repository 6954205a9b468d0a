// New rules for a server that runs: in force, on disk, or nothing changed.
#include "pipeline/live_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <sstream>

#include "core/json.h"
#include "core/limits.h"
#include "pipeline/writer.h"

namespace passaparola::pipeline {
namespace {

namespace fs = std::filesystem;
using match::RuleFile;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kMoka = "brand moka_nera \"Moka Nera\" {\n  terms \"moka nera\"\n}\n";
constexpr std::string_view kLumafon = "brand lumafon \"Lumafon\" {\n  terms lumafon\n}\n";
constexpr std::string_view kBad = "brand lumafon \"Lumafon\" {\n  terms \"lumafon\n}\n";

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

class RulesOfAServer : public ::testing::Test {
 protected:
  RulesOfAServer() {
    std::string pattern = ::testing::TempDir() + "rules-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    rules_ = folder_ / "rules";
    write(rules_ / "brands" / "moka.rules", kMoka);
    write(rules_ / "lexicons" / "notes.txt", "mine");
    auto store = store::Store::open(folder_ / "store", {});
    EXPECT_TRUE(store) << store.error().message;
    store_ = std::move(*store);
    auto scorer = sentiment::Scorer::load(PASSAPAROLA_SOURCE_DIR "/rules/lexicons");
    EXPECT_TRUE(scorer) << scorer.error().message;
    scorer_ = *scorer;
    writer_ = std::make_unique<Writer>(*store_, Writer::Options{});
    serve(rules_);
  }
  ~RulesOfAServer() override {
    live_.reset();
    intake_.reset();
    writer_.reset();
    store_.reset();
    fs::remove_all(folder_);
  }

  void serve(const fs::path& path) {
    live_.reset();
    intake_.reset();
    auto set = load_rule_set(path);
    ASSERT_TRUE(set) << set.error().message;
    intake_ = std::make_unique<Intake>(Judges{set->rules, scorer_}, *store_, *writer_, 2);
    live_ = std::make_unique<LiveRules>(path, std::move(*set), scorer_, *intake_);
  }

  // Starts something that ends with a verdict, and waits for it.
  template <typename Start>
  Result<RuleVerdict> verdict_of(Start start) {
    auto verdict = std::make_shared<std::promise<Result<RuleVerdict>>>();
    auto future = verdict->get_future();
    start([verdict](Result<RuleVerdict> result) { verdict->set_value(std::move(result)); });
    return future.get();
  }

  Result<RuleVerdict> activate(std::vector<RuleFile> files, const std::string& only_over = {}) {
    return verdict_of([&](LiveRules::Done done) {
      live_->activate(std::move(files), only_over, std::move(done));
    });
  }

  // Which brands a post is stored for.
  std::vector<std::string> push(const std::string& id, const std::string& text) {
    std::string line;
    JsonWriter writer(line);
    PostView post;
    post.source = "test";
    post.id = id;
    post.author.id = "anna";
    post.text = text;
    post.created_at.milliseconds = 1'700'000'000'000;
    write_post(writer, post);
    auto taken = std::make_shared<std::promise<void>>();
    auto answer = taken->get_future();
    const std::uint64_t before = store_->last_seq();
    intake_->push({ingest::Format::native, line + "\n", {}},
                  [taken](const Result<IntakeOutcome>& outcome) {
                    EXPECT_TRUE(outcome);
                    taken->set_value();
                  });
    answer.get();
    store::FeedQuery query;
    query.after = before;
    std::vector<std::string> brands;
    auto page = store_->read_feed(query);
    EXPECT_TRUE(page);
    for (const auto& mention : page->mentions) {
      brands.emplace_back(mention->brand);
      EXPECT_EQ(mention->ruleset, live_->current()->rules->hash());
    }
    return brands;
  }

  std::vector<std::string> files_below(const fs::path& path) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(path));
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  fs::path folder_;
  fs::path rules_;
  std::unique_ptr<store::Store> store_;
  std::shared_ptr<const sentiment::Scorer> scorer_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<LiveRules> live_;
};

TEST_F(RulesOfAServer, AGoodSetIsInForceAndOnDisk) {
  EXPECT_THAT(push("1", "moka nera e lumafon"), ElementsAre("moka_nera"));
  const auto verdict = activate({{"new/lumafon.rules", std::string(kLumafon)}});
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(verdict->after, 1U);
  EXPECT_EQ(verdict->set.rules, live_->current()->rules);
  EXPECT_THAT(push("2", "moka nera e lumafon"), ElementsAre("lumafon"));
  // What is no rule stays; the rules before are kept beside.
  EXPECT_THAT(files_below(rules_), ElementsAre("lexicons/notes.txt", "new/lumafon.rules"));
  EXPECT_EQ(text_of(rules_ / "new" / "lumafon.rules"), kLumafon);
  EXPECT_EQ(text_of(folder_ / "rules.previous" / "brands" / "moka.rules"), kMoka);
  EXPECT_FALSE(fs::exists(folder_ / "rules.next"));
  // A restart has them, under the same hash.
  const std::string hash(live_->current()->rules->hash());
  serve(rules_);
  EXPECT_EQ(live_->current()->rules->hash(), hash);
  EXPECT_THAT(push("3", "lumafon"), ElementsAre("lumafon"));
}

TEST_F(RulesOfAServer, OnlyTheLastSetIsKeptBeside) {
  ASSERT_TRUE(activate({{"a.rules", std::string(kLumafon)}}));
  ASSERT_TRUE(activate({{"b.rules", std::string(kMoka)}}));
  EXPECT_THAT(files_below(rules_), ElementsAre("b.rules", "lexicons/notes.txt"));
  EXPECT_THAT(files_below(folder_ / "rules.previous"),
              ElementsAre("a.rules", "lexicons/notes.txt"));
}

TEST_F(RulesOfAServer, AFileThatDidNotChangeIsNotWrittenAgain) {
  std::string other(kMoka);
  other.replace(other.find("moka"), 4, "mora");
  ASSERT_EQ(other.size(), kMoka.size());
  ASSERT_TRUE(activate({{"brands/moka.rules", std::string(kMoka)}}));
  EXPECT_TRUE(fs::equivalent(rules_ / "brands" / "moka.rules",
                             folder_ / "rules.previous" / "brands" / "moka.rules"));
  ASSERT_TRUE(activate({{"brands/moka.rules", other}}));
  EXPECT_EQ(text_of(rules_ / "brands" / "moka.rules"), other);
  EXPECT_EQ(text_of(folder_ / "rules.previous" / "brands" / "moka.rules"), kMoka);
}

TEST_F(RulesOfAServer, ABadSetChangesNothing) {
  const std::string hash(live_->current()->rules->hash());
  const auto bad = activate({{"lumafon.rules", std::string(kBad)}});
  ASSERT_TRUE(bad) << bad.error().message;
  EXPECT_FALSE(bad->set.rules);
  ASSERT_FALSE(bad->diagnostics.empty());
  EXPECT_EQ(bad->diagnostics.front().file, "lumafon.rules");
  EXPECT_EQ(bad->diagnostics.front().line, 2U);
  const auto stale = activate({{"lumafon.rules", std::string(kLumafon)}}, "another hash");
  ASSERT_TRUE(stale);
  EXPECT_TRUE(stale->is_stale);
  for (const char* name : {"../out.rules", "/tmp/out.rules", "a.txt", ".rules", "a//b.rules",
                           "a/.hidden.rules", "a b.rules", "x/../y.rules", ""}) {
    EXPECT_FALSE(activate({{name, std::string(kLumafon)}})) << name;
  }
  EXPECT_FALSE(activate({}));
  EXPECT_FALSE(activate({{"a.rules", std::string(kMoka)}, {"a.rules", std::string(kLumafon)}}));
  EXPECT_EQ(live_->current()->rules->hash(), hash);
  EXPECT_THAT(files_below(rules_), ElementsAre("brands/moka.rules", "lexicons/notes.txt"));
  EXPECT_FALSE(fs::exists(folder_ / "rules.previous"));
  EXPECT_TRUE(activate({{"lumafon.rules", std::string(kLumafon)}}, hash));
}

TEST_F(RulesOfAServer, ADiskThatRefusesLeavesTheOldSetInForce) {
  // A file stands where the new folder's folder would be made.
  write(rules_ / "brands.d", "a file");
  const std::string hash(live_->current()->rules->hash());
  const auto verdict = activate({{"brands.d/lumafon.rules", std::string(kLumafon)}});
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::io);
  EXPECT_EQ(live_->current()->rules->hash(), hash);
  EXPECT_EQ(text_of(rules_ / "brands" / "moka.rules"), kMoka);
  EXPECT_FALSE(fs::exists(folder_ / "rules.next"));
  EXPECT_THAT(push("1", "moka nera e lumafon"), ElementsAre("moka_nera"));
}

TEST_F(RulesOfAServer, WhatIsOnDiskIsReadAgain) {
  const auto reload = [this](LiveRules::Done done) { live_->reload(std::move(done)); };
  write(rules_ / "lumafon.rules", kBad);
  const auto bad = verdict_of(reload);
  ASSERT_TRUE(bad);
  EXPECT_FALSE(bad->set.rules);
  EXPECT_THAT(push("1", "moka nera e lumafon"), ElementsAre("moka_nera"));
  write(rules_ / "lumafon.rules", kLumafon);
  const auto good = verdict_of(reload);
  ASSERT_TRUE(good);
  EXPECT_THAT(push("2", "moka nera e lumafon"), ElementsAre("moka_nera", "lumafon"));
  EXPECT_EQ(live_->current()->files.front().name, "brands/moka.rules");
}

TEST_F(RulesOfAServer, ACheckJudgesASampleAndChangesNothing) {
  const std::string hash(live_->current()->rules->hash());
  const std::string sample = R"({"source":"s","id":"1","author":{"id":"a"},"text":"il lumafon",)"
                             R"("created_at":"2026-01-01T00:00:00Z"})"
                             "\n{}\n";
  const auto verdict = verdict_of([&](LiveRules::Done done) {
    live_->check({{"lumafon.rules", std::string(kLumafon)}}, sample, std::move(done));
  });
  ASSERT_TRUE(verdict);
  EXPECT_THAT(verdict->mentions, HasSubstr("\"brand\":\"lumafon\""));
  ASSERT_EQ(verdict->rejected.size(), 1U);
  EXPECT_EQ(verdict->rejected.front().line, 2U);
  EXPECT_EQ(live_->current()->rules->hash(), hash);
  EXPECT_THAT(files_below(rules_), ElementsAre("brands/moka.rules", "lexicons/notes.txt"));
}

TEST_F(RulesOfAServer, OneFileIsReplacedByOneFile) {
  const fs::path file = folder_ / "only.rules";
  write(file, kMoka);
  serve(file);
  EXPECT_FALSE(activate({{"a.rules", std::string(kMoka)}, {"b.rules", std::string(kLumafon)}}));
  ASSERT_TRUE(activate({{"whatever.rules", std::string(kLumafon)}}));
  EXPECT_EQ(text_of(file), kLumafon);
  EXPECT_EQ(text_of(folder_ / "only.rules.previous"), kMoka);
  const std::string hash(live_->current()->rules->hash());
  serve(file);
  EXPECT_EQ(live_->current()->rules->hash(), hash);
}

TEST_F(RulesOfAServer, TooManyRequestsAreRefusedAtOnce) {
  // The writer is held, and so is the first change, whose answer waits for it.
  std::promise<void> release;
  writer_->run([held = release.get_future().share()](store::Store&) { held.wait(); });
  std::promise<void> all_answered;
  std::atomic<std::size_t> overloaded{0};
  std::atomic<std::size_t> answered{0};
  constexpr std::size_t kRequests = kMaxWaitingRuleRequests + 5;
  for (std::size_t i = 0; i < kRequests; ++i) {
    live_->activate({{"a.rules", std::string(kMoka)}}, {}, [&](const Result<RuleVerdict>& verdict) {
      if (!verdict && verdict.error().code == ErrorCode::overloaded) ++overloaded;
      if (++answered == kRequests) all_answered.set_value();
    });
  }
  EXPECT_GE(overloaded.load(), 4U);  // one may be under way and no longer wait
  release.set_value();
  all_answered.get_future().get();
  live_.reset();  // its thread is done with what is this function's
  EXPECT_LE(overloaded.load(), 5U);
}

}  // namespace
}  // namespace passaparola::pipeline
