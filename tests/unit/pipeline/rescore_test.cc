// A store judged again by the real judges: page by page, and however often it is cut short.
#include "pipeline/rescore.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "core/json.h"
#include "pipeline/processor.h"
#include "store/verify.h"

namespace passaparola::pipeline {
namespace {

constexpr std::string_view kBefore = R"(
brand moka_nera "Moka Nera" { terms "moka nera" }
brand tazza "Tazza" { terms tazza }
)";
constexpr std::string_view kAfter = R"(
brand moka_nera "Moka Nera" { terms "moka nera" exclude "camicia nera" }
brand bialba "Bialba" { terms bialba }
rule moka_nera.angry { $moka_nera sentiment<-0.2 }  tag mood.angry
)";

constexpr std::array kTexts{
    "La moka nera è fantastica, ve la consiglio!",
    "La moka nera e la tazza fanno schifo",
    "La moka nera va con la camicia nera",
    "Una tazza di bialba, buonissima",
    "Meglio bialba della moka nera",
};

class Rescore : public ::testing::Test {
 protected:
  Rescore() {
    std::string pattern = ::testing::TempDir() + "rescore-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Rescore() override { std::filesystem::remove_all(folder_); }

  static Judges judges(std::string_view rules) {
    const std::vector<match::RuleFile> files{{"moka.rules", std::string(rules)}};
    auto set = match::Ruleset::compile(files);
    EXPECT_TRUE(set) << set.error().message;
    auto scorer = sentiment::Scorer::load(std::string(PASSAPAROLA_SOURCE_DIR) + "/rules/lexicons");
    EXPECT_TRUE(scorer) << scorer.error().message;
    return {*set, *scorer};
  }

  std::unique_ptr<store::Store> open(const std::string& name) const {
    auto store = store::Store::open(folder_ / name, {});
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }

  // Posts of all texts in turn.
  void add(store::Store& store, const Judges& judges, int first, int count) const {
    std::string chunk;
    for (int i = first; i < first + count; ++i) {
      const std::string number = std::to_string(i);
      chunk += R"({"source":"x","id":")" + number + R"(","author":{"id":"author)" +
               std::to_string(i % 3) +
               R"("},"lang":"it","created_at":"2026-01-01T00:00:00Z","text":")" +
               kTexts[static_cast<std::size_t>(i) % kTexts.size()] + " Numero " + number + "\"}\n";
    }
    const std::size_t size = chunk.size();
    chunk.resize(size + kInputPaddingBytes);
    Processor processor(judges);
    Counts counts;
    store::PreparedBatch batch;
    processor.prepare(ingest::Format::native, {chunk.data(), size},
                      store::Preparer(store.hash_key()), batch, counts);
    const store::PreparedBatch* const batches[] = {&batch};
    ASSERT_TRUE(store.commit(batches));
  }

  static std::string feed_of(const store::Store& store) {
    store::FeedQuery query;
    query.limit = 1'000;
    const auto page = store.read_feed(query);
    EXPECT_TRUE(page);
    std::string lines;
    for (const store::StoredMention& mention : page->mentions) {
      JsonWriter writer(lines);
      write_mention(writer, *mention, 0);
      lines.push_back('\n');
    }
    return lines;
  }

  static RescoreSummary run(store::Store& store, const Judges& judges,
                            const RescoreOptions& options = {}) {
    const auto summary = rescore(judges, store, options);
    EXPECT_TRUE(summary) << summary.error().message;
    const auto verified = store.verify([](const store::Difference&) {});
    EXPECT_TRUE(verified && verified->differences == 0);
    return *summary;
  }

  // One page, as far as a stopped run comes.
  static RescoreSummary run_page(store::Store& store, const Judges& judges) {
    std::atomic<bool> stop{false};
    RescoreOptions options;
    options.page_mentions = 4;
    options.stop = &stop;
    options.progress = [&](const RescoreProgress&) { stop = true; };
    return run(store, judges, options);
  }

  std::filesystem::path folder_;
  const Judges before_ = judges(kBefore), after_ = judges(kAfter);
};

TEST_F(Rescore, CutShortAfterEveryPageComesToTheSame) {
  const auto whole = open("whole");
  add(*whole, before_, 0, 30);
  const RescoreSummary once = run(*whole, after_);
  EXPECT_TRUE(once.finished);
  EXPECT_EQ(once.counts.looked_at, 30U);
  EXPECT_EQ(once.counts.changed, 18U);
  EXPECT_EQ(once.counts.removed, 18U) << "the camicia nera, and what was said of the tazza";
  EXPECT_EQ(once.counts.added, 12U);

  auto parts = open("parts");
  add(*parts, before_, 0, 30);
  RescoreCounts sum;
  int runs = 0;
  for (bool finished = false; !finished; ++runs) {
    const RescoreSummary part = run_page(*parts, after_);
    EXPECT_EQ(part.resumed, runs > 0);
    finished = part.finished;
    sum.looked_at += part.counts.looked_at;
    sum.changed += part.counts.changed;
    sum.removed += part.counts.removed;
    sum.added += part.counts.added;
    parts.reset();
    parts = open("parts");
  }
  EXPECT_GT(runs, 5);
  EXPECT_EQ(sum.looked_at, once.counts.looked_at);
  EXPECT_EQ(sum.changed, once.counts.changed);
  EXPECT_EQ(sum.removed, once.counts.removed);
  EXPECT_EQ(sum.added, once.counts.added);
  EXPECT_EQ(feed_of(*parts), feed_of(*whole));
}

TEST_F(Rescore, OtherJudgesBeginAnewAndADoneRunIsNoneAnyMore) {
  const auto store = open("store");
  add(*store, before_, 0, 30);
  const std::string as_it_was = feed_of(*store);
  EXPECT_FALSE(run_page(*store, after_).finished);
  const RescoreSummary back = run(*store, before_);
  EXPECT_FALSE(back.resumed);
  const RescoreSummary again = run(*store, before_);
  EXPECT_FALSE(again.resumed);
  EXPECT_EQ(again.counts.changed + again.counts.removed + again.counts.added, 0U);
  EXPECT_EQ(again.counts.looked_at, 30U);
  EXPECT_NE(feed_of(*store), as_it_was) << "what was removed has come back at the end";
}

TEST_F(Rescore, WhatCameMeanwhileIsLookedAtToo) {
  const auto store = open("store");
  add(*store, before_, 0, 10);
  EXPECT_FALSE(run_page(*store, after_).finished);
  add(*store, before_, 10, 10);
  add(*store, after_, 20, 10);
  const RescoreSummary rest = run(*store, after_);
  EXPECT_TRUE(rest.resumed);
  EXPECT_EQ(feed_of(*store).find("\"brand\":\"tazza\""), std::string::npos);
  EXPECT_EQ(rest.counts.looked_at, 18U) << "not what the same judges had judged";
}

TEST_F(Rescore, ADryRunLeavesTheStoreAndTheRunUnderWay) {
  const auto store = open("store");
  add(*store, before_, 0, 30);
  const std::string as_it_was = feed_of(*store);
  RescoreOptions dry;
  dry.dry_run = true;
  dry.page_mentions = 7;
  const RescoreSummary planned = run(*store, after_, dry);
  EXPECT_EQ(feed_of(*store), as_it_was);
  const RescoreSummary done = run(*store, after_);
  EXPECT_FALSE(done.resumed);
  EXPECT_EQ(planned.counts.changed, done.counts.changed);
  EXPECT_EQ(planned.counts.removed, done.counts.removed);
  EXPECT_EQ(planned.counts.added, done.counts.added);
}

}  // namespace
}  // namespace passaparola::pipeline
