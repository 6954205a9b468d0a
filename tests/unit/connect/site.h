// A store with its pipeline, into which sources of a test are read.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "connect/connect.h"
#include "pipeline/intake.h"
#include "pipeline/writer.h"
#include "store/store.h"

namespace passaparola::connect {

class SourceTest : public testing::Test {
 protected:
  SourceTest() {
    std::string pattern = testing::TempDir() + "connect-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    store::StoreOptions options;
    options.sync = false;  // nothing is read after a power cut here
    auto store = store::Store::open(folder_ / "store", options);
    EXPECT_TRUE(store) << store.error().message;
    store_ = std::move(*store);
    const std::vector<match::RuleFile> files{
        {"test.rules", "brand moka_nera \"Moka Nera\" {\n  terms \"moka nera\"\n}\n"}};
    auto rules = match::Ruleset::compile(files);
    EXPECT_TRUE(rules) << rules.error().message;
    auto scorer = sentiment::Scorer::load(PASSAPAROLA_SOURCE_DIR "/rules/lexicons");
    EXPECT_TRUE(scorer) << scorer.error().message;
    writer_ = std::make_unique<pipeline::Writer>(*store_, pipeline::Writer::Options{});
    intake_ =
        std::make_unique<pipeline::Intake>(pipeline::Judges{*rules, *scorer}, *store_, *writer_, 2);
  }
  ~SourceTest() override {
    sources_.reset();
    intake_.reset();
    writer_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  Services services() {
    Services services;
    services.deliver = [this](const std::string& source, Delivery delivery,
                              std::function<void(Result<Delivered>)> done) {
      pipeline::Body body{delivery.format, std::move(delivery.bytes), {}};
      if (!delivery.cursor.empty()) body.cursors = {{source, std::move(delivery.cursor)}};
      intake_->push(std::move(body), [done](Result<pipeline::IntakeOutcome> outcome) {
        if (!outcome) return done(outcome.error());
        Delivered delivered;
        delivered.records = outcome->records;
        delivered.posts = outcome->accepted + outcome->duplicates;
        delivered.duplicates = outcome->duplicates;
        delivered.rejected = outcome->rejected_count;
        delivered.mentions = outcome->mentions;
        delivered.oldest = outcome->oldest;
        delivered.newest = outcome->newest;
        done(delivered);
      });
    };
    services.note_gap = [this](SourceGap gap, std::function<void(Result<SourceGap>)> done) {
      writer_->run([gap, done](store::Store& store) { done(store.note_gap(gap)); });
    };
    services.cursor = [this](const std::string& source) { return store_->source_cursor(source); };
    services.stored_posts = [this](const std::string& source, std::uint64_t after,
                                   std::size_t limit,
                                   std::function<void(Result<StoredPosts>)> done) {
      store::FeedQuery query;
      query.after = after;
      query.limit = limit;
      query.where = [&](const Mention& mention) { return mention.post.source == source; };
      const auto page = store_->read_feed(query);
      StoredPosts posts;
      for (const auto& mention : page->mentions) posts.ids.emplace_back(mention->post.id);
      posts.next_after = page->next_after;
      posts.is_end = page->next_after >= store_->last_seq();
      done(std::move(posts));
    };
    services.wanted = [this] {
      const std::lock_guard lock(wanted_mutex_);
      return wanted_;
    };
    return services;
  }

  void start(const SourceConfig& config, double time_scale = 1) {
    auto started = Sources::start({config}, services(), time_scale);
    ASSERT_TRUE(started) << started.error().message;
    sources_ = *std::move(started);
  }
  void stop() { sources_.reset(); }
  void set_wanted(std::vector<Wanted> wanted) {
    const std::lock_guard lock(wanted_mutex_);
    wanted_ = std::move(wanted);
  }
  SourceStatus status() const { return sources_->status().front(); }

  // False: it did not come about within `limit`.
  static bool wait_until(const std::function<bool()>& holds,
                         std::chrono::seconds limit = std::chrono::seconds(60)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
  }

  // How often each post is in the feed, by id.
  std::map<std::string, int> stored() const {
    store::FeedQuery query;
    query.limit = 1'000'000;
    query.scan_limit = 1'000'000;
    const auto page = store_->read_feed(query);
    EXPECT_TRUE(page);
    std::map<std::string, int> posts;
    for (const store::StoredMention& mention : page->mentions) {
      ++posts[std::string(mention->post.id)];
    }
    return posts;
  }
  std::vector<SourceGap> gaps(const std::string& source) const {
    const auto found = store_->gaps(source);
    EXPECT_TRUE(found);
    return found ? *found : std::vector<SourceGap>();
  }

  std::filesystem::path folder_;
  std::mutex wanted_mutex_;
  std::vector<Wanted> wanted_;  // protected by wanted_mutex_ once sources are started
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<pipeline::Writer> writer_;
  std::unique_ptr<pipeline::Intake> intake_;
  std::unique_ptr<Sources> sources_;
};

}  // namespace passaparola::connect
