// What many live readers read together.
#include "feed/tail.h"

#include <simdjson.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "feed/frames.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

class TailTest : public ServerTest {
 protected:
  std::vector<std::uint64_t> read(Tail& tail, View& view, std::uint64_t after) const {
    std::vector<std::uint64_t> seqs;
    while (true) {
      auto batch = tail.next(view, after);
      if (!batch) {
        auto stored = tail.read_store(view, after);
        EXPECT_TRUE(stored);
        batch = *std::move(stored);
      }
      if (batch->next_after == after) return seqs;
      after = batch->next_after;
      for (const Slice& slice : batch->slices) {
        for (std::size_t i = slice.first; i < slice.chunk->pieces.size(); ++i) {
          seqs.push_back(slice.chunk->pieces[i].seq);
        }
      }
    }
  }
};

TEST_F(TailTest, WhatOneReadsFromTheStoreIsThereForOthersWhoAreAsFarBehind) {
  start();
  publish_numbered(300);
  Tail tail(*store_);  // begins behind all of them
  const auto view = *tail.join({"moka_nera", "", {}}, {});
  EXPECT_FALSE(tail.next(*view, 0));
  const auto read = tail.read_store(*view, 0);
  ASSERT_TRUE(read);
  const auto shared = tail.next(*view, 0);
  ASSERT_TRUE(shared);
  EXPECT_EQ(shared->slices[0].chunk, read->slices[0].chunk);
  EXPECT_EQ(shared->next_after, read->next_after);
  const auto middle = tail.next(*view, 7);
  ASSERT_TRUE(middle);
  EXPECT_EQ(middle->mentions, read->mentions - 7);
  const auto other = *tail.join({"teiera", "", {}}, {});
  EXPECT_FALSE(tail.next(*other, 0)) << "of another filter";
}

TEST_F(TailTest, EveryReaderGetsEveryMentionOnceFromWhereverItBegins) {
  start();
  publish_numbered(400);
  Tail tail(*store_);
  const auto view = *tail.join({"moka_nera", "", {}}, {});
  publish_numbered(100);
  ASSERT_TRUE(tail.refresh());
  for (const std::uint64_t after : {0U, 1U, 255U, 256U, 257U, 399U, 400U, 450U, 500U, 0U, 100U}) {
    const auto seqs = read(tail, *view, after);
    ASSERT_EQ(seqs.size(), 500 - after) << after;
    for (std::size_t i = 0; i < seqs.size(); ++i) ASSERT_EQ(seqs[i], after + i + 1) << after;
  }
}

struct Counter : Watcher {
  void wake() override { ++count; }
  int count = 0;
};

TEST_F(TailTest, WhoWatchesAViewIsWokenByItsMentionsAlone) {
  start();
  Tail tail(*store_);
  const auto moka = *tail.join({"moka_nera", "", {}}, {}),
             teiera = *tail.join({"teiera", "", {}}, {});
  const auto one = std::make_shared<Counter>(), other = std::make_shared<Counter>();
  tail.watch(*moka, one);
  tail.watch(*teiera, other);
  publish_numbered(3);
  ASSERT_TRUE(tail.refresh());
  EXPECT_EQ(one->count, 1);
  EXPECT_EQ(other->count, 0);
  publish_numbered(1, "teiera");
  ASSERT_TRUE(tail.refresh());
  EXPECT_EQ(one->count, 1);
  EXPECT_EQ(other->count, 1);
  tail.unwatch(*moka, one.get());
  publish_numbered(1);
  ASSERT_TRUE(tail.refresh());
  EXPECT_EQ(one->count, 1);
}

TEST_F(TailTest, WhoWasQuietForLongNeedNotAskTheStore) {
  start();
  Tail tail(*store_);
  const auto moka = *tail.join({"moka_nera", "", {}}, {}),
             teiera = *tail.join({"teiera", "", {}}, {});
  publish_numbered(1, "teiera");
  for (int i = 0; i < 20; ++i) {
    publish_numbered(10);
    ASSERT_TRUE(tail.refresh());
    if (i == 10) tail.forget_all();
  }
  const auto quiet = tail.next(*teiera, 1);
  ASSERT_TRUE(quiet);
  EXPECT_EQ(quiet->next_after, store_->last_seq());
  EXPECT_EQ(quiet->mentions, 0U);
  publish_numbered(1, "teiera");
  ASSERT_TRUE(tail.refresh());
  const auto found = tail.next(*teiera, 1);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->mentions, 1U);
  EXPECT_EQ(found->next_after, store_->last_seq());
  EXPECT_FALSE(tail.next(*teiera, 0)) << "what was before is forgotten";
  EXPECT_FALSE(tail.next(*moka, 0));
}

// Waits until there is something new, as a connection does.
class Sleeper : public Watcher {
 public:
  void wake() override {
    const std::lock_guard lock(mutex_);
    is_woken_ = true;
    woken_.notify_one();
  }
  // False: nobody woke it.
  bool sleep() {
    std::unique_lock lock(mutex_);
    const bool woken =
        woken_.wait_for(lock, std::chrono::seconds(30), [this] { return is_woken_; });
    is_woken_ = false;
    return woken;
  }

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  bool is_woken_ = false;
};

TEST_F(TailTest, NobodyMissesAWakeWheneverTheyJoin) {
  constexpr std::size_t kMentions = 600, kReaders = 24;
  start();
  Tail tail(*store_);
  std::vector<std::thread> readers;
  std::atomic<std::size_t> whole{0};
  const auto reader = [&](std::size_t number) {
    const std::string brand = number % 3 == 0 ? "" : number % 3 == 1 ? "moka_nera" : "teiera";
    std::uint64_t after = number % 2 == 0 ? 0 : store_->last_seq();
    const std::uint64_t began = after;
    // A name of its own: a view that is joined while others are read.
    const auto view = *tail.join({brand, "reader " + std::to_string(number), {}}, {});
    const auto sleeper = std::make_shared<Sleeper>();
    tail.watch(*view, sleeper);
    std::size_t seen = 0, expected = 0;
    // Every tenth mention is of the teapot; the last one of all is for everybody's brand.
    const auto is_mine = [&](std::uint64_t seq) {
      return brand.empty() || (brand == "teiera") == (seq % 10 == 0 || seq == kMentions + 1);
    };
    const std::uint64_t last = brand == "moka_nera" ? kMentions - 1 : kMentions + 1;
    while (after < last) {
      auto batch = tail.next(*view, after);
      if (!batch) {
        auto read = tail.read_store(*view, after);
        if (!read) return;
        batch = *std::move(read);
      }
      if (batch->next_after == after) {
        if (!sleeper->sleep()) return;
        continue;
      }
      after = batch->next_after;
      seen += batch->mentions;
    }
    for (std::uint64_t seq = began + 1; seq <= kMentions + 1; ++seq) expected += is_mine(seq);
    whole += seen == expected;
    tail.unwatch(*view, sleeper.get());
  };
  for (std::size_t i = 1; i <= kMentions; ++i) {
    publish_numbered(1, i % 10 == 0 ? "teiera" : "moka_nera");
    if (i % 25 == 0 && readers.size() < kReaders) readers.emplace_back(reader, readers.size());
    if (i == kMentions / 2) tail.forget_all();
    ASSERT_TRUE(tail.refresh());
  }
  publish_numbered(1, "teiera");
  ASSERT_TRUE(tail.refresh());
  for (std::thread& thread : readers) thread.join();
  EXPECT_EQ(whole, kReaders);
}

TEST_F(TailTest, WhoJoinsWhileMentionsAreReadIsWokenForThem) {
  start();
  Tail tail(*store_);
  const auto late = std::make_shared<Counter>();
  std::shared_ptr<View> joined;
  const auto first = *tail.join({"", "first", {}}, {[&](const Mention&) {
                                  if (!joined) {
                                    joined = *tail.join({"moka_nera", "late", {}}, {});
                                    tail.watch(*joined, late);
                                  }
                                  return true;
                                }});
  publish_numbered(1);
  ASSERT_TRUE(tail.refresh());
  ASSERT_TRUE(joined);
  EXPECT_EQ(late->count, 1);
  EXPECT_FALSE(tail.next(*joined, 0));
  EXPECT_EQ(tail.read_store(*joined, 0)->mentions, 1U);
}

// All others would wait for what it reads.
TEST_F(TailTest, AFilterThatReadsHistoriesIsAskedByItsOwnReadersAlone) {
  start();
  Tail tail(*store_);
  int asked = 0;
  const Filter filter{[&](const Mention&) {
                        ++asked;
                        return true;
                      },
                      std::make_shared<advocacy::Standings>(*store_, advocacy::default_config())};
  const auto view = *tail.join({"moka_nera", "author.class:advocate", {}}, filter);
  const auto watcher = std::make_shared<Counter>();
  tail.watch(*view, watcher);
  publish_numbered(2);
  ASSERT_TRUE(tail.refresh());
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(watcher->count, 1);
  EXPECT_FALSE(tail.next(*view, 0));
  EXPECT_EQ(tail.read_store(*view, 0)->mentions, 2U);
  EXPECT_EQ(asked, 2);
  const auto shared = tail.next(*view, 0);
  ASSERT_TRUE(shared) << "what one reader read is there for the others";
  EXPECT_EQ(shared->mentions, 2U);
  EXPECT_EQ(asked, 2);
}

TEST_F(TailTest, AfterAnErasureNothingThatWasReadIsServed) {
  start();
  publish_numbered(10);
  Tail tail(*store_);
  const auto view = *tail.join({"moka_nera", "", {}}, {});
  ASSERT_TRUE(tail.read_store(*view, 0));
  ASSERT_TRUE(tail.next(*view, 0));
  tail.forget_all();
  EXPECT_FALSE(tail.next(*view, 0));
}

// A filter is asked while refresh() reads: what is withdrawn then may have been read before.
TEST_F(TailTest, WhatIsWithdrawnWhileItIsReadIsNotServed) {
  start();
  Tail tail(*store_);
  bool is_withdrawn = false;
  const auto asked = *tail.join({"", "asked", {}}, {[&](const Mention&) {
                                  if (!is_withdrawn) tail.forget_all();
                                  is_withdrawn = true;
                                  return true;
                                }});
  const auto other = *tail.join({"moka_nera", "", {}}, {});
  const auto watcher = std::make_shared<Counter>();
  tail.watch(*other, watcher);
  publish_numbered(3);
  ASSERT_TRUE(tail.refresh());
  EXPECT_FALSE(tail.next(*asked, 0));
  EXPECT_FALSE(tail.next(*other, 0));
  EXPECT_EQ(watcher->count, 1);
  EXPECT_EQ(read(tail, *other, 0).size(), 3U);
  publish_numbered(1);
  ASSERT_TRUE(tail.refresh());
  EXPECT_EQ(tail.next(*other, 3)->mentions, 1U) << "and goes on from there";
}

TEST_F(TailTest, ABurstIsReadInFewPieces) {
  start();
  Tail tail(*store_);
  const auto view = *tail.join({"moka_nera", "", {}}, {});
  for (int i = 0; i < 100; ++i) {
    publish_numbered(1);
    ASSERT_TRUE(tail.refresh());
  }
  for (std::uint64_t after = 0; after < 100; ++after) {
    const auto batch = tail.next(*view, after);
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->mentions, 100 - after);
    EXPECT_LT(batch->slices.size(), 10U);
    std::string json = "[";
    for (const Slice& slice : batch->slices) {
      if (json.size() > 1) json.push_back(',');
      json += slice.json();
    }
    json.push_back(']');
    simdjson::dom::parser parser;
    simdjson::dom::array mentions;
    ASSERT_EQ(parser.parse(json).get(mentions), simdjson::SUCCESS);
    std::uint64_t seq = after;
    for (const auto mention : mentions) ASSERT_EQ(mention["seq"].get_uint64().value(), ++seq);
  }
}

TEST_F(TailTest, OverItsLimitTheOldestGoAndTheNewestStay) {
  start();
  Tail tail(*store_, 64 << 10);
  const auto moka = *tail.join({"moka_nera", "", {}}, {}), all = *tail.join({"", "", {}}, {});
  for (int i = 0; i < 300; ++i) {
    publish_numbered(1);
    ASSERT_TRUE(tail.refresh());
    ASSERT_TRUE(tail.next(*moka, store_->last_seq() - 1));
    ASSERT_TRUE(tail.next(*all, store_->last_seq() - 1));
  }
  EXPECT_FALSE(tail.next(*moka, 0));
  EXPECT_FALSE(tail.next(*all, 0));
  EXPECT_EQ(read(tail, *moka, 0).size(), 300U);
  EXPECT_EQ(read(tail, *all, 0).size(), 300U);
}

TEST_F(TailTest, WhatWasReadIsNotServedForEver) {
  constexpr std::chrono::milliseconds kFreshFor{200};
  start();
  publish_numbered(10);
  Tail tail(*store_, kMaxTailBytes, kFreshFor);
  const auto view = *tail.join({"moka_nera", "", {}}, {});
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(tail.read_store(*view, 0));
  while (tail.next(*view, 0)) {
    ASSERT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30));
  }
  EXPECT_GE(std::chrono::steady_clock::now() - before, kFreshFor);
}

}  // namespace
}  // namespace passaparola::feed
