// Deleted means gone: from every reader, and from the bytes of every file.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "dump.h"
#include "store/erasure.h"
#include "store/verify.h"
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

// What of a mention may be the words of somebody else.
struct Quoted {
  std::string id, text;
  bool operator==(const Quoted&) const = default;
};
Quoted quoted_in(const Store& store, const std::string& id) {
  const auto mention = store.mention(mention_id("bluesky", id, "moka_nera"));
  if (!mention) return {"gone", ""};
  return {std::string((*mention)->post.quote_id), std::string((*mention)->post.quote_text)};
}

TEST(Erasure, OthersKeepNeitherQuotesNorRepostsOfTheAuthor) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  const std::string words = "qZ7kV0xW9rJ2bN5m";
  TestPost hers = post("hers-0001");
  hers.text = words;
  const auto by_bruno = [](std::string id) {
    TestPost made = post(std::move(id));
    made.author = "did:plc:bruno002";
    return made;
  };
  TestPost quote = by_bruno("quote");
  quote.quote_id = "hers-0001";
  quote.quote_text = words;
  TestPost other_quote = by_bruno("other_quote");
  other_quote.quote_id = "another1";
  other_quote.quote_text = "somebody else's";
  TestPost repost = by_bruno("repost");
  repost.kind = PostKind::repost;
  repost.repost_of = "hers-0001";
  repost.text = words;
  TestPost again = repost;
  again.id = "repost_of_repost";
  again.repost_of = "repost";
  commit(*store, {quote, hers, other_quote, repost, again, by_bruno("own")});
  store.reset();
  store = open_store(folder.path());
  const auto proof = store->forget("bluesky", hers.author);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_EQ(proof->mentions, 3) << "hers and two reposts";
  EXPECT_EQ(feed_of(*store), (std::vector<std::string>{"quote", "other_quote", "own"}));
  EXPECT_EQ(quoted_in(*store, "quote"), Quoted());
  EXPECT_EQ(quoted_in(*store, "other_quote"), (Quoted{"another1", "somebody else's"}));
  EXPECT_FALSE(files_contain(folder.path(), words));
  // What comes later.
  quote.id = "late_quote";
  repost.id = "late_repost";
  commit(*store, {quote, repost, again});
  EXPECT_EQ(quoted_in(*store, "late_quote"), Quoted());
  EXPECT_EQ(feed_of(*store).size(), 4);
  TestPost edited = by_bruno("own");
  edited.op = PostOp::update;
  edited.repost_of = "hers-0001";
  commit(*store, {edited});
  EXPECT_EQ(feed_of(*store).size(), 3) << "an edit into a repost is one";
  const auto verified = store->verify({});
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->differences, 0);
}

TEST(Erasure, ADeleteInTheSameCommitTakesQuotesAndRepostsToo) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  TestPost quote = post("quote"), repost = post("repost");
  quote.author = repost.author = "did:plc:bruno002";
  quote.quote_id = repost.repost_of = "hers-0001";
  quote.quote_text = "words";
  commit(*store, {post("hers-0001"), quote, repost, event(PostOp::delete_author, "")});
  EXPECT_EQ(feed_of(*store), (std::vector<std::string>{"quote"}));
  EXPECT_EQ(quoted_in(*store, "quote"), Quoted());
}

TEST(Erasure, WhoOnlyAnsweredOthersIsForgottenAmongTheirAnswers) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  TestPost answer = post("answer");
  answer.author = "did:plc:bruno002";
  answer.reply_author = "did:plc:anna0001";
  commit(*store, {post("a"), answer});
  ASSERT_EQ(store->history("bluesky", "did:plc:anna0001", "")->front().second.responses.size(), 1);
  ASSERT_TRUE(store->forget("bluesky", answer.author));
  EXPECT_TRUE(store->history("bluesky", "did:plc:anna0001", "")->front().second.responses.empty());
  store.reset();
  EXPECT_EQ(dump(folder.path())[Family::responses], "");
}

TEST(Erasure, AnswersOfSomebodyHiddenDoNotCount) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  TestPost answer = post("answer");
  answer.author = "did:plc:bruno002";
  answer.reply_author = "did:plc:anna0001";
  commit(*store, {post("a"), answer});
  const auto answers = [&] {
    return store->history("bluesky", "did:plc:anna0001", "")->front().second.responses.size();
  };
  std::vector<std::size_t> judged;
  const auto rank = [&] {
    judged.clear();
    const auto judge = [&](const AuthorHistory& history) {
      if (history.author.id == "did:plc:anna0001") judged.push_back(history.responses.size());
      return std::optional<Rank>();
    };
    EXPECT_TRUE(store->update_ranks("moka_nera", "basis", {1}, {}, judge));
  };
  rank();
  commit(*store, {event(PostOp::hide_author, "", answer.author)});
  EXPECT_EQ(answers(), 0);
  rank();
  EXPECT_EQ(judged, std::vector<std::size_t>{0}) << "she is judged again";
  store.reset();
  store = open_store(folder.path());
  EXPECT_EQ(answers(), 0);
  commit(*store, {event(PostOp::show_author, "", answer.author)});
  EXPECT_EQ(answers(), 1);
  rank();
  EXPECT_EQ(judged, std::vector<std::size_t>{1});
}

TEST(Erasure, NoRankIsLeftAfterTheCommit) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  const auto judge = [](const AuthorHistory&) {
    return std::optional(Rank{1, 0.5, {1}, {1'000'000}});
  };
  commit(*store, {post("a")});
  ASSERT_TRUE(store->update_ranks("moka_nera", "basis", {1}, {}, judge));
  commit(*store, {post("b")});  // leaves a mark
  commit(*store, {event(PostOp::delete_author, "")});
  store.reset();
  EXPECT_EQ(dump(folder.path())[Family::ranks], "");
}

TEST(Erasure, ManyAtOnceAndTheirProofs) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  std::vector<AuthorId> authors;
  for (int i = 0; i < 300; ++i) {  // more than go into one commit
    TestPost made = post("post" + std::to_string(i));
    made.author = "did:plc:author" + std::to_string(100 + i);
    commit(*store, {made});
    authors.push_back({"bluesky", made.author});
  }
  commit(*store, {post("stays")});
  authors.push_back({"bluesky", "nobody"});
  const auto proofs = store->forget(authors);
  ASSERT_TRUE(proofs) << proofs.error().message;
  ASSERT_EQ(proofs->size(), 301);
  EXPECT_FALSE(proofs->back());
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE((*proofs)[i]);
    EXPECT_EQ((*proofs)[i]->mentions, 1);
    EXPECT_EQ((*proofs)[i]->brands, 1);
    EXPECT_TRUE((*proofs)[i]->finished);
  }
  EXPECT_EQ(feed_of(*store), std::vector<std::string>{"stays"});
  store.reset();
  store = open_store(folder.path());
  const auto again = store->forget("bluesky", authors[0].id);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->erased_at, (*proofs)[0]->erased_at) << "the same proof";
  std::size_t kept = 0;
  EXPECT_TRUE(store->visit_erasures([&](const ErasureProof&) { return ++kept != 0; }));
  EXPECT_EQ(kept, 300);
}

TEST(Erasure, WhatAFeedDeletedBeforeIsErasedFromTheFilesToo) {
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  TestPost hers = post("a");
  hers.text = "qZ7kV0xW9rJ2bN5m";
  commit(*store, {hers, post("b")});
  store.reset();
  store = open_store(folder.path());
  commit(*store, {event(PostOp::delete_author, "")});
  ASSERT_TRUE(files_contain(folder.path(), hers.text));
  ASSERT_TRUE(store->forget("bluesky", hers.author));
  EXPECT_FALSE(files_contain(folder.path(), hers.text));
}

constexpr const char* kChildFolder = "PASSAPAROLA_STORE_ERASE_FOLDER";

// The child of the test below.
TEST(Erasure, ChildForgets) {
  const char* const folder = std::getenv(kChildFolder);
  if (folder != nullptr) EXPECT_TRUE(open_store(folder)->forget("bluesky", "did:plc:anna0001"));
}

TEST(Erasure, IsFinishedByTheNextOpeningWhereverItWasKilled) {
  for (const char* point : {"erase.marked", "erase.compacted", "erase.reopened"}) {
    SCOPED_TRACE(point);
    TemporaryFolder folder;
    TestPost hers = post("a"), other = post("b");
    hers.text = "qZ7kV0xW9rJ2bN5m";
    other.author = "did:plc:bruno002";
    commit(*open_store(folder.path()), {hers, other});
    open_store(folder.path());
    ASSERT_TRUE(files_contain(folder.path(), hers.text)) << "or the search proves nothing";
    const std::string setting = folder.path().string();
    const pid_t child = ::fork();
    if (child == 0) {
      ::setenv(kChildFolder, setting.c_str(), 1);
      ::setenv("PASSAPAROLA_CRASH_AT", point, 1);
      ::execl("/proc/self/exe", "store_test", "--gtest_filter=Erasure.ChildForgets",
              "--gtest_brief=1", nullptr);
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    auto store = open_store(folder.path());
    EXPECT_FALSE(files_contain(folder.path(), hers.text));
    EXPECT_EQ(feed_of(*store), std::vector<std::string>{"b"});
    const auto proof = store->forget("bluesky", hers.author);
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->mentions, 1);
    EXPECT_TRUE(proof->finished);
    EXPECT_EQ(commit(*store, {hers}).mentions, 0) << "a redelivery stays out";
  }
}

TEST(Erasure, GoldenProof) {
  ErasureProof proof;
  proof.mentions = 300;
  proof.brands = 2;
  proof.erased_at = {1000};
  EXPECT_EQ(to_hex(encode_erasure(proof)), "01d00fac0202");
  const auto read = decode_erasure(encode_erasure(proof));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->mentions, 300);
  EXPECT_FALSE(decode_erasure("\x02"));
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
