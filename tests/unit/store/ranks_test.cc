// Ranks by a judge that counts: what is told when a history loses something, and what a check
// finds.
#include <gmock/gmock.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "core/limits.h"
#include "dump.h"
#include "plant.h"
#include "store/database.h"
#include "store/keys.h"
#include "store/row_codec.h"
#include "store/verify.h"
#include "support.h"

namespace passaparola::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Timestamp kNow{1'795'996'800'000};
constexpr std::uint8_t kList = 1;

// Mentions count ten and answers one.
std::optional<Rank> judged(const AuthorHistory& history, Timestamp at) {
  if (history.mentions.empty()) return std::nullopt;
  const double value = 10.0 * static_cast<double>(history.mentions.size()) +
                       static_cast<double>(history.responses.size());
  return Rank{kList, value, at, {at.milliseconds + kMillisecondsPerDay}};
}

class RanksTest : public testing::Test {
 protected:
  void rank(Timestamp at = kNow) {
    const auto done =
        store->update_ranks("moka_nera", "basis", at, {},
                            [&](const AuthorHistory& history) { return judged(history, at); });
    ASSERT_TRUE(done) << done.error().message;
  }

  std::vector<Revision> revisions(std::uint64_t after = 0) {
    const auto page = store->revisions("moka_nera", after, 100);
    EXPECT_TRUE(page);
    return page ? page->revisions : std::vector<Revision>();
  }

  // Anna with two recommendations and an answer from Bruno, ranked.
  void begin() {
    TestPost answer = post("answer");
    answer.author = kBruno;
    answer.reply_author = kAnna;
    commit(*store, {post("a"), post("b"), answer});
    rank();
    EXPECT_THAT(revisions(), IsEmpty()) << "nothing was lost";
  }

  // Of Anna from `before` to `after`.
  void expect_told(Loss reason, double before, std::optional<double> after) {
    const auto told = revisions();
    ASSERT_EQ(told.size(), 1);
    EXPECT_EQ(told[0].reason, reason);
    EXPECT_EQ(told[0].judged_at, kNow);
    EXPECT_EQ(told[0].before, (RankPlace{kList, before}));
    ASSERT_EQ(told[0].after.has_value(), after.has_value());
    if (!after) return;
    EXPECT_EQ(told[0].after, (RankPlace{kList, *after}));
    EXPECT_EQ(told[0].author.id, kAnna);
  }

  std::vector<std::string> differences() {
    std::vector<std::string> found;
    const RankCheck check{"basis", kNow, judged};
    const auto verified = store->verify(
        [&](const Difference& difference) {
          found.push_back(std::string(difference.family) + ": " + difference.stored + ", " +
                          difference.recounted);
        },
        &check);
    EXPECT_TRUE(verified) << verified.error().message;
    if (verified) checked = verified->ranks;
    return found;
  }

  // Puts something wrong into the ranks of the store.
  template <typename Write>
  void plant(Write write) {
    plant_into(store, folder, [&](const Database& database, rocksdb::WriteBatch& batch) {
      write(batch, database.family(Family::ranks));
    });
  }

  static constexpr const char* kAnna = "did:plc:anna0001";
  static constexpr const char* kBruno = "did:plc:bruno001";
  static constexpr BrandNumber kBrand = 1;
  TemporaryFolder folder;
  std::unique_ptr<Store> store = open_store(folder.path());
  const KeyedHash anna = keyed_hash(store->hash_key(), "bluesky", kAnna);
  std::uint64_t checked = 0;
};

TEST_F(RanksTest, AreToldToHaveChangedByADelete) {
  begin();
  commit(*store, {event(PostOp::remove, "b")});
  EXPECT_THAT(revisions(), IsEmpty()) << "not judged yet";
  rank();
  expect_told(Loss::source_delete, 21, 11);
  rank();
  EXPECT_EQ(revisions().size(), 1) << "told once";
}

TEST_F(RanksTest, AreToldToHaveChangedByAnEdit) {
  begin();
  TestPost edit = event(PostOp::update, "b");
  edit.text = "Forse la Moka";
  edit.brands.clear();
  commit(*store, {edit});
  rank();
  expect_told(Loss::source_edit, 21, 11);
}

TEST_F(RanksTest, AreToldToHaveChangedByTheErasureOfWhoAnswered) {
  begin();
  ASSERT_TRUE(store->forget("bluesky", kBruno));
  rank();
  expect_told(Loss::erasure, 21, 20);
}

TEST_F(RanksTest, AreToldToHaveChangedByTheSourceThatDeletesWhoAnswered) {
  begin();
  commit(*store, {event(PostOp::delete_author, "", kBruno)});
  rank();
  expect_told(Loss::source_delete, 21, 20);
}

TEST_F(RanksTest, AreToldToHaveChangedByHidingWhoAnswered) {
  begin();
  commit(*store, {event(PostOp::hide_author, "", kBruno)});
  rank();
  expect_told(Loss::hidden, 21, 20);
}

TEST_F(RanksTest, AreToldByTheGreatestOfManyLosses) {
  begin();
  commit(*store, {event(PostOp::remove, "b")});
  ASSERT_TRUE(store->forget("bluesky", kBruno));
  commit(*store, {event(PostOp::hide_author, "", kBruno), post("c")});
  rank();
  const auto told = revisions();
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].reason, Loss::erasure);
  EXPECT_EQ(told[0].after, (RankPlace{kList, 20}));
}

TEST_F(RanksTest, AreNotToldToHaveChangedByWhatIsSaid) {
  begin();
  commit(*store, {post("c"), post("d")});
  rank();
  rank({kNow.milliseconds + 9 * kMillisecondsPerDay});
  EXPECT_THAT(revisions(), IsEmpty());
}

TEST_F(RanksTest, OfWhomNothingIsLeftAreToldWithoutAName) {
  begin();
  commit(*store, {event(PostOp::remove, "a"), event(PostOp::remove, "b")});
  rank();
  expect_told(Loss::source_delete, 21, std::nullopt);
  EXPECT_EQ(revisions()[0].author.id, "");
}

TEST_F(RanksTest, OfPeopleWhoAreHiddenAreNotShownMeanwhile) {
  begin();
  commit(*store, {event(PostOp::remove, "b")});
  rank();
  commit(*store, {event(PostOp::hide_author, "", kAnna)});
  EXPECT_THAT(revisions(), IsEmpty());
  commit(*store, {event(PostOp::show_author, "", kAnna)});
  EXPECT_EQ(revisions().size(), 1);
}

TEST_F(RanksTest, OfPeopleWhoAreErasedGoWithThem) {
  begin();
  commit(*store, {event(PostOp::remove, "b")});
  rank();
  commit(*store, {event(PostOp::remove, "a")});
  rank();
  EXPECT_EQ(revisions().size(), 2);
  ASSERT_TRUE(store->forget("bluesky", kAnna));  // known by the answer alone
  ASSERT_TRUE(store->forget("bluesky", kBruno));
  store.reset();
  EXPECT_EQ(dump(folder.path())[Family::ranks], "");
}

TEST_F(RanksTest, RevisionsAreReadPageByPageInOrder) {
  for (int i = 0; i < 10; ++i) {
    TestPost made = post("post" + std::to_string(i));
    made.author = "did:plc:author" + std::to_string(100 + i);
    commit(*store, {made});
  }
  rank();
  for (int i = 0; i < 10; ++i) {
    commit(*store, {event(PostOp::remove, "post" + std::to_string(i))});
    if (i % 3 == 0) rank();  // some together, some in the same millisecond
  }
  std::vector<std::uint64_t> numbers;
  for (RevisionPage page; numbers.empty() || page.more;) {
    const auto next = store->revisions("moka_nera", page.next_after, 3);
    ASSERT_TRUE(next);
    page = *next;
    for (const Revision& revision : page.revisions) numbers.push_back(revision.number);
  }
  EXPECT_EQ(numbers.size(), 10);
  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end(), std::less_equal<>()));
  store.reset();
  store = open_store(folder.path());
  EXPECT_EQ(revisions().size(), 10);
  EXPECT_THAT(revisions(numbers.back()), IsEmpty());
  EXPECT_THAT(revisions(UINT64_MAX), IsEmpty());
}

TEST_F(RanksTest, OldRevisionsGo) {
  begin();
  commit(*store, {event(PostOp::remove, "b")});
  rank();
  rank({kNow.milliseconds + kRevisionDays * kMillisecondsPerDay});
  EXPECT_EQ(revisions().size(), 1);
  rank({kNow.milliseconds + kRevisionDays * kMillisecondsPerDay + 1});
  EXPECT_THAT(revisions(), IsEmpty());
}

TEST_F(RanksTest, ARevisionIsReadAsItWasWritten) {
  Revision told;
  told.author.key = anna;
  told.reason = Loss::hidden;
  told.judged_at = kNow;
  told.before = RankPlace{3, 0.25};
  const std::string bytes = encode_revision(told);
  const auto read = decode_revision(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->author.key, anna);
  EXPECT_EQ(read->reason, Loss::hidden);
  EXPECT_EQ(read->judged_at, kNow);
  EXPECT_EQ(read->before, told.before);
  EXPECT_FALSE(read->after);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_revision(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_revision(bytes + '\0'));
}

TEST_F(RanksTest, ThatAreRightPassACheckAlsoWhileSomeWaitToBeJudged) {
  begin();
  EXPECT_THAT(differences(), IsEmpty());
  EXPECT_EQ(checked, 2);
  commit(*store, {event(PostOp::remove, "b"), post("c")});
  EXPECT_THAT(differences(), IsEmpty());
  rank({kNow.milliseconds - 1});
  EXPECT_THAT(differences(), IsEmpty());
}

TEST_F(RanksTest, AWrongValueIsFound) {
  begin();
  plant([&](rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* ranks) {
    const Rank wrong{kList, 22, kNow, {kNow.milliseconds + kMillisecondsPerDay}};
    batch.Delete(ranks, rank_place_key(kBrand, kList, 21, anna));
    batch.Put(ranks, rank_entry_key(kBrand, anna), encode_rank(wrong));
    batch.Put(ranks, rank_place_key(kBrand, kList, 22, anna), {});
  });
  EXPECT_THAT(differences(),
              ElementsAre(AllOf(HasSubstr("ranks: list 1, value 22,"), HasSubstr("value 21,"))));
}

TEST_F(RanksTest, PlacesAndTimesThatAreMissingOrTooManyAreFound) {
  begin();
  plant([&](rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* ranks) {
    batch.Delete(ranks, rank_place_key(kBrand, kList, 21, anna));
    batch.Put(ranks, rank_place_key(kBrand, kList, 20, anna), {});
    batch.Delete(ranks, rank_due_key(kBrand, {kNow.milliseconds + kMillisecondsPerDay}, anna));
    batch.Put(ranks, rank_due_key(kBrand, kNow, anna), {});
  });
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("nothing, a place on a list"),
                                         HasSubstr("nothing, a time to judge them again"),
                                         HasSubstr("a place on a list, list 1, value 21"),
                                         HasSubstr("a time to judge them again, list 1")));
}

TEST_F(RanksTest, SomebodyWhoIsOnNoListThoughTheyShouldIsFound) {
  begin();
  plant([&](rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* ranks) {
    batch.Delete(ranks, rank_entry_key(kBrand, anna));
    batch.Delete(ranks, rank_place_key(kBrand, kList, 21, anna));
    batch.Delete(ranks, rank_due_key(kBrand, {kNow.milliseconds + kMillisecondsPerDay}, anna));
  });
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("ranks: nothing, list 1, value 21")));
}

TEST_F(RanksTest, OfAnotherBasisAreNotChecked) {
  begin();
  const RankCheck other{"other", kNow,
                        [](const AuthorHistory&, Timestamp) { return std::optional<Rank>(); }};
  const auto verified = store->verify({}, &other);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->differences, 0);
  EXPECT_EQ(verified->ranks, 0);
}

}  // namespace
}  // namespace passaparola::store
