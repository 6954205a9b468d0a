#include "pipeline/writer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

namespace passaparola::pipeline {
namespace {

class WriterOverAStore : public ::testing::Test {
 protected:
  WriterOverAStore() {
    std::string pattern = ::testing::TempDir() + "writer-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~WriterOverAStore() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  store::Store& open(const store::StoreOptions& options) {
    auto store = store::Store::open(folder_ / "store", options);
    EXPECT_TRUE(store) << store.error().message;
    store_ = std::move(*store);
    return *store_;
  }

  std::unique_ptr<store::PreparedBatch> batch(int number) const {
    auto prepared = std::make_unique<store::PreparedBatch>();
    const std::string id = std::to_string(number);
    PostView post;
    post.source = "test";
    post.id = id;
    post.author.id = "anna";
    post.text = "adoro la moka nera";
    Mention mention;
    mention.brand = "moka_nera";
    mention.lang = "it";
    mention.post = post;
    store::Preparer(store_->hash_key()).prepare(post, {&mention, 1}, *prepared);
    prepared->cursors.push_back({"feed", id});
    return prepared;
  }

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(WriterOverAStore, AcknowledgesWhatIsStoredInOrder) {
  store::Store& store = open({});
  std::vector<std::uint64_t> acknowledged;
  {
    Writer writer(store, {});
    for (int i = 0; i < 100; ++i) {
      writer.submit(batch(i), [&](const Result<store::CommitOutcome>& outcome) {
        ASSERT_TRUE(outcome);
        EXPECT_GE(store.last_seq(), outcome->last_seq);
        acknowledged.push_back(outcome->first_seq);
      });
    }
    writer.drain();
    EXPECT_EQ(acknowledged.size(), 100U);
    EXPECT_EQ(writer.queued_bytes(), 0U);
  }
  for (std::size_t i = 0; i < acknowledged.size(); ++i) EXPECT_EQ(acknowledged[i], i + 1);
  EXPECT_EQ(store.source_cursor("feed"), "99");
}

TEST_F(WriterOverAStore, AfterAFailureTheCursorStaysBehindWhatWasStored) {
  store::StoreOptions never_enough_space;
  never_enough_space.min_free_bytes = 1ULL << 60;
  store::Store& store = open(never_enough_space);
  Writer writer(store, {.stop_at_error = true});
  std::atomic<int> refused{0};
  for (int i = 0; i < 10; ++i) {
    writer.submit(batch(i), [&](const Result<store::CommitOutcome>& outcome) {
      if (!outcome && outcome.error().code == ErrorCode::no_space) ++refused;
    });
  }
  writer.drain();
  EXPECT_EQ(refused.load(), 10);
  EXPECT_EQ(store.source_cursor("feed"), std::nullopt);
  EXPECT_EQ(store.last_seq(), 0U);
}

TEST_F(WriterOverAStore, TasksTakeTheirTurnBetweenBatches) {
  store::Store& store = open({});
  Writer writer(store, {});
  std::uint64_t seen = 0;
  writer.submit(batch(1), {});
  writer.run([&seen](store::Store& own) { seen = own.last_seq(); });
  writer.submit(batch(2), {});
  writer.drain();
  EXPECT_EQ(seen, 1U);
  EXPECT_EQ(store.last_seq(), 2U);
}

TEST_F(WriterOverAStore, AFullQueueMakesItsCallersWait) {
  store::Store& store = open({});
  Writer writer(store, {.max_queued_bytes = 1});
  std::atomic<bool> release{false};
  writer.run([&](store::Store&) { release.wait(false); });
  bool was_released = false;
  std::thread caller([&] {
    writer.submit(batch(1), {});
    writer.submit(batch(2), {});
    was_released = release;
  });
  while (writer.queued_bytes() == 0) std::this_thread::yield();
  release = true;
  release.notify_all();
  caller.join();
  writer.drain();
  EXPECT_TRUE(was_released) << "the second batch was taken while the first filled the queue";
  EXPECT_EQ(store.last_seq(), 2U);
}

}  // namespace
}  // namespace passaparola::pipeline
