// A backup gives back what was there when it was made, and nobody who was erased since.
#include "store/backup.h"

#include <gmock/gmock.h>

#include "support.h"

namespace passaparola::store {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class BackupTest : public testing::Test {
 protected:
  Backup make(std::uint32_t keep = 7) {
    const auto made = store->backup(backups, keep);
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : Backup{};
  }
  Restored restore_to(const fs::path& to, std::uint32_t number = 0, bool replace = false) {
    const auto restored = restore({backups, to, number, replace});
    EXPECT_TRUE(restored) << restored.error().message;
    return restored ? *restored : Restored{};
  }
  void expect_refusal(const RestoreRequest& request, ErrorCode code, const std::string& words) {
    const auto restored = restore(request);
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, code);
    EXPECT_THAT(restored.error().message, HasSubstr(words));
  }
  static void add(Store& to, int first, int count) {
    for (int i = first; i < first + count; ++i) {
      TestPost made = post("post" + std::to_string(i));
      made.author = "did:plc:author" + std::to_string(100 + i % 5);
      made.text = "Adoro la Moka Nera " + std::to_string(i);
      commit(to, {made});
    }
  }
  // Turns one byte of the largest table file.
  void damage() {
    fs::path largest;
    for (const auto& entry : fs::directory_iterator(backups / "shared_checksum")) {
      if (largest.empty() || fs::file_size(largest) < entry.file_size()) largest = entry.path();
    }
    std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(100);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(100);
    file.put(byte);
  }

  TemporaryFolder folder;
  const fs::path path = folder.path() / "store", backups = folder.path() / "backups",
                 place = folder.path() / "restored";
  std::unique_ptr<Store> store = open_store(path);
};

TEST_F(BackupTest, GivesBackTheStoreAndGoesOn) {
  add(*store, 0, 20);
  const Backup made = make();
  EXPECT_EQ(made.number, 1);
  EXPECT_EQ(made.last_seq, 20);
  EXPECT_GT(made.bytes, 0);
  add(*store, 20, 5);  // after the backup
  EXPECT_EQ(restore_to(place).backup.last_seq, 20);

  const auto again = open_store(place);
  EXPECT_EQ(feed_of(*again).size(), 20);
  const auto history = again->history("bluesky", "did:plc:author101", "");
  ASSERT_TRUE(history) << history.error().message;
  EXPECT_EQ(history->at(0).second.aggregate.mentions, 4);
  EXPECT_NE(again->id(), store->id()) << "cursors of the old feed point to other mentions here";
  TestPost edit = post("post3");
  edit.op = PostOp::update;
  edit.author = "did:plc:author103";
  EXPECT_EQ(commit(*again, {edit}).updated, 1);
  add(*again, 20, 5);
  EXPECT_EQ(feed_of(*again).size(), 25);
  EXPECT_FALSE(fs::exists(place.string() + ".restoring"));
}

TEST_F(BackupTest, CopiesOnlyWhatIsNewAndKeepsTheNewest) {
  add(*store, 0, 50);
  make();
  const auto table_files = [&] {
    return std::distance(fs::directory_iterator(backups / "shared_checksum"), {});
  };
  const auto before = table_files();
  make();  // nothing new
  EXPECT_EQ(table_files(), before);
  add(*store, 50, 1);
  for (int i = 0; i < 3; ++i) make(2);
  const auto listed = list_backups(backups);
  ASSERT_TRUE(listed) << listed.error().message;
  ASSERT_EQ(listed->size(), 2);
  EXPECT_EQ(listed->at(0).number, 4);
  EXPECT_EQ(listed->at(1).number, 5);
  EXPECT_EQ(restore_to(place, 4).backup.number, 4);
  EXPECT_EQ(feed_of(*open_store(place)).size(), 51);
  expect_refusal({backups, folder.path() / "x", 1, false}, ErrorCode::not_found, "there are 4 5");
}

TEST_F(BackupTest, FilesAreTheOwnersAlone) {
  add(*store, 0, 5);
  make();
  restore_to(place);
  constexpr fs::perms kOthers = fs::perms::group_all | fs::perms::others_all;
  for (const fs::path& root : {backups, place}) {
    EXPECT_EQ(fs::status(root).permissions() & kOthers, fs::perms::none);
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (!entry.is_regular_file()) continue;
      EXPECT_EQ(entry.status().permissions() & kOthers, fs::perms::none) << entry.path();
    }
  }
}

TEST_F(BackupTest, ADamagedFileIsFoundAndNothingIsPutInPlace) {
  add(*store, 0, 200);
  make();
  damage();
  expect_refusal({backups, place, 0, false}, ErrorCode::corrupt, "backup 1");
  EXPECT_FALSE(fs::exists(place));
  const auto again = store->backup(backups, 1);
  ASSERT_FALSE(again) << "the new backup shares the damaged file";
  EXPECT_EQ(again.error().code, ErrorCode::corrupt);
  EXPECT_EQ(list_backups(backups)->size(), 1);
}

TEST_F(BackupTest, AStoreIsReplacedOnlyWhenToldAndNothingElseEver) {
  add(*store, 0, 3);
  make();
  add(*store, 3, 3);
  expect_refusal({backups, path, 0, false}, ErrorCode::invalid_argument, "--replace");
  expect_refusal({backups, path, 0, true}, ErrorCode::in_use, "in use");
  fs::create_directories(place);
  std::ofstream(place / "diary.txt") << "mine";
  expect_refusal({backups, place, 0, true}, ErrorCode::invalid_argument, "neither empty");
  EXPECT_TRUE(fs::exists(place / "diary.txt"));
  expect_refusal({place, folder.path() / "x", 0, false}, ErrorCode::not_found, "no backups");

  store.reset();
  restore_to(path, 0, true);
  EXPECT_EQ(feed_of(*open_store(path)).size(), 3);
  fs::remove(path / "CURRENT");  // a damaged one, whose erasures nobody can ask for
  EXPECT_NE(restore_to(path, 0, true).unknown_erasures, "");
  EXPECT_EQ(feed_of(*open_store(path)).size(), 3);
}

TEST_F(BackupTest, AFolderBelongsToOneStore) {
  add(*store, 0, 3);
  make();
  const auto other = open_store(folder.path() / "other");
  const auto refused = other->backup(backups, 7);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("another store"));
  EXPECT_FALSE(store->backup(path / "backups", 7)) << "inside of what it backs up";
  EXPECT_FALSE(store->backup(folder.path(), 7)) << "around it";
  EXPECT_FALSE(store->backup(folder.path() / "other", 7)) << "holds something else";
  restore_to(place);
  const auto same = open_store(place)->backup(backups, 7);
  EXPECT_TRUE(same) << "the restored store is the same";
}

TEST_F(BackupTest, WhoWasErasedSinceIsErasedAgain) {
  const std::string hers = "qZ7kV0xW9rJ2bN5m";
  TestPost secret = post("secret");
  secret.author = "did:plc:erased01";
  secret.text = hers;
  add(*store, 0, 20);
  commit(*store, {secret});
  make();
  EXPECT_TRUE(files_contain(backups, hers)) << "or the search proves nothing";
  ASSERT_TRUE(store->forget("bluesky", secret.author));

  // Known to the store that is replaced, before any newer backup.
  store.reset();
  EXPECT_EQ(restore_to(path, 1, true).erased_again, 1);
  EXPECT_FALSE(files_contain(path, hers));
  store = open_store(path);
  EXPECT_EQ(commit(*store, {secret}).mentions, 0);
  EXPECT_EQ(feed_of(*store).size(), 20);

  // Known to a newer backup; the store itself is lost.
  make();
  EXPECT_EQ(restore_to(place, 1).erased_again, 1);
  EXPECT_FALSE(files_contain(place, hers));
  const auto lost = open_store(place);
  EXPECT_EQ(feed_of(*lost).size(), 20);
  EXPECT_EQ(commit(*lost, {secret}).mentions, 0);

  make(1);  // the older backup goes, and with it her words
  EXPECT_FALSE(files_contain(backups, hers));
  EXPECT_EQ(restore_to(folder.path() / "third").erased_again, 0);
}

}  // namespace
}  // namespace passaparola::store
