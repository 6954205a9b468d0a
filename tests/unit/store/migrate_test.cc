// A store of format 1 becomes, when it is opened, what it would be had it been of this format from
// the start; also when that is killed on the way.
#include "store/migrate.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "core/crash_point.h"
#include "dump.h"
#include "model.h"
#include "store/verify.h"

namespace passaparola::store {
namespace {

constexpr const char* kChildFolder = "PASSAPAROLA_STORE_MIGRATE_FOLDER";

// Takes away whatever this format has beside format 1.
void make_format_1(const std::filesystem::path& folder) {
  {
    auto database = Database::open(folder, small_options());
    if (!database) throw std::runtime_error(database.error().message);
    rocksdb::DB& db = (*database)->db();
    rocksdb::WriteBatch batch;
    const auto posts = (*database)->scan_all(Family::posts);
    for (posts->SeekToFirst(); posts->Valid(); posts->Next()) {
      auto entry = decode_post(to_view(posts->value()));
      if (!entry) throw std::runtime_error("a post is damaged");
      entry->references = {};
      std::string bytes;
      encode_post(*entry, bytes);
      batch.Put((*database)->family(Family::posts), posts->key(), bytes);
    }
    batch.Put((*database)->family(Family::meta), "format", std::string("\1\0\0\0", 4));
    if (!db.Write({}, &batch).ok()) throw std::runtime_error("cannot write");
    for (const Family family : {Family::threads, Family::author_brands, Family::desk}) {
      if (!db.DropColumnFamily((*database)->family(family)).ok()) {
        throw std::runtime_error("cannot drop");
      }
    }
  }
  std::ofstream(folder / "FORMAT") << "passaparola store 1\n";
}

std::string format_of(const std::filesystem::path& folder) {
  std::ifstream file(folder / "FORMAT");
  std::string line;
  std::getline(file, line);
  return line;
}

class Copy {
 public:
  explicit Copy(const std::filesystem::path& from) {
    std::filesystem::copy(from, folder_.path(), std::filesystem::copy_options::recursive);
  }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

TEST(Migration, AStoreOfFormat1BecomesWhatANewOneWouldBe) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    TemporaryFolder folder;
    {
      StoreOptions options = small_options();
      options.sync = false;
      auto store = open_store(folder.path(), options);
      Random random(seed);
      for (int i = 0; i < 300; ++i) {
        const TestPost made = random.event();
        // Format 1 did not take quotes of deleted authors away.
        if (made.op != PostOp::delete_author) commit(*store, {made});
      }
    }
    const auto fresh = dump(folder.path());
    ASSERT_TRUE(fresh.contains(Family::threads));
    const Copy copy(folder.path());
    make_format_1(copy.path());
    EXPECT_NE(dump(copy.path()), fresh);
    StoreOptions options = small_options();
    std::string said;
    options.say = [&](std::string_view words) { said += words; };
    auto store = open_store(copy.path(), options);
    const auto verified = store->verify({});
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->differences, 0);
    EXPECT_GT(verified->references, 0);
    EXPECT_NE(said.find("the store has format 3"), std::string::npos) << said;
    store.reset();
    EXPECT_EQ(format_of(copy.path()), "passaparola store 3");
    const auto migrated = dump(copy.path());
    for (const auto& [family, bytes] : fresh) {
      EXPECT_TRUE(migrated.at(family) == bytes) << static_cast<int>(family);
    }
    EXPECT_EQ(migrated.size(), fresh.size());
  }
}

TEST(Migration, AStoreOfFormat2OnlyGetsADesk) {
  const TemporaryFolder folder;
  commit(*open_store(folder.path()), {post("a"), post("b")});
  {
    auto database = Database::open(folder.path(), small_options());
    ASSERT_TRUE(database);
    rocksdb::DB& db = (*database)->db();
    const std::string two("\2\0\0\0", 4);
    ASSERT_TRUE(db.Put({}, (*database)->family(Family::meta), "format", two).ok());
    ASSERT_TRUE(db.DropColumnFamily((*database)->family(Family::desk)).ok());
  }
  std::ofstream(folder.path() / "FORMAT") << "passaparola store 2\n";
  const auto store = open_store(folder.path());
  EXPECT_EQ(store->last_seq(), 2U);
  const std::string id = mention_id("bluesky", "a", "moka_nera");
  TriageChange change;
  change.state = TriageState::done;
  EXPECT_TRUE(store->triage({&id, 1}, change)->front().is_changed);
  EXPECT_EQ(format_of(folder.path()), "passaparola store 3");
}

// The child of the test below.
TEST(Migration, ChildOpens) {
  const char* const folder = std::getenv(kChildFolder);
  if (folder != nullptr) open_store(folder);
}

// Starts this very program as the child; whether it was killed.
bool is_killed_at(const std::string& point, const std::filesystem::path& folder) {
  const std::string setting = folder.string();
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv(kChildFolder, setting.c_str(), 1);
    ::setenv("PASSAPAROLA_CRASH_AT", point.c_str(), 1);
    ::execl("/proc/self/exe", "store_test", "--gtest_filter=Migration.ChildOpens",
            "--gtest_brief=1", nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

TEST(Migration, GoesOnWhereItWasKilled) {
  TemporaryFolder folder;
  {
    auto store = open_store(folder.path());
    std::vector<TestPost> posts;
    for (int i = 0; i < 10'500; ++i) {  // more than are looked at for one write
      TestPost made = post("post" + std::to_string(i));
      made.author = "did:plc:author" + std::to_string(i % 6'000);
      made.reply_to = "post" + std::to_string(i / 2);
      if (i % 50 == 0) made.reply_author = "did:plc:author" + std::to_string(i / 2);
      posts.push_back(made);
    }
    commit(*store, posts);
  }
  const auto fresh = dump(folder.path());
  make_format_1(folder.path());
  // Two writes of mentions, two of histories, one of answers, the last.
  for (const char* point : {"migrate.written:1", "migrate.written:2", "migrate.written:1",
                            "migrate.written:1", "migrate.finished"}) {
    ASSERT_TRUE(is_killed_at(point, folder.path())) << point;
    EXPECT_EQ(format_of(folder.path()), "passaparola store 1");
  }
  open_store(folder.path());
  EXPECT_EQ(format_of(folder.path()), "passaparola store 3");
  EXPECT_TRUE(dump(folder.path()) == fresh);
}

}  // namespace
}  // namespace passaparola::store
