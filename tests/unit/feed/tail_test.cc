// What many live readers read together.
#include "feed/tail.h"

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
  const auto view = *tail.join("moka_nera", "", {});
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
  const auto other = *tail.join("teiera", "", {});
  EXPECT_FALSE(tail.next(*other, 0)) << "of another filter";
}

TEST_F(TailTest, EveryReaderGetsEveryMentionOnceFromWhereverItBegins) {
  start();
  publish_numbered(400);
  Tail tail(*store_);
  const auto view = *tail.join("moka_nera", "", {});
  publish_numbered(100);
  ASSERT_TRUE(tail.refresh());
  for (const std::uint64_t after : {0U, 1U, 255U, 256U, 257U, 399U, 400U, 450U, 500U, 0U, 100U}) {
    const auto seqs = read(tail, *view, after);
    ASSERT_EQ(seqs.size(), 500 - after) << after;
    for (std::size_t i = 0; i < seqs.size(); ++i) ASSERT_EQ(seqs[i], after + i + 1) << after;
  }
}

TEST_F(TailTest, AfterAnErasureNothingThatWasReadIsServed) {
  start();
  publish_numbered(10);
  Tail tail(*store_);
  const auto view = *tail.join("moka_nera", "", {});
  ASSERT_TRUE(tail.read_store(*view, 0));
  ASSERT_TRUE(tail.next(*view, 0));
  tail.forget_all();
  EXPECT_FALSE(tail.next(*view, 0));
}

TEST_F(TailTest, WhatWasReadIsServedForASecondAtMost) {
  start();
  publish_numbered(10);
  Tail tail(*store_);
  const auto view = *tail.join("moka_nera", "", {});
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(tail.read_store(*view, 0));
  while (tail.next(*view, 0)) {
    ASSERT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30));
  }
  EXPECT_GE(std::chrono::steady_clock::now() - before, Tail::kFreshFor);
}

}  // namespace
}  // namespace passaparola::feed
