// Deleted means gone: from every reader, and from the bytes of every file.
#include <thread>

#include "support.h"

namespace passaparola::store {
namespace {

TEST(Erasure, NothingOfTheAuthorIsLeftInAnyFile) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  // Compression keeps what never occurred before as it is, so that a search finds it.
  const std::string id_part = "Kd83hQp0zw", handle_part = "xY10ph0n3";
  const std::string id = "did:plc:" + id_part, handle = handle_part + ".example",
                    text = "qZ7kV0xW9rJ2bN5m";
  TestPost hers = post("at://" + id + "/post/1");
  hers.author = id;
  hers.handle = handle;
  hers.text = text;
  hers.brands = {"moka_nera", "caffe_uno"};
  TestPost answer = post("answer");
  answer.author = "did:plc:bruno002";
  answer.reply_author = id;
  for (int i = 0; i < 300; ++i) {
    TestPost other = post("other" + std::to_string(i));
    other.author = "did:plc:other" + std::to_string(i);
    commit(*store, {other});
    if (i == 100) commit(*store, {hers, answer});
  }
  store.reset();
  store = open_store(folder.path());  // moves the log into table files
  ASSERT_TRUE(files_contain(folder.path(), text)) << "or the search proves nothing";
  ASSERT_TRUE(files_contain(folder.path(), id_part));
  ASSERT_TRUE(files_contain(folder.path(), handle_part));

  const auto proof = store->forget("bluesky", id);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_EQ(proof->mentions, 2);
  EXPECT_EQ(proof->brands, 2);
  for (const std::string& trace : {text, id_part, handle_part}) {
    EXPECT_FALSE(files_contain(folder.path(), trace)) << trace;
  }
  EXPECT_FALSE(store->history("bluesky", id, ""));
  EXPECT_EQ(feed_of(*store).size(), 301);
  EXPECT_EQ(commit(*store, {hers}).mentions, 0) << "a redelivery stays out";
  answer.id = "answer2";
  EXPECT_EQ(commit(*store, {answer}).mentions, 1);
  store.reset();
  store = open_store(folder.path());
  EXPECT_FALSE(files_contain(folder.path(), id_part)) << "also not by a later answer to them";
  EXPECT_EQ(feed_of(*store).size(), 302);
  EXPECT_TRUE(store->forget("bluesky", id)) << "forgetting twice does no harm";
}

TEST(Erasure, FilesAreTheOwnersAlone) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  commit(*store, {post("a")});
  using std::filesystem::perms;
  constexpr perms kOthers = perms::group_all | perms::others_all;
  EXPECT_EQ(std::filesystem::status(folder.path()).permissions() & kOthers, perms::none);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    EXPECT_EQ(entry.status().permissions() & kOthers, perms::none) << entry.path();
  }
}

TEST(Erasure, ReadersGoOnWhileTheStoreForgetsAndReopens) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  for (int i = 0; i < 20; ++i) {
    TestPost made = post("post" + std::to_string(i));
    made.author = "did:plc:author" + std::to_string(100 + i);
    commit(*store, {made});
  }
  std::atomic<bool> stop{false};
  std::atomic<int> failures{0}, reads{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto visited = store->visit_authors("moka_nera", {}, [&](AuthorHistory&& history) {
          const std::uint64_t seqs[] = {history.mentions.at(0).seq};
          if (!store->mentions(seqs)) ++failures;
          return true;
        });
        if (!visited || !store->read_feed({})) ++failures;
        ++reads;
      }
    });
  }
  for (int i = 0; i < 8; ++i) {
    const int before = reads;
    EXPECT_TRUE(store->forget("bluesky", "did:plc:author" + std::to_string(100 + i)));
    while (reads < before + 3) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(feed_of(*store).size(), 12);
}

}  // namespace
}  // namespace passaparola::store
