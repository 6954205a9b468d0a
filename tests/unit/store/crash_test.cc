// What happens to the process, the disk and the files: killed writers, a full disk, damage, a
// second opener, a format of the future.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

#include "store/format_file.h"
#include "support.h"

namespace passaparola::store {
namespace {

constexpr int kAckDescriptor = 3;
constexpr const char* kChildFolder = "PASSAPAROLA_STORE_CRASH_FOLDER";

// The child of the test below, in a process of its own because RocksDB's threads do not survive a
// fork: commits until it is killed and says on descriptor 3 what is durable.
TEST(StoreCrash, ChildCommitsUntilKilled) {
  const char* const folder = std::getenv(kChildFolder);
  if (folder == nullptr) return;
  auto store = open_store(folder);
  for (std::uint64_t number = store->last_seq();; number += 2) {
    PreparedBatch batch;
    prepare(*store, post("post" + std::to_string(number)), batch);
    prepare(*store, post("post" + std::to_string(number + 1)), batch);
    batch.cursors.push_back({"source", std::to_string(number + 2)});
    const PreparedBatch* const batches[] = {&batch};
    const auto outcome = store->commit(batches);
    if (!outcome) return;
    const std::uint64_t acked = store->last_seq();
    if (::write(kAckDescriptor, &acked, sizeof acked) != sizeof acked) return;
  }
}

// Starts this very program as the child; returns its process and the pipe it writes to.
std::pair<pid_t, int> start_child(const std::filesystem::path& folder) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const std::string setting = folder.string();
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv(kChildFolder, setting.c_str(), 1);
    if (ends[1] != kAckDescriptor) ::dup2(ends[1], kAckDescriptor);
    ::execl("/proc/self/exe", "store_test", "--gtest_filter=StoreCrash.ChildCommitsUntilKilled",
            "--gtest_brief=1", nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  return {child, ends[0]};
}

TEST(StoreCrash, KillingTheWriterLosesNothingAckedAndDoublesNothing) {
  TemporaryFolder folder;
  std::mt19937 random(7);
  std::uint64_t acked = 0;
  for (int round = 0; round < 20; ++round) {
    const auto [child, pipe] = start_child(folder.path());
    std::uint64_t reported = 0;
    for (unsigned commits = 1 + random() % 25; commits > 0; --commits) {
      ASSERT_EQ(::read(pipe, &reported, sizeof reported), ssize_t{sizeof reported})
          << "the child ended by itself";
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(pipe, &reported, sizeof reported) == ssize_t{sizeof reported}) {
    }
    ::close(pipe);
    auto store = open_store(folder.path());
    const auto ids = feed_of(*store);
    ASSERT_EQ(ids.size(), store->last_seq());
    for (std::size_t i = 0; i < ids.size(); ++i) ASSERT_EQ(ids[i], "post" + std::to_string(i));
    EXPECT_EQ(store->source_cursor("source"), std::to_string(store->last_seq()));
    EXPECT_GE(store->last_seq(), reported) << "acked, then lost";
    acked = reported;
  }
  EXPECT_GE(acked, 40U);
}

TEST(StoreCrash, AFullDiskRefusesAndGoesOnOnceThereIsSpace) {
  TemporaryFolder folder;
  std::filesystem::create_directories(folder.path());
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=48m") != 0) {
    std::printf("not permitted to mount a file system: not tried\n");
    return;
  }
  {
    StoreOptions options = small_options();
    options.min_free_bytes = 0;  // the guard out of the way: the disk itself says no
    auto store = open_store(folder.path() / "store", options);
    std::size_t stored = 0, refused = 0;
    for (int i = 0; i < 4000 && refused < 3; ++i) {
      PreparedBatch batch;
      for (int m = 0; m < 20; ++m) {
        TestPost made = post("post" + std::to_string(20 * i + m));
        std::mt19937 random(static_cast<unsigned>(20 * i + m));
        made.text.resize(2000);
        for (char& c : made.text) c = static_cast<char>('a' + random() % 26);
        prepare(*store, made, batch);
      }
      const PreparedBatch* const batches[] = {&batch};
      const auto outcome = store->commit(batches);
      if (outcome) {
        stored += outcome->front().mentions;
      } else {
        ++refused;
      }
    }
    EXPECT_EQ(refused, 3U);
    EXPECT_GT(stored, 1000U);
    ASSERT_EQ(::mount("tmpfs", folder.path().c_str(), "tmpfs", MS_REMOUNT, "size=256m"), 0);
    const CommitOutcome outcome = commit(*store, {post("after")});
    EXPECT_EQ(outcome.mentions, 1U);
    // A refused commit may have landed; nothing acked is missing and nothing is there twice.
    auto ids = feed_of(*store);
    EXPECT_GE(ids.size(), stored + 1);
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
  }
  ::umount(folder.path().c_str());
}

TEST(StoreCrash, ASecondOpenerIsToldWhoHasIt) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  const auto second = Store::open(folder.path(), small_options());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::in_use);
  EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos)
      << second.error().message;
}

TEST(StoreCrash, AMissingStoreIsNotMadeUnlessAsked) {
  TemporaryFolder folder;
  StoreOptions options = small_options();
  options.create = false;
  EXPECT_EQ(Store::open(folder.path(), options).error().code, ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(folder.path()));
}

TEST(StoreCrash, AFormatOfTheFutureIsRefused) {
  TemporaryFolder folder;
  open_store(folder.path());
  std::ofstream(folder.path() / "FORMAT") << "passaparola store " << kFormat + 1 << "\n";
  EXPECT_EQ(Store::open(folder.path(), small_options()).error().code, ErrorCode::unsupported);
  std::ofstream(folder.path() / "FORMAT") << "something else\n";
  EXPECT_EQ(Store::open(folder.path(), small_options()).error().code, ErrorCode::corrupt);
}

TEST(StoreCrash, ALostDatabaseIsNotReplacedByAnEmptyOne) {
  TemporaryFolder folder;
  open_store(folder.path());
  std::filesystem::remove(folder.path() / "CURRENT");
  EXPECT_FALSE(Store::open(folder.path(), small_options()));
}

void flip_a_byte(const std::filesystem::path& path, std::uint64_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get() ^ 0x55);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
}

// So many that RocksDB finds a dictionary of them worth its while.
std::string random_words(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string words;
  while (words.size() < 400) {
    for (std::uint64_t i = random() % 8 + 2; i > 0; --i) {
      words += static_cast<char>('a' + random() % 26);
    }
    words += ' ';
  }
  return words;
}

// Opens, reads everything, and says whether all was as it was written; an Error is as good.
bool true_or_error(const std::filesystem::path& folder, const std::vector<std::string>& wanted) {
  const auto store = Store::open(folder, small_options());
  if (!store) return true;
  FeedQuery query;
  query.limit = 1000;
  const auto page = (*store)->read_feed(query);
  if (!page) return true;
  std::vector<std::string> ids;
  for (const StoredMention& mention : page->mentions) ids.emplace_back(mention->post.id);
  return ids == wanted;
}

TEST(StoreCrash, DamageIsAnErrorAndNeverWrongDataInSilence) {
  TemporaryFolder original, damaged;
  {
    auto store = open_store(original.path());
    for (int i = 0; i < 40; ++i) commit(*store, {post("post" + std::to_string(i))});
    store.reset();
    store = open_store(original.path());
    for (int i = 40; i < 80; ++i) commit(*store, {post("post" + std::to_string(i))});
  }
  std::vector<std::string> wanted;
  for (int i = 0; i < 80; ++i) wanted.push_back("post" + std::to_string(i));
  ASSERT_TRUE(true_or_error(original.path(), wanted));
  std::mt19937 random(11);
  for (int round = 0; round < 40; ++round) {
    std::filesystem::remove_all(damaged.path());
    std::filesystem::copy(original.path(), damaged.path(),
                          std::filesystem::copy_options::recursive);
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(damaged.path())) {
      const std::string name = entry.path().filename();
      if (entry.file_size() > 0 && name.find("LOG") == std::string::npos && name != "LOCK" &&
          name.find("OPTIONS") == std::string::npos) {
        files.push_back(entry.path());
      }
    }
    std::sort(files.begin(), files.end());
    const std::filesystem::path& file = files[random() % files.size()];
    const std::uint64_t at = random() % std::filesystem::file_size(file);
    flip_a_byte(file, at);
    EXPECT_TRUE(true_or_error(damaged.path(), wanted)) << file.filename() << " at " << at;
  }
}

// RocksDB 7.8 goes on to the next table when the index or the dictionary of one cannot be read that
// it comes to in the middle of a scan, and says nothing.
TEST(StoreCrash, ATableWhoseIndexIsDamagedIsNotPassedOver) {
  TemporaryFolder original;
  std::vector<std::string> wanted;
  for (int part = 0; part < 3; ++part) {
    auto store = open_store(original.path());
    for (int i = part * 60; i < (part + 1) * 60; ++i) {
      TestPost next = post("post" + std::to_string(i));
      next.text += random_words(static_cast<std::uint64_t>(i));
      commit(*store, {next});
      wanted.push_back(next.id);
    }
    TestPost other = post("gone" + std::to_string(part));
    other.author = "did:plc:gone" + std::to_string(part);
    commit(*store, {other});
    ASSERT_TRUE(store->forget("bluesky", other.author));  // what was written becomes one more table
  }
  ASSERT_TRUE(true_or_error(original.path(), wanted));
  for (const auto& entry : std::filesystem::directory_iterator(original.path())) {
    if (entry.path().extension() != ".sst" || entry.file_size() < 4096) continue;
    constexpr std::uint64_t kPlaces = 16;
    for (std::uint64_t place = 0; place < kPlaces; ++place) {
      const std::uint64_t at = entry.file_size() * place / kPlaces;
      TemporaryFolder damaged;
      std::filesystem::copy(original.path(), damaged.path(),
                            std::filesystem::copy_options::recursive);
      flip_a_byte(damaged.path() / entry.path().filename(), at);
      EXPECT_TRUE(true_or_error(damaged.path(), wanted))
          << entry.path().filename() << " at " << at << " of " << entry.file_size();
    }
  }
}

std::filesystem::path newest(const std::filesystem::path& folder, std::string_view part) {
  std::filesystem::path found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (name.find(part) != std::string::npos && entry.path() > found) found = entry.path();
  }
  return found;
}

TEST(StoreCrash, ALogThatLostItsEndIsToldAndCanBeGivenUp) {
  TemporaryFolder folder;
  {
    auto store = open_store(folder.path());
    for (int i = 0; i < 10; ++i) commit(*store, {post("post" + std::to_string(i))});
  }
  const auto log = newest(folder.path(), ".log");
  // Wherever it is cut, also between two commits: RocksDB takes that for a write cut short.
  std::filesystem::resize_file(log, std::filesystem::file_size(log) / 2);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto refused = Store::open(folder.path(), small_options());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
    EXPECT_NE(refused.error().message.find("were acknowledged are gone"), std::string::npos)
        << refused.error().message;
    EXPECT_NE(refused.error().message.find("restore it from a backup"), std::string::npos);
  }
  std::filesystem::remove(folder.path() / "WITNESS");
  auto store = open_store(folder.path());
  EXPECT_LT(store->last_seq(), 10U);
  EXPECT_EQ(feed_of(*store).size(), store->last_seq());
}

TEST(StoreCrash, AWriteCutShortIsNoDamageAndAWitnessThatIsUnreadableNone) {
  TemporaryFolder folder;
  {
    auto store = open_store(folder.path());
    for (int i = 0; i < 10; ++i) commit(*store, {post("post" + std::to_string(i))});
  }
  // The beginning of a record of which the rest never came.
  std::ofstream(newest(folder.path(), ".log"), std::ios::app | std::ios::binary)
      << std::string("\x11\x22\x33\x44\xF0\x00\x01torn", 11);
  EXPECT_EQ(open_store(folder.path())->last_seq(), 10U);
  std::ofstream(folder.path() / "WITNESS") << "as a power cut leaves it, or somebody's editor";
  EXPECT_EQ(open_store(folder.path())->last_seq(), 10U);
  std::filesystem::resize_file(folder.path() / "WITNESS", 0);
  EXPECT_EQ(open_store(folder.path())->last_seq(), 10U);
}

TEST(StoreCrash, AManifestThatLostItsEndIsTold) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  commit(*store, {post("post")});
  store.reset();
  const auto manifest = newest(folder.path(), "MANIFEST");
  std::filesystem::resize_file(manifest, std::filesystem::file_size(manifest) - 1);
  const auto refused = Store::open(folder.path(), small_options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
  EXPECT_NE(refused.error().message.find("MANIFEST"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace passaparola::store
