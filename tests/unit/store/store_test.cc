// What commits mean, one rule a test.
#include "store/store.h"
#include "core/hash.h"

#include <gmock/gmock.h>

#include "support.h"

namespace passaparola::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class StoreTest : public testing::Test {
 protected:
  TemporaryFolder folder;
  std::unique_ptr<Store> store = open_store(folder.path());
};

TEST_F(StoreTest, ARedeliveryChangesNothing) {
  EXPECT_EQ(commit(*store, {post("a")}).mentions, 1);
  const CommitOutcome again = commit(*store, {post("a"), post("b"), post("b")});
  EXPECT_EQ(again.mentions, 1);
  EXPECT_EQ(again.duplicates, 2);
  EXPECT_EQ(again.first_seq, 2);
  EXPECT_EQ(again.last_seq, 2);
  EXPECT_THAT(feed_of(*store), ElementsAre("a", "b"));
}

TEST_F(StoreTest, AnUpdateReplacesAndAnEqualOneIsADuplicate) {
  commit(*store, {post("a")});
  TestPost edited = event(PostOp::update, "a");
  edited.text = "Non la consiglio più";
  EXPECT_EQ(commit(*store, {edited}).updated, 1);
  EXPECT_EQ(commit(*store, {edited}).duplicates, 1);
  const auto page = store->read_feed({});
  ASSERT_EQ(page->mentions.size(), 1);
  EXPECT_EQ(page->mentions[0]->post.text, edited.text);
  EXPECT_EQ(page->mentions[0]->seq, 2);
}

TEST_F(StoreTest, WhatOthersDoWithAPostIsNoEditOfIt) {
  commit(*store, {post("a")});
  TestPost liked = event(PostOp::update, "a");
  liked.likes = 12;
  liked.followers = 340;
  EXPECT_EQ(commit(*store, {liked}).duplicates, 1);
  EXPECT_EQ(store->last_seq(), 1);
}

TEST_F(StoreTest, AnUpdateWithoutMentionsTakesTheOldOnesAway) {
  commit(*store, {post("a")});
  TestPost edited = event(PostOp::update, "a");
  edited.text = "niente";
  edited.brands.clear();
  commit(*store, {edited});
  EXPECT_THAT(feed_of(*store), IsEmpty());
  EXPECT_FALSE(store->history("bluesky", edited.author, ""));
  EXPECT_EQ(commit(*store, {post("a")}).duplicates, 1) << "the post is still known";
}

TEST_F(StoreTest, ADeleteBeforeThePostKeepsItOut) {
  EXPECT_EQ(commit(*store, {event(PostOp::remove, "a")}).deleted, 0);
  const CommitOutcome outcome = commit(*store, {post("a"), event(PostOp::update, "a")});
  EXPECT_EQ(outcome.mentions, 0);
  EXPECT_EQ(outcome.duplicates, 0);
  EXPECT_THAT(feed_of(*store), IsEmpty());
}

TEST_F(StoreTest, ADeletedAuthorStaysOut) {
  commit(*store, {post("a"), post("b")});
  EXPECT_EQ(commit(*store, {event(PostOp::delete_author, "")}).deleted, 2);
  EXPECT_EQ(commit(*store, {post("a"), post("new")}).mentions, 0);
  commit(*store, {event(PostOp::show_author, "")});
  EXPECT_EQ(commit(*store, {post("newer")}).mentions, 0) << "shown again is not undeleted";
  EXPECT_THAT(feed_of(*store), IsEmpty());
}

TEST_F(StoreTest, AHiddenAuthorIsNowhereAndComesBack) {
  commit(*store, {post("a")});
  const std::string id = mention_id("bluesky", "a", "moka_nera");
  const std::uint64_t seqs[] = {1};
  const auto authors = [&] {
    int visited = 0;
    const auto done = store->visit_authors("moka_nera", {}, [&](AuthorHistory&&) {
      ++visited;
      return true;
    });
    EXPECT_TRUE(done);
    return visited;
  };
  commit(*store, {event(PostOp::hide_author, "")});
  EXPECT_THAT(feed_of(*store), IsEmpty());
  EXPECT_EQ(store->read_feed({})->next_after, 1) << "the reader moves over it";
  EXPECT_FALSE(store->mention(id));
  EXPECT_THAT(*store->mentions(seqs), IsEmpty());
  EXPECT_FALSE(store->history("bluesky", "did:plc:anna0001", ""));
  EXPECT_EQ(authors(), 0);
  commit(*store, {event(PostOp::show_author, "")});
  EXPECT_THAT(feed_of(*store), ElementsAre("a"));
  EXPECT_TRUE(store->mention(id));
  EXPECT_EQ(authors(), 1);
}

TEST_F(StoreTest, AnAnswerIsAResponseToWhomItAnswers) {
  TestPost answer = post("b");
  answer.author = "did:plc:bruno002";
  answer.reply_author = "did:plc:anna0001";
  TestPost own = post("c");
  own.reply_author = own.author;
  commit(*store, {post("a"), answer, own});
  const auto history = store->history("bluesky", "did:plc:anna0001", "moka_nera");
  ASSERT_TRUE(history);
  ASSERT_EQ(history->front().second.responses.size(), 1) << "one's own thread is no response";
  EXPECT_EQ(history->front().second.responses[0].seq, 2);
}

TEST_F(StoreTest, TheNewestNameIsKept) {
  TestPost renamed = post("b");
  renamed.handle = "anna.new";
  commit(*store, {post("a")});
  commit(*store, {renamed});
  const auto history = store->history("bluesky", "did:plc:anna0001", "");
  EXPECT_EQ(history->front().second.author.handle, "anna.new");
  EXPECT_EQ(history->front().second.aggregate.mentions, 2);
}

TEST_F(StoreTest, AnUnknownAuthorHasNoHistoryButIsInTheFeed) {
  TestPost anonymous = post("a");
  anonymous.author.clear();
  commit(*store, {anonymous});
  EXPECT_THAT(feed_of(*store), ElementsAre("a"));
  int visited = 0;
  ASSERT_TRUE(store->visit_authors("moka_nera", {}, [&](AuthorHistory&&) {
    ++visited;
    return true;
  }));
  EXPECT_EQ(visited, 0);
  EXPECT_EQ(commit(*store, {event(PostOp::remove, "a")}).deleted, 1);
  EXPECT_THAT(feed_of(*store), IsEmpty());
}

TEST_F(StoreTest, TheFeedIsReadInPagesAndFiltered) {
  for (int i = 0; i < 10; ++i) {
    TestPost made = post(std::to_string(i));
    if (i % 2 == 1) made.brands = {"caffe_uno"};
    commit(*store, {made});
  }
  FeedQuery query;
  query.brand = "caffe_uno";
  query.limit = 2;
  auto page = store->read_feed(query);
  ASSERT_EQ(page->mentions.size(), 2);
  EXPECT_EQ(page->mentions[1]->post.id, "3");
  query.after = page->next_after;
  query.where = [](const Mention& mention) { return mention.post.id == "9"; };
  query.scan_limit = 3;
  page = store->read_feed(query);
  EXPECT_THAT(page->mentions, IsEmpty());
  EXPECT_EQ(page->next_after, 7) << "it moves though nothing matched";
  query.after = page->next_after;
  page = store->read_feed(query);
  ASSERT_EQ(page->mentions.size(), 1);
  EXPECT_EQ(page->next_after, store->last_seq());
  query = {};
  int asked = 0;
  query.is_enough = [&asked] { return ++asked == 2; };
  page = store->read_feed(query);
  EXPECT_EQ(page->mentions.size(), 2);
  EXPECT_EQ(page->next_after, 2) << "it was asked behind each, and had enough";
}

TEST_F(StoreTest, CursorsBrandsAndIdentitySurviveReopening) {
  PreparedBatch batch;
  prepare(*store, post("a"), batch);
  batch.cursors.push_back({"jetstream", "123"});
  const PreparedBatch* const batches[] = {&batch};
  ASSERT_TRUE(store->commit(batches));
  const std::uint32_t id = store->id();
  const HashKey key = store->hash_key();
  store.reset();
  store = open_store(folder.path());
  EXPECT_EQ(store->id(), id);
  EXPECT_EQ(store->hash_key(), key);
  EXPECT_EQ(store->last_seq(), 1);
  EXPECT_EQ(store->source_cursor("jetstream"), "123");
  EXPECT_EQ(store->source_cursor("other"), std::nullopt);
  EXPECT_THAT(store->brands(), ElementsAre("moka_nera"));
}

TEST_F(StoreTest, ListenersHearOfDurableMentionsOnly) {
  std::vector<std::uint64_t> heard;
  store->on_commit([&](const FeedChange& change) {
    EXPECT_EQ(feed_of(*store).size(), change.last_seq);
    EXPECT_THAT(change.withdrawn, IsEmpty());
    EXPECT_FALSE(change.rewrites);
    heard.push_back(change.last_seq);
  });
  commit(*store, {post("a")});
  commit(*store, {post("a")});
  commit(*store, {post("b"), post("c")});
  EXPECT_THAT(heard, ElementsAre(1, 3));
}

TEST_F(StoreTest, ListenersHearWhatIsWithdrawnAndWhy) {
  TestPost both = post("a");
  both.brands = {"moka_nera", "teiera"};
  commit(*store, {both, post("b"), post("c")});
  std::vector<FeedChange> heard;
  store->on_commit([&](const FeedChange& change) { heard.push_back(change); });
  const auto withdrawn = [&] {
    std::vector<std::string> found;
    for (const Withdrawn& one : heard.back().withdrawn) {
      EXPECT_EQ(one.mention_id.size(), 32U);
      EXPECT_FALSE(store->mention(one.mention_id) && one.reason != Loss::source_edit);
      found.push_back(std::to_string(one.seq) + one.brand +
                      std::to_string(static_cast<int>(one.reason)));
    }
    return found;
  };
  commit(*store, {event(PostOp::remove, "a")});
  EXPECT_THAT(withdrawn(), UnorderedElementsAre("1moka_nera4", "2teiera4"));
  EXPECT_EQ(heard.back().last_seq, 4U);
  TestPost edited = event(PostOp::update, "b");
  edited.text = "Non la consiglio più";
  commit(*store, {edited});
  EXPECT_THAT(withdrawn(), ElementsAre("3moka_nera3"));
  EXPECT_TRUE(store->mention(heard.back().withdrawn[0].mention_id)) << "by the same id again";
  EXPECT_FALSE(heard.back().rewrites);
  commit(*store, {event(PostOp::hide_author, "")});
  EXPECT_THAT(withdrawn(), IsEmpty());
  EXPECT_TRUE(heard.back().rewrites);
  ASSERT_TRUE(store->forget("bluesky", edited.author));
  EXPECT_THAT(withdrawn(), UnorderedElementsAre("4moka_nera5", "5moka_nera5"));
  EXPECT_EQ(heard.size(), 4U);
  commit(*store, {event(PostOp::remove, "a")});
  EXPECT_EQ(heard.size(), 4U) << "nothing changed";
}

TEST_F(StoreTest, AVisitorMayAskTheStore) {
  commit(*store, {post("a")});
  int found = 0;
  ASSERT_TRUE(store->visit_authors("moka_nera", {}, [&](AuthorHistory&& history) {
    const std::uint64_t seqs[] = {history.mentions[0].seq};
    found += static_cast<int>(store->mentions(seqs)->size());
    return true;
  }));
  EXPECT_EQ(found, 1);
}

// Profiles lie among rows: few rows are stepped over, many are jumped, rows of nobody are left out.
TEST_F(StoreTest, EveryAuthorIsVisitedOnceHoweverManyRowsTheyHave) {
  std::vector<TestPost> posts;
  for (const int rows : {0, 1, 16, 17, 40}) {
    for (int i = 0; i < std::max(rows, 3); ++i) {
      TestPost& made = posts.emplace_back(post(std::to_string(rows) + "_" + std::to_string(i)));
      made.author = rows == 0 ? "" : "did:plc:author" + std::to_string(rows);
      made.brands = {"caffe_lungo", "moka_nera"};
    }
  }
  posts[3].reply_author = "did:plc:author40";
  posts[4].reply_author = "did:plc:author40";
  commit(*store, posts);
  for (const bool reopened : {false, true}) {
    if (reopened) store = (store.reset(), open_store(folder.path()));
    for (const std::uint64_t wanted : {0U, 3U, 16U, 17U, 40U}) {
      std::vector<std::size_t> asked, visited;
      ASSERT_TRUE(store->visit_authors(
          "caffe_lungo",
          [&](const AuthorAggregate& aggregate) {
            asked.push_back(aggregate.mentions);
            return wanted == 0 || aggregate.mentions == wanted;
          },
          [&](AuthorHistory&& history) {
            EXPECT_EQ(history.mentions.size(), history.aggregate.mentions);
            EXPECT_EQ(history.responses.size(), history.mentions.size() == 40 ? 2U : 0U);
            visited.push_back(history.mentions.size());
            return true;
          }));
      EXPECT_THAT(asked, UnorderedElementsAre(3, 16, 17, 40));
      if (wanted == 0) {
        EXPECT_EQ(visited, asked);
      } else {
        EXPECT_THAT(visited, ElementsAre(wanted));
      }
    }
  }
}

TEST_F(StoreTest, ALowDiskRefusesTheCommitAndNothingIsWritten) {
  store.reset();
  StoreOptions options = small_options();
  options.min_free_bytes = UINT64_MAX / 2;
  store = open_store(folder.path(), options);
  PreparedBatch batch;
  prepare(*store, post("a"), batch);
  const PreparedBatch* const batches[] = {&batch};
  const auto outcome = store->commit(batches);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::no_space);
  EXPECT_THAT(feed_of(*store), IsEmpty());
}

TEST_F(StoreTest, OddQuestionsHavePlainAnswers) {
  EXPECT_EQ(store->mention("no id").error().code, ErrorCode::not_found);
  EXPECT_EQ(store->mention(std::string(32, '0')).error().code, ErrorCode::not_found);
  EXPECT_EQ(store->history("x", "y", "").error().code, ErrorCode::not_found);
  EXPECT_EQ(store->forget("x", "y").error().code, ErrorCode::not_found);
  EXPECT_TRUE(store->buckets("nobody", Store::BucketSize::hour, {0}, {1})->empty());
  const std::uint64_t seqs[] = {0, 99};
  EXPECT_TRUE(store->mentions(seqs)->empty());
}

}  // namespace
}  // namespace passaparola::store
