// The ledger of what sources may have missed.
#include <gmock/gmock.h>

#include "core/limits.h"
#include "store/gap_codec.h"
#include "support.h"

namespace passaparola::store {
namespace {

SourceGap gap(const std::string& source, std::int64_t from) {
  SourceGap made;
  made.source = source;
  made.state = GapState::lost;
  made.from = {from};
  made.to = {from + 10};
  made.noted_at = {from + 20};
  made.reason = "away too long";
  made.recovered = 3;
  return made;
}

TEST(Gaps, AreKeptInOrderForEachSourceByItself) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  EXPECT_EQ(store->note_gap(gap("bluesky", 100))->number, 1U);
  EXPECT_EQ(store->note_gap(gap("bluesky2", 200))->number, 1U) << "another source";
  EXPECT_EQ(store->note_gap(gap("bluesky", 300))->number, 2U);
  store.reset();
  store = open_store(folder.path());
  const auto found = store->gaps("bluesky");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  SourceGap first = gap("bluesky", 100);
  first.number = 1;
  EXPECT_EQ((*found)[0], first);
  EXPECT_EQ((*found)[1].from, Timestamp{300});
  EXPECT_TRUE(store->gaps("blue")->empty());
}

TEST(Gaps, AreNotedAgainWhenTheyAreFilled) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  SourceGap noted = *store->note_gap(gap("mastodon", 100));
  store->note_gap(gap("mastodon", 200)).value();
  noted.state = GapState::recovered;
  noted.recovered = 40;
  EXPECT_EQ(store->note_gap(noted)->number, 1U);
  const auto found = *store->gaps("mastodon");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], noted);
}

TEST(Gaps, OldestOnesGoWhenThereAreTooMany) {
  TemporaryFolder folder;
  StoreOptions options = small_options();
  options.sync = false;
  const auto store = open_store(folder.path(), options);
  for (std::size_t i = 0; i < kMaxGapsKept + 5; ++i) {
    store->note_gap(gap("x", static_cast<std::int64_t>(i))).value();
  }
  const auto found = *store->gaps("x");
  ASSERT_EQ(found.size(), kMaxGapsKept);
  EXPECT_EQ(found.front().from, Timestamp{5});
  EXPECT_EQ(found.back().number, kMaxGapsKept + 5);
}

TEST(Gaps, AreReadAsTheyWereWritten) {
  SourceGap kept = gap("", 1'790'000'000'000);
  const std::string bytes = encode_gap(kept);
  EXPECT_EQ(decode_gap(bytes), kept);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_gap(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_gap(bytes + "x"));
}

}  // namespace
}  // namespace passaparola::store
