// How long posts are kept.
#include <gtest/gtest.h>

#include "support.h"

namespace passaparola::store {
namespace {

constexpr Timestamp kDay0{1'795'996'800'000};  // 2026-11-30

Timestamp day(std::int64_t number) {
  return {kDay0.milliseconds + number * kMillisecondsPerDay + 3'600'000};
}

class RetentionTest : public testing::Test {
 protected:
  void store_post(const std::string& id, const std::string& source = "bluesky") {
    TestPost made = post(id);
    made.source = source;
    commit(*store_, {made});
  }

  std::string feed() {
    const auto page = store_->read_feed({});
    EXPECT_TRUE(page);
    std::string ids;
    for (const StoredMention& mention : page->mentions) {
      ids += std::string(mention->post.id) + " ";
    }
    return ids;
  }

  std::uint64_t retain(const Retention& policy, std::int64_t at) {
    const auto done = store_->retain(policy, day(at));
    EXPECT_TRUE(done) << done.error().message;
    return done ? done->mentions : 0;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_ = open_store(folder_.path());
};

TEST_F(RetentionTest, TakesWhatWasStoredLongerAgoAndKeepsWhatWasCounted) {
  const Retention policy{.days = 10, .days_by_source = {}};
  EXPECT_EQ(retain(policy, 0), 0U);
  store_post("old1");
  store_post("old2");
  EXPECT_EQ(retain(policy, 1), 0U);
  store_post("young");
  EXPECT_EQ(retain(policy, 10), 0U);  // of ten days ago nothing was stored yet
  EXPECT_EQ(feed(), "old1 old2 young ");
  EXPECT_EQ(retain(policy, 11), 2U);
  EXPECT_EQ(feed(), "young ");
  EXPECT_EQ(retain(policy, 11), 0U);
  std::uint64_t counted = 0;
  const auto visited = store_->visit_authors(
      store_->brands().front(),
      [&](const AuthorAggregate& aggregate) {
        counted += aggregate.mentions;
        return false;
      },
      [](AuthorHistory&&) { return true; });
  EXPECT_TRUE(visited);
  EXPECT_EQ(counted, 3U);
  store_ = nullptr;
  store_ = open_store(folder_.path());
  EXPECT_EQ(feed(), "young ");
  store_post("old1");  // a redelivery is no new mention
  EXPECT_EQ(feed(), "young ");
}

TEST_F(RetentionTest, EverySourceHasItsOwnTime) {
  const Retention policy{.days = 0, .days_by_source = {{"reddit", 2}, {"x", 5}}};
  retain(policy, 0);
  store_post("a", "reddit");
  store_post("b", "x");
  store_post("c", "bluesky");
  retain(policy, 1);
  EXPECT_EQ(retain(policy, 3), 1U);
  EXPECT_EQ(feed(), "b c ");
  EXPECT_EQ(retain(policy, 6), 1U);
  EXPECT_EQ(feed(), "c ");
  EXPECT_EQ(retain(policy, 5000), 0U);
  EXPECT_EQ(feed(), "c ");
}

TEST_F(RetentionTest, NothingOfTheTextIsLeftInAnyFile) {
  const Retention policy{.days = 1, .days_by_source = {}};
  retain(policy, 0);
  TestPost old = post("old");
  old.text = "qZ7kV0xW9rJ2bN5m";
  commit(*store_, {old});
  retain(policy, 1);
  for (int i = 0; i < 50; ++i) store_post("young" + std::to_string(i));
  store_ = nullptr;
  store_ = open_store(folder_.path());  // moves the log into table files
  ASSERT_TRUE(files_contain(folder_.path(), old.text)) << "or the search proves nothing";
  EXPECT_EQ(retain(policy, 2), 1U);
  EXPECT_EQ(feed().substr(0, 7), "young0 ");
  EXPECT_FALSE(files_contain(folder_.path(), old.text));
}

}  // namespace
}  // namespace passaparola::store
