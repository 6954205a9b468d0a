// What mentions owe to earlier ones: found across commits and openings, and the same whatever the
// grouping, down to the bytes of every family.
#include <gmock/gmock.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "dump.h"
#include "model.h"
#include "store/database.h"
#include "store/keys.h"

namespace passaparola::store {
namespace {

constexpr std::uint64_t kText = 0xC0DE'0123'4567'89AB;

TestPost copy_of_text(std::string id, int author, std::uint64_t fingerprint = kText) {
  TestPost made = post(std::move(id));
  made.author = author_name(author);
  made.fingerprint = fingerprint;
  return made;
}

class CopiesInStore : public testing::Test {
 protected:
  struct Seen {
    std::string duplicate_of;
    std::uint32_t copies = 0, by_author = 0;
    double authenticity = 0;
    bool operator==(const Seen&) const = default;
  };
  Seen seen(const std::string& id) const {
    const auto mention = store->mention(mention_id("bluesky", id, "moka_nera"));
    if (!mention) return {};
    return {std::string((*mention)->copies.duplicate_of), (*mention)->copies.known,
            (*mention)->copies.by_author, (*mention)->authenticity.score};
  }
  static std::string id_of(const std::string& id) { return mention_id("bluesky", id, "moka_nera"); }
  void reopen() { store = (store.reset(), open_store(folder.path())); }

  TemporaryFolder folder;
  std::unique_ptr<Store> store = open_store(folder.path());
};

TEST_F(CopiesInStore, AreCountedAcrossCommitsAndOpenings) {
  commit(*store, {copy_of_text("a", 1), copy_of_text("b", 2, kText ^ 0b111)});
  reopen();
  commit(*store, {copy_of_text("c", 1), copy_of_text("else", 1, ~kText)});
  EXPECT_EQ(seen("a"), (Seen{"", 0, 0, 1}));
  EXPECT_EQ(seen("b"), (Seen{id_of("a"), 1, 0, 1}));
  EXPECT_EQ(seen("c"), (Seen{id_of("a"), 2, 1, 1}));
  EXPECT_EQ(seen("else"), (Seen{"", 0, 0, 1}));
  const auto history = store->history("bluesky", author_name(1), "moka_nera");
  ASSERT_TRUE(history);
  std::uint8_t most = 0;
  for (const MentionFacts& facts : history->front().second.mentions) {
    most = std::max(most, facts.copies_by_author);
  }
  EXPECT_EQ(most, 1);
}

TEST_F(CopiesInStore, TheOneThatCrossesTheBorderAndLaterOnesArePenalised) {
  for (int i = 0; i < 6; ++i) {
    commit(*store, {copy_of_text("many" + std::to_string(i), i)});
    EXPECT_EQ(seen("many" + std::to_string(i)).authenticity, i < 4 ? 1 : 0.2) << i;
  }
  for (int i = 0; i < 4; ++i) {
    commit(*store, {copy_of_text("own" + std::to_string(i), 1, 5)});
    EXPECT_EQ(seen("own" + std::to_string(i)).authenticity, i < 2 ? 1 : 0.2) << i;
  }
  const auto history = store->history("bluesky", author_name(5), "moka_nera");
  ASSERT_TRUE(history);
  EXPECT_TRUE(history->front().second.mentions[0].has(Signal::copy_cluster));
  EXPECT_EQ(history->front().second.mentions[0].authenticity, 0.2F);
}

TEST_F(CopiesInStore, DeletedAndReplacedMentionsAreNoneAnyMore) {
  commit(*store, {copy_of_text("a", 1), copy_of_text("b", 2)});
  commit(*store, {event(PostOp::remove, "a"), copy_of_text("c", 3)});
  EXPECT_EQ(seen("c"), (Seen{id_of("b"), 1, 0, 1}));
  TestPost edited = copy_of_text("b", 2, ~kText);
  edited.op = PostOp::update;
  edited.text = "altro";
  commit(*store, {edited, copy_of_text("d", 4), copy_of_text("gone", 5),
                  event(PostOp::remove, "gone"), copy_of_text("e", 0)});
  EXPECT_EQ(seen("d"), (Seen{id_of("c"), 1, 0, 1}));
  EXPECT_EQ(seen("e"), (Seen{id_of("c"), 2, 0, 1}));
  ASSERT_TRUE(store->forget("bluesky", author_name(3)));
  commit(*store, {copy_of_text("f", 1)});
  EXPECT_EQ(seen("f"), (Seen{id_of("d"), 2, 0, 1}));
}

TEST_F(CopiesInStore, AFailedCommitLeavesNone) {
  commit(*store, {copy_of_text("a", 1), post("damaged")});
  const KeyedHash key = keyed_hash(store->hash_key(), "bluesky", "damaged");
  store.reset();
  {
    const auto database = Database::open(folder.path(), small_options());
    ASSERT_TRUE(database);
    const auto entry = (*database)->get(Family::posts, view(key));
    ASSERT_TRUE(entry && *entry);
    const std::string summary = (*entry)->substr(0, 10);  // enough to begin the commit with
    auto* const posts = (*database)->family(Family::posts);
    ASSERT_TRUE((*database)->db().Put({}, posts, to_slice(view(key)), summary).ok());
  }
  store = open_store(folder.path());
  commit(*store, {copy_of_text("b", 2)});
  EXPECT_THROW(commit(*store, {copy_of_text("lost", 3), event(PostOp::remove, "damaged")}),
               std::runtime_error);
  commit(*store, {copy_of_text("c", 4)});
  EXPECT_EQ(seen("c"), (Seen{id_of("a"), 2, 0, 1}));
}

TEST_F(CopiesInStore, ARepostIsACopyOfItsOriginal) {
  TestPost repost = copy_of_text("r", 2, 0);
  repost.kind = PostKind::repost;
  repost.repost_of = "a";
  TestPost unknown = repost;
  unknown.id = "u";
  unknown.repost_of = "z";
  commit(*store, {copy_of_text("before", 3), copy_of_text("a", 1), repost, unknown});
  EXPECT_EQ(seen("r"), (Seen{id_of("a"), 1, 0, 1}));
  EXPECT_EQ(seen("u"), (Seen{"", 0, 0, 1}));
  repost.id = "same_text";
  repost.fingerprint = kText;
  commit(*store, {repost});
  EXPECT_EQ(seen("same_text"), (Seen{id_of("a"), 2, 0, 1}));
}

std::string dumped(const std::filesystem::path& folder) {
  std::string all;
  for (const auto& [family, bytes] : dump(folder)) all += bytes;
  return all;
}

// A copy of `empty`, so that the keyed hashes are the same. Commits `events` in groups of at most
// `most`, parted into batches, opening the store anew now and then.
std::string committed(const std::filesystem::path& empty, const std::vector<TestPost>& events,
                      int most, unsigned seed) {
  TemporaryFolder folder;
  std::filesystem::copy(empty, folder.path(), std::filesystem::copy_options::recursive);
  Random random(seed);
  StoreOptions options = small_options();
  options.sync = false;
  auto store = open_store(folder.path(), options);
  for (std::size_t next = 0; next < events.size();) {
    std::vector<PreparedBatch> batches(1 + static_cast<std::size_t>(random.below(3)));
    for (int left = 1 + random.below(most); left > 0 && next < events.size(); --left) {
      prepare(*store, events[next++],
              batches[static_cast<std::size_t>(left) * batches.size() /
                      static_cast<std::size_t>(most + 1)]);
    }
    std::vector<const PreparedBatch*> pointers;
    for (auto batch = batches.rbegin(); batch != batches.rend(); ++batch)
      pointers.push_back(&*batch);
    const auto outcome = store->commit(pointers);
    if (!outcome) throw std::runtime_error(outcome.error().message);
    if (random.below(20) == 0) {
      store.reset();
      store = open_store(folder.path(), options);
    }
  }
  store.reset();
  return dumped(folder.path());
}

TEST(Past, TheBytesAreTheSameHoweverPostsAreGrouped) {
  std::ptrdiff_t keys = 0;
  for (const unsigned seed : {11U, 12U, 13U, 14U, 15U, 16U}) {
    SCOPED_TRACE(seed);
    TemporaryFolder empty;
    open_store(empty.path());
    Random random(seed);
    std::vector<TestPost> events;
    for (int i = 0; i < 120; ++i) events.push_back(random.event());
    const std::string one_by_one = committed(empty.path(), events, 1, seed);
    for (const int most : {3, 40, 1000}) {
      EXPECT_TRUE(one_by_one == committed(empty.path(), events, most, seed + 1)) << most;
    }
    keys += std::count(one_by_one.begin(), one_by_one.end(), '\n');
  }
  EXPECT_GT(keys, 1'000) << "the events leave little to compare";
}

}  // namespace
}  // namespace passaparola::store
