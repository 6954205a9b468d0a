// Which mentions answer, quote or repost a post, and which brands an author has something of:
// written and taken away with the mentions.
#include "store/threads.h"

#include <gmock/gmock.h>

#include "core/limits.h"
#include "dump.h"
#include "store/author_brands.h"
#include "support.h"

namespace passaparola::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ThreadsTest : public testing::Test {
 protected:
  // "id" of each mention that refers to the post, with A, Q and R for how.
  std::vector<std::string> thread(const std::string& id, std::uint64_t after = 0,
                                  std::size_t limit = 100) const {
    const auto found = store->referring_to("bluesky", id, after, limit);
    EXPECT_TRUE(found) << found.error().message;
    std::vector<std::string> said;
    for (const Referring& one : *found) {
      const std::uint64_t seqs[] = {one.seq};
      const auto mention = store->mentions(seqs);
      EXPECT_TRUE(mention && !mention->empty());
      if (!mention || mention->empty()) continue;
      said.push_back(std::string(mention->front()->post.id) + (one.answers ? " A" : "") +
                     (one.quotes ? " Q" : "") + (one.reposts ? " R" : ""));
    }
    return said;
  }
  std::vector<BrandNumber> brands_of(const std::string& author) {
    const KeyedHash key = keyed_hash(store->hash_key(), "bluesky", author);
    store.reset();
    std::vector<BrandNumber> brands;
    {
      const auto database = Database::open(folder.path(), small_options());
      EXPECT_TRUE(database);
      brands = *brands_of_author(**database, key);
    }
    store = open_store(folder.path());
    return brands;
  }

  TemporaryFolder folder;
  std::unique_ptr<Store> store = open_store(folder.path());
};

TestPost referring(std::string id, std::string to, std::string quotes = "",
                   std::string reposts = "") {
  TestPost made = post(std::move(id));
  made.reply_to = std::move(to);
  made.quote_id = std::move(quotes);
  made.repost_of = std::move(reposts);
  return made;
}

TEST_F(ThreadsTest, MentionsAreFoundByThePostThatTheyReferTo) {
  commit(*store, {referring("early", "root"), post("root"), referring("quote", "", "root"),
                  referring("both", "root", "other"), referring("same", "root", "root", "root")});
  commit(*store, {referring("repost", "", "", "root"), referring("self", "self", "self", "self")});
  EXPECT_THAT(thread("root"),
              ElementsAre("early A", "quote Q", "both A", "same A Q R", "repost R"));
  EXPECT_THAT(thread("other"), ElementsAre("both Q"));
  EXPECT_THAT(thread("self"), IsEmpty());
  EXPECT_THAT(thread("root", 3, 2), ElementsAre("both A", "same A Q R"));
}

TEST_F(ThreadsTest, AReferenceGoesWithItsMention) {
  commit(*store,
         {referring("a", "root", "other"), referring("b", "root"), referring("c", "", "", "root"),
          referring("gone", "root"), event(PostOp::remove, "gone")});
  TestPost edited = referring("b", "elsewhere");
  edited.op = PostOp::update;
  edited.text = "altro";
  commit(*store, {edited, event(PostOp::remove, "a")});
  EXPECT_THAT(thread("root"), ElementsAre("c R"));
  EXPECT_THAT(thread("other"), IsEmpty());
  EXPECT_THAT(thread("elsewhere"), ElementsAre("b A"));
  EXPECT_TRUE(store->forget("bluesky", "did:plc:anna0001"));
  EXPECT_THAT(thread("root"), IsEmpty());
  store.reset();
  auto dumped = dump(folder.path());
  EXPECT_EQ(dumped[Family::threads], "");
  EXPECT_EQ(dumped[Family::author_brands], "");
}

TEST_F(ThreadsTest, AnAuthorHasTheBrandsOfTheirMentionsAndOfAnswersToThem) {
  TestPost hers = post("hers");
  hers.brands = {"moka_nera", "caffe_uno"};
  TestPost answer = post("answer");
  answer.author = "did:plc:bruno002";
  answer.reply_author = hers.author;
  answer.brands = {"caffe_uno", "te"};
  commit(*store, {hers, answer});
  EXPECT_THAT(brands_of(hers.author), ElementsAre(1, 2, 3));
  EXPECT_THAT(brands_of(answer.author), ElementsAre(2, 3));
  commit(*store, {event(PostOp::remove, "hers")});
  EXPECT_THAT(brands_of(hers.author), ElementsAre(2, 3)) << "she is answered there";
  commit(*store, {hers, event(PostOp::remove, "answer"), post("again")});
  EXPECT_THAT(brands_of(hers.author), ElementsAre(1)) << "a deleted post stays out";
  EXPECT_THAT(brands_of(answer.author), IsEmpty());
  const auto history = store->history("bluesky", hers.author, "");
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 1);
  EXPECT_EQ(history->front().first, "moka_nera");
}

TEST(ThreadCodec, GoldenBytes) {
  KeyedHash post{};
  post.fill('p');
  EXPECT_EQ(to_hex(view(thread_key(post, 258))),
            "70707070707070707070707070707070"
            "0000000000000102");
  EXPECT_EQ(to_hex(view(thread_value(kAnswers | kReposts))), "0105");
  EXPECT_EQ(thread_kinds("\x01\x05"), kAnswers | kReposts);
  for (const std::string_view wrong :
       {std::string_view("\x01\x08", 2), std::string_view("\x02\x01", 2),
        std::string_view("\x01\x00", 2), std::string_view("\x01", 1),
        std::string_view("\x01\x01\x01", 3)}) {
    EXPECT_FALSE(thread_kinds(wrong));
  }
  EXPECT_EQ(to_hex(view(author_brand_key(post, 7))),
            "70707070707070707070707070707070"
            "00000007");
  EXPECT_EQ(author_brand_key(author_key(7, post)), author_brand_key(post, 7));
  EXPECT_EQ(brand_of_author(view(author_brand_key(post, 7))), 7U);
}

}  // namespace
}  // namespace passaparola::store
