// What people say of mentions is kept beside them and goes with them.
#include <gmock/gmock.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include "core/hash.h"
#include "core/json.h"
#include "store/correction_codec.h"
#include "support.h"

namespace passaparola::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string id_of(const std::string& post, const std::string& brand = "moka_nera") {
  return mention_id("bluesky", post, brand);
}

Correction says(Label label, const std::string& by = "local") {
  Correction made;
  made.label = label;
  made.by = by;
  made.at = {1'790'000'001'000};
  return made;
}

std::optional<Correction> correction_of(const Store& store, const std::string& post) {
  const auto found = store.mention(id_of(post));
  if (!found || (*found)->correction == nullptr) return std::nullopt;
  return *(*found)->correction;
}

std::vector<CorrectedMention> corrected(const Store& store,
                                        const std::string& brand = "moka_nera") {
  std::vector<CorrectedMention> all;
  const auto visited = store.visit_corrections(brand, [&](const CorrectedMention& mention) {
    all.push_back(mention);
    return true;
  });
  EXPECT_TRUE(visited) << visited.error().message;
  return all;
}

class CorrectionTest : public testing::Test {
 protected:
  void correct(const std::string& post, const std::optional<Correction>& correction) {
    const auto done = store->correct(id_of(post), correction);
    EXPECT_TRUE(done) << done.error().message;
  }
  void reopen() {
    store.reset();
    store = open_store(folder.path());
  }

  TemporaryFolder folder;
  std::unique_ptr<Store> store = open_store(folder.path());
};

TEST_F(CorrectionTest, StandsBesideTheProgramsAnswerForEveryReaderAndAfterReopening) {
  commit(*store, {post("a"), post("b")});
  Correction wanted = says(Label::negative, "anna's token");
  wanted.acts = ActSet().set(static_cast<std::size_t>(Act::complain));
  wanted.about_brand = true;
  wanted.sampled = true;
  correct("b", wanted);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(correction_of(*store, "b"), wanted);
    EXPECT_EQ(correction_of(*store, "a"), std::nullopt);
    const auto page = store->read_feed({});
    ASSERT_EQ(page->mentions.size(), 2U);
    EXPECT_EQ(page->mentions[0]->correction, nullptr);
    ASSERT_NE(page->mentions[1]->correction, nullptr);
    EXPECT_EQ(*page->mentions[1]->correction, wanted);
    EXPECT_EQ(page->mentions[1]->sentiment.label, Label::positive) << "never overwritten";
    const std::uint64_t seqs[] = {2};
    EXPECT_EQ(*store->mentions(seqs)->front()->correction, wanted);
    EXPECT_EQ(store->last_seq(), 2U) << "a correction is no mention";
    reopen();
  }
  std::string json;
  JsonWriter writer(json);
  write_mention(writer, **store->mention(id_of("b")), store->id());
  EXPECT_THAT(json, testing::HasSubstr(R"("correction":{"label":"negative","acts":["complain"],)"
                                       R"("about_brand":true,"sampled":true,"by":"anna's token",)"
                                       R"("at":"2026-09-21T14:13:21.000Z"})"));
}

TEST_F(CorrectionTest, IsReplacedAsAWholeAndTakenAway) {
  commit(*store, {post("a")});
  Correction first = says(Label::negative);
  first.about_brand = false;
  correct("a", first);
  correct("a", says(Label::mixed, "bruno"));
  EXPECT_EQ(correction_of(*store, "a"), says(Label::mixed, "bruno"));
  correct("a", std::nullopt);
  EXPECT_EQ(correction_of(*store, "a"), std::nullopt);
  EXPECT_THAT(corrected(*store), IsEmpty());
  correct("a", std::nullopt);
  reopen();
  EXPECT_EQ(correction_of(*store, "a"), std::nullopt);
}

TEST_F(CorrectionTest, SaidAgainKeepsWhenItWasSaidFirst) {
  commit(*store, {post("a")});
  correct("a", says(Label::negative));
  Correction later = says(Label::negative);
  later.at = {1'790'000'009'000};
  correct("a", later);
  EXPECT_EQ(correction_of(*store, "a")->at, says(Label::negative).at);
  later.by = "bruno";
  correct("a", later);
  EXPECT_EQ(correction_of(*store, "a")->at, later.at) << "somebody else says it";
}

TEST_F(CorrectionTest, OfWhatIsNotThereIsNotFound) {
  commit(*store, {post("a")});
  const auto code_of = [&](const std::string& id) {
    return store->correct(id, says(Label::negative)).error().code;
  };
  EXPECT_EQ(code_of(id_of("nothing")), ErrorCode::not_found);
  EXPECT_EQ(code_of("no id at all"), ErrorCode::not_found);
  commit(*store, {event(PostOp::hide_author, "")});
  EXPECT_EQ(code_of(id_of("a")), ErrorCode::not_found);
  EXPECT_FALSE(store->correct(id_of("nothing"), std::nullopt));
}

TEST_F(CorrectionTest, GoesWithTheEditTheDeleteAndTheAuthor) {
  TestPost bruno = post("c");
  bruno.author = "did:plc:bruno002";
  commit(*store, {post("a"), post("b"), bruno});
  for (const char* id : {"a", "b", "c"}) correct(id, says(Label::negative));
  TestPost edited = event(PostOp::update, "a");
  edited.text = "Non la consiglio più";
  commit(*store, {edited});
  EXPECT_TRUE(store->mention(id_of("a")));
  EXPECT_EQ(correction_of(*store, "a"), std::nullopt) << "it was said of other words";
  EXPECT_EQ(corrected(*store).size(), 2U);
  commit(*store, {event(PostOp::remove, "b")});
  EXPECT_EQ(corrected(*store).size(), 1U);
  commit(*store, {event(PostOp::delete_author, "", bruno.author)});
  EXPECT_THAT(corrected(*store), IsEmpty());
  reopen();
  EXPECT_THAT(corrected(*store), IsEmpty());
}

TEST_F(CorrectionTest, StaysWhenWhomItAnsweredIsForgottenAndWhileItsAuthorIsHidden) {
  TestPost answer = post("answer");
  answer.author = "did:plc:bruno002";
  answer.reply_author = "did:plc:anna0001";
  commit(*store, {post("a"), answer});
  correct("answer", says(Label::negative));
  ASSERT_TRUE(store->forget("bluesky", "did:plc:anna0001"));
  EXPECT_EQ(correction_of(*store, "answer"), says(Label::negative));
  commit(*store, {event(PostOp::hide_author, "", answer.author)});
  EXPECT_FALSE(store->mention(id_of("answer")));
  commit(*store, {event(PostOp::show_author, "", answer.author)});
  EXPECT_EQ(correction_of(*store, "answer"), says(Label::negative));
}

TEST_F(CorrectionTest, AreVisitedByBrandWithWhatTheProgramHadSaid) {
  TestPost both = post("a");
  both.brands = {"moka_nera", "caffe_uno"};
  both.label = Label::abstain;
  both.act = Act::invite;
  commit(*store, {both, post("b")});
  correct("a", says(Label::negative));
  correct("b", says(Label::positive));
  ASSERT_TRUE(store->correct(id_of("a", "caffe_uno"), says(Label::mixed)));
  EXPECT_EQ(corrected(*store).size(), 2U);
  EXPECT_THAT(corrected(*store, "unheard_of"), IsEmpty());
  const auto other = corrected(*store, "caffe_uno");
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].correction, says(Label::mixed));
  EXPECT_EQ(other[0].label, Label::abstain);
  EXPECT_EQ(other[0].acts, ActSet().set(static_cast<std::size_t>(Act::invite)));
  EXPECT_EQ(other[0].lang, "it");
  EXPECT_EQ(other[0].created_at.milliseconds, both.created_at);
}

// Also of those that were replaced or taken away.
TEST_F(CorrectionTest, NothingOfThemIsLeftInAnyFileOfAForgottenAuthor) {
  const std::string hers[] = {"kept", "replaced", "removed", "edited", "unmentioned", "deleted"};
  for (int i = 0; i < 200; ++i) {
    TestPost other = post("other" + std::to_string(i));
    other.author = "did:plc:bruno002";
    commit(*store, {other});
    correct(other.id, says(Label::mixed, "bruno"));
  }
  const std::string who = "qZ7kV0xW9rJ2bN5m", who_later = "Kd83hQp0zwY1aTe6";
  for (const std::string& id : hers) {
    commit(*store, {post(id)});
    correct(id, says(Label::negative, who));
  }
  reopen();  // moves the log into table files
  correct("replaced", says(Label::mixed, who_later));
  correct("removed", std::nullopt);
  TestPost edited = event(PostOp::update, "edited");
  edited.text = "altro";
  TestPost unmentioned = event(PostOp::update, "unmentioned");
  unmentioned.text = "altro ancora";
  unmentioned.brands.clear();
  commit(*store, {edited, unmentioned, event(PostOp::remove, "deleted")});
  reopen();
  ASSERT_TRUE(files_contain(folder.path(), who)) << "or the search proves nothing";
  ASSERT_TRUE(files_contain(folder.path(), who_later));
  ASSERT_TRUE(store->forget("bluesky", "did:plc:anna0001"));
  EXPECT_FALSE(files_contain(folder.path(), who));
  EXPECT_FALSE(files_contain(folder.path(), who_later));
  EXPECT_EQ(corrected(*store).size(), 200U);
}

// Nor of one that went with an edit which left no mention to look it up by.
TEST_F(CorrectionTest, NothingIsLeftInAnyFileOfWhatAnEditTookAway) {
  const std::string who = "qZ7kV0xW9rJ2bN5m";
  commit(*store, {post("kept"), post("unmentioned")});
  correct("unmentioned", says(Label::negative, who));
  TestPost edited = event(PostOp::update, "unmentioned");
  edited.text = "altro";
  edited.brands.clear();
  reopen();
  commit(*store, {edited});
  reopen();
  ASSERT_TRUE(files_contain(folder.path(), who)) << "or the search proves nothing";
  ASSERT_TRUE(store->forget("bluesky", "did:plc:anna0001"));
  EXPECT_FALSE(files_contain(folder.path(), who));
}

TEST_F(CorrectionTest, AStoreMadeBeforeThereWereAnyIsOpenedAndTakesThem) {
  commit(*store, {post("a")});
  reopen();  // moves the log into table files, which need no options of ours to be left alone
  store.reset();
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, folder.path().string(), &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const std::string& name : names)
    descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open({}, folder.path().string(), descriptors, &handles, &db).ok());
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    if (handle->GetName() != "corrections") continue;
    ASSERT_TRUE(db->DropColumnFamily(handle).ok());
  }
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  }
  delete db;
  store = open_store(folder.path());
  EXPECT_EQ(correction_of(*store, "a"), std::nullopt);
  correct("a", says(Label::negative));
  reopen();
  EXPECT_EQ(correction_of(*store, "a"), says(Label::negative));
}

TEST(CorrectionCodec, EveryFieldIsReadAsItWasWrittenAndCutBytesAreNot) {
  StoredCorrection stored{70'000, {300, {-5}, Label::abstain, ActSet(0x2001), "it", {}}};
  Correction& correction = stored.mention.correction;
  correction = {Label::mixed, ActSet(), false, true, "anna", {1000}};
  std::string bytes, again;
  encode_correction(stored, bytes);
  const auto read = decode_correction(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->brand, 70'000U);
  EXPECT_EQ(read->mention.seq, 300U);
  EXPECT_EQ(read->mention.correction, correction);
  encode_correction(*read, again);
  EXPECT_EQ(again, bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_correction(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_correction(bytes + '\0'));
}

TEST(CorrectionCodec, GoldenBytes) {
  std::string bytes;
  encode_correction({1,
                     {7,
                      {1000},
                      Label::positive,
                      ActSet(1),
                      "it",
                      {Label::negative, ActSet(1U << 10), true, false, "local", {2000}}}},
                    bytes);
  EXPECT_EQ(to_hex(bytes),
            "01070107d00f010102697402800805"
            "6c6f63616c"
            "a01f");
  bytes[1] = 4;
  EXPECT_FALSE(decode_correction(bytes)) << "an answer that was not given";
  bytes[1] = 16;
  EXPECT_FALSE(decode_correction(bytes)) << "an unknown flag";
}

}  // namespace
}  // namespace passaparola::store
