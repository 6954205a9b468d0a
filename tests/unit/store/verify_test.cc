// A check finds whatever is not as the mentions say, and nothing in a store that went through
// everything a feed can bring.
#include "store/verify.h"

#include <gmock/gmock.h>
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <random>

#include "plant.h"
#include "store/commit.h"
#include "store/threads.h"
#include "support.h"

namespace passaparola::store {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class VerifyTest : public testing::Test {
 protected:
  // Differences as "family: key: stored, recounted".
  std::vector<std::string> verify() {
    std::vector<std::string> found;
    const auto visit = [&](const Difference& difference) {
      found.push_back(std::string(difference.family) + ": " + difference.key + ": " +
                      difference.stored + ", " + difference.recounted);
    };
    const auto verified = store->verify(visit);
    EXPECT_TRUE(verified) << verified.error().message;
    if (verified) last = *verified;
    EXPECT_EQ(last.differences, found.size());
    return found;
  }

  // Puts something wrong into the store.
  template <typename Write>
  void plant(Write write) {
    plant_into(store, folder, write);
  }
  static std::string first_key(const Database& database, Family family, std::size_t size) {
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    const std::unique_ptr<rocksdb::Iterator> scan(
        database.db().NewIterator(options, database.family(family)));
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
      if (scan->key().size() == size) return scan->key().ToString();
    }
    ADD_FAILURE() << "nothing to damage";
    return {};
  }

  TemporaryFolder folder;
  std::unique_ptr<Store> store = open_store(folder.path());
  const HashKey hash_key = store->hash_key();
  Verified last;
};

TestPost by(const std::string& id, const std::string& author) {
  TestPost made = post(id);
  made.author = "did:plc:" + author;
  return made;
}

TEST_F(VerifyTest, FindsNothingAfterEverythingAFeedBrings) {
  std::mt19937 random(7);
  const auto any = [&](unsigned below) { return random() % below; };
  for (int round = 0; round < 30; ++round) {
    std::vector<TestPost> posts;
    for (int i = 0; i < 20; ++i) {
      TestPost made = by("post" + std::to_string(any(150)), "author" + std::to_string(any(12)));
      if (any(4) == 0) made.op = PostOp::update;
      if (any(9) == 0) made.op = PostOp::remove;
      if (any(60) == 0) made.op = any(2) == 0 ? PostOp::hide_author : PostOp::show_author;
      if (any(400) == 0) made.op = PostOp::delete_author;
      made.created_at += static_cast<std::int64_t>(any(1'000'000)) * 1000 - 500'000'000;
      made.label = any(2) == 0 ? Label::positive : Label::negative;
      made.act = static_cast<Act>(any(kActCount));
      made.paid = any(5) == 0;
      if (any(3) == 0) made.brands = {"moka_nera", "caffe_uno"};
      if (any(3) == 0) made.reply_author = "did:plc:author" + std::to_string(any(12));
      if (any(4) == 0) made.quote_id = "post" + std::to_string(any(150));
      if (any(6) == 0) made.repost_of = "post" + std::to_string(any(150));
      if (any(5) == 0) made.nps = static_cast<int>(any(11));
      made.fingerprint = any(2) == 0 ? 1 + any(3) : 0;
      posts.push_back(made);
    }
    commit(*store, posts);
    if (round == 20) {
      ASSERT_TRUE(store->forget("bluesky", "did:plc:author3"));
    }
    const auto page = store->read_feed({});
    ASSERT_TRUE(page);
    for (const StoredMention& mention : page->mentions) {
      if (any(20) != 0) continue;
      Correction said;
      said.label = Label::mixed;
      EXPECT_TRUE(store->correct(mention_id("bluesky", mention->post.id, mention->brand), said));
    }
  }
  EXPECT_THAT(verify(), IsEmpty());
  store.reset();
  store = open_store(folder.path());
  EXPECT_THAT(verify(), IsEmpty());
  EXPECT_GT(last.mentions, 50);
  EXPECT_GT(last.authors, 10);
  EXPECT_GT(last.responses, 5);
  EXPECT_GT(last.corrections, 5);
  EXPECT_GT(last.buckets, 50);
  EXPECT_GT(last.references, 20);
  EXPECT_GT(last.author_brands, 10);
  EXPECT_GE(last.posts, 100);
}

TEST_F(VerifyTest, FindsAWrongCountOfAnAuthor) {
  commit(*store, {by("a", "anna"), by("b", "anna"), by("c", "bruno")});
  plant([&](const Database& database, rocksdb::WriteBatch& batch) {
    Profile more;
    more.counters[1] = 2;  // positive
    more.first_seen = more.last_seen = {1'790'000'000'000};
    std::string value;
    encode_profile(more, value);
    batch.Merge(database.family(Family::mentions),
                first_key(database, Family::mentions, sizeof(AuthorKey)), value);
  });
  const auto found = verify();
  ASSERT_EQ(found.size(), 1);
  EXPECT_THAT(found[0],
              AllOf(HasSubstr("mentions: author "), HasSubstr("(bluesky did:plc:"),
                    HasSubstr("of brand moka_nera: positive "), HasSubstr(", positive ")));
}

TEST_F(VerifyTest, FindsAWrongTimeOfAnAuthor) {
  commit(*store, {by("a", "anna")});
  plant([&](const Database& database, rocksdb::WriteBatch& batch) {
    Profile earlier;
    earlier.first_seen = {0};
    earlier.last_seen = {0};
    std::string value;
    encode_profile(earlier, value);
    batch.Merge(database.family(Family::mentions),
                first_key(database, Family::mentions, sizeof(AuthorKey)), value);
  });
  EXPECT_THAT(verify(), ElementsAre(HasSubstr("first seen 1970-01-01T00:00:00.000Z, first seen "
                                              "2026-09-21T")));
}

TEST_F(VerifyTest, FindsAWrongBucketAndOneTooMany) {
  commit(*store, {by("a", "anna")});
  plant([&](const Database& database, rocksdb::WriteBatch& batch) {
    BucketCounters more{};
    more[0] = 1;
    std::string value;
    encode_bucket(more, value);
    auto* const buckets = database.family(Family::buckets);
    batch.Merge(buckets, first_key(database, Family::buckets, sizeof(BucketKey)), value);
    batch.Merge(buckets, to_slice(view(bucket_key(1, 2, {86'400'000}))), value);
    batch.Merge(buckets, to_slice(view(bucket_key(9, 0, {300'000}))), value);
  });
  EXPECT_THAT(
      verify(),
      ElementsAre(AllOf(HasSubstr("buckets: brand moka_nera, 5 minutes from 2026-"),
                        HasSubstr(": mentions 2, mentions 1")),
                  "buckets: brand moka_nera, the day from 1970-01-02T00:00:00.000Z: mentions 1, "
                  "mentions 0",
                  "buckets: brand number 9, 5 minutes from 1970-01-01T00:05:00.000Z: mentions 1, "
                  "mentions 0"));
}

TEST_F(VerifyTest, FindsWhatIsMissingBesideAMention) {
  TestPost answer = by("b", "bruno");
  answer.reply_author = "did:plc:anna";
  commit(*store, {answer});
  plant([&](const Database& database, rocksdb::WriteBatch& batch) {
    for (const Family family : {Family::mention_ids, Family::posts}) {
      batch.Delete(database.family(family), first_key(database, family, 16));
    }
  });
  EXPECT_THAT(verify(),
              ElementsAre(AllOf(HasSubstr("mention_ids: id "), HasSubstr(": nothing, mention 1")),
                          "posts: the post of mention 1: nothing, a post",
                          AllOf(HasSubstr("responses: the answer that is mention 1"),
                                HasSubstr("no such answer")),
                          AllOf(HasSubstr("threads: the reference of mention 1 to post "),
                                HasSubstr("no such reference"))));
}

TEST_F(VerifyTest, FindsWhatIsLeftOfAMentionThatIsGone) {
  TestPost answer = by("b", "bruno");
  answer.reply_author = "did:plc:anna";
  commit(*store, {by("a", "anna"), answer});
  Correction said;
  said.label = Label::negative;
  ASSERT_TRUE(store->correct(mention_id("bluesky", "b", "moka_nera"), said));
  EXPECT_THAT(verify(), IsEmpty());
  plant([&](const Database& database, rocksdb::WriteBatch& batch) {
    batch.Delete(database.family(Family::feed), to_slice(view(feed_key(2))));
  });
  EXPECT_THAT(verify(),
              ElementsAre("mentions: the row of mention 2 in brand moka_nera: a row, no such "
                          "mention",
                          AllOf(HasSubstr("mention_ids: id "), HasSubstr("no such mention")),
                          AllOf(HasSubstr("posts: post "),
                                HasSubstr("mention 2 of brand moka_nera in its list")),
                          "responses: the answer that is mention 2: a response, no such answer",
                          AllOf(HasSubstr("threads: the reference of mention 2 to post "),
                                HasSubstr("no such reference")),
                          AllOf(HasSubstr("corrections: the correction of mention id "),
                                HasSubstr("of mention 2, no such mention"))));
}

TEST_F(VerifyTest, FindsWrongReferences) {
  TestPost answer = by("b", "bruno");
  answer.reply_to = "a";
  answer.quote_id = "q";
  commit(*store, {answer});
  plant([&](const Database& database, rocksdb::WriteBatch& batch) {
    auto* const threads = database.family(Family::threads);
    const KeyedHash a = keyed_hash(hash_key, "bluesky", "a");
    const KeyedHash q = keyed_hash(hash_key, "bluesky", "q");
    batch.Delete(threads, to_slice(view(thread_key(a, 1))));
    batch.Put(threads, to_slice(view(thread_key(q, 1))), "\x01\x04");
    batch.Put(threads, to_slice(view(thread_key(a, 2))), "\x01\x01");
  });
  EXPECT_THAT(verify(), testing::UnorderedElementsAre(
                            AllOf(HasSubstr("threads: the reference of mention 1 to post "),
                                  HasSubstr(": nothing, a reference")),
                            AllOf(HasSubstr("threads: the reference of mention 1 to post "),
                                  HasSubstr(": another kind, a reference")),
                            AllOf(HasSubstr("threads: the reference of mention 2 to post "),
                                  HasSubstr(": a reference, no such reference"))));
}

TEST_F(VerifyTest, FindsAPostWithoutTheReferencesOfItsMention) {
  TestPost answer = by("b", "bruno");
  answer.reply_to = "a";
  commit(*store, {answer});
  plant([&](const Database& database, rocksdb::WriteBatch& batch) {
    const KeyedHash post = keyed_hash(hash_key, "bluesky", "b");
    auto entry = decode_post(**database.get(Family::posts, view(post)));
    entry->references = {};
    std::string bytes;
    encode_post(*entry, bytes);
    batch.Put(database.family(Family::posts), to_slice(view(post)), bytes);
  });
  EXPECT_THAT(verify(),
              ElementsAre("posts: the post of mention 1: references to other posts, those "
                          "of the mention",
                          AllOf(HasSubstr("threads: the reference of mention 1 to post "),
                                HasSubstr("no such reference"))));
}

TEST_F(VerifyTest, FindsWrongBrandsOfAuthors) {
  TestPost answer = by("b", "bruno");
  answer.reply_author = "did:plc:anna";
  commit(*store, {answer});
  plant([&](const Database& database, rocksdb::WriteBatch& batch) {
    auto* const brands = database.family(Family::author_brands);
    for (const char* author : {"did:plc:anna", "did:plc:bruno"}) {
      const KeyedHash key = keyed_hash(hash_key, "bluesky", author);
      batch.Delete(brands, to_slice(view(author_brand_key(key, 1))));
      batch.Put(brands, to_slice(view(author_brand_key(key, 2))), {});
    }
  });
  EXPECT_THAT(verify(),
              testing::UnorderedElementsAre(
                  AllOf(HasSubstr("author_brands: author "), HasSubstr(": nothing, mentions")),
                  AllOf(HasSubstr("author_brands: author "), HasSubstr(": nothing, answers")),
                  HasSubstr("of brand number 2: an author of the brand, nothing"),
                  HasSubstr("of brand number 2: an author of the brand, nothing")));
}

TEST_F(VerifyTest, FindsAMentionOfAnErasedAuthorAndAWrongLastNumber) {
  commit(*store, {by("a", "anna")});
  plant([&](const Database& database, rocksdb::WriteBatch& batch) {
    const std::string author = first_key(database, Family::mentions, sizeof(AuthorKey)).substr(4);
    batch.Put(database.family(Family::author_states), author, "\x02");
    batch.Put(database.family(Family::meta), to_slice(kLastSeqKey), std::string(8, '\0'));
  });
  EXPECT_THAT(verify(), ElementsAre("default: the last sequence number: 0, 1 or more",
                                    "feed: mention 1: a mention of an erased author, nothing"));
}

TEST_F(VerifyTest, DamagedValuesAreDifferences) {
  commit(*store, {by("a", "anna")});
  plant([&](const Database& database, rocksdb::WriteBatch& batch) {
    batch.Put(database.family(Family::mentions),
              first_key(database, Family::mentions, sizeof(RowKey)), "?");
    batch.Put(database.family(Family::mention_ids), first_key(database, Family::mention_ids, 16),
              "\xFF");
    batch.Put(database.family(Family::feed), to_slice(view(feed_key(1))), "?");
  });
  const auto found = verify();
  EXPECT_THAT(found, testing::Contains("feed: mention 1: damaged bytes, a mention"));
  EXPECT_THAT(found, testing::Contains("mentions: the row of mention 1: damaged bytes, a row"));
}

TEST_F(VerifyTest, ADamagedFileIsAnError) {
  for (int i = 0; i < 200; ++i) commit(*store, {by("post" + std::to_string(i), "bruno")});
  store.reset();
  store = open_store(folder.path());  // moves the log into table files
  store.reset();
  std::filesystem::path largest;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    if (entry.path().extension() != ".sst") continue;
    if (largest.empty() || std::filesystem::file_size(largest) < entry.file_size()) {
      largest = entry.path();
    }
  }
  {
    std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8);
    file.write("\x5A\x5A\x5A", 3);
  }
  store = open_store(folder.path());
  const auto unreadable = store->verify({});
  ASSERT_FALSE(unreadable);
  EXPECT_EQ(unreadable.error().code, ErrorCode::corrupt);
}

TEST_F(VerifyTest, PostsThatWereTooOldToBeKeptAreNoDifference) {
  const Retention policy{.days = 1, .days_by_source = {}};
  const auto day = [](std::int64_t number) { return Timestamp{number * kMillisecondsPerDay}; };
  ASSERT_TRUE(store->retain(policy, day(100)));
  TestPost answer = post("answer");
  answer.author = "did:plc:bruno002";
  answer.reply_author = "did:plc:anna0001";
  commit(*store, {post("old"), answer});
  ASSERT_TRUE(store->retain(policy, day(101)));
  commit(*store, {post("young")});
  const auto retained = store->retain(policy, day(102));
  ASSERT_TRUE(retained);
  EXPECT_EQ(retained->mentions, 2U);
  EXPECT_THAT(verify(), IsEmpty());
}

}  // namespace
}  // namespace passaparola::store
