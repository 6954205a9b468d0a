// What people do with mentions goes on through edits and goes with the mention; records are kept by
// their keys.
#include <gmock/gmock.h>

#include "core/json.h"
#include "core/limits.h"
#include "store/desk_codec.h"
#include "store/verify.h"
#include "support.h"

namespace passaparola::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::string id_of(const std::string& post, const std::string& brand = "moka_nera") {
  return mention_id("bluesky", post, brand);
}

TriageChange becomes(TriageState state, const std::string& by = "anna") {
  TriageChange change;
  change.state = state;
  change.by = by;
  change.at = {1'790'000'001'000};
  return change;
}

class DeskTest : public testing::Test {
 protected:
  TriageOutcome triage(const std::string& post, const TriageChange& change) {
    const std::string id = id_of(post);
    const auto outcomes = store->triage({&id, 1}, change);
    EXPECT_TRUE(outcomes) << outcomes.error().message;
    return outcomes ? outcomes->front() : TriageOutcome();
  }
  std::optional<Triage> known(const std::string& post) const {
    const auto found = store->mention(id_of(post));
    if (!found || (*found)->triage == nullptr) return std::nullopt;
    return *(*found)->triage;
  }
  std::uint64_t differences() const {
    const auto verified = store->verify({});
    EXPECT_TRUE(verified);
    return verified ? verified->differences : 1;
  }
  std::uint64_t triaged() const { return store->verify({})->triaged; }
  void reopen() {
    store.reset();
    store = open_store(folder.path());
  }

  TemporaryFolder folder;
  std::unique_ptr<Store> store = open_store(folder.path());
};

TEST_F(DeskTest, StepsAreKeptForEveryReaderAndAfterReopening) {
  commit(*store, {post("a"), post("b")});
  EXPECT_EQ(known("b"), std::nullopt);
  TriageChange change = becomes(TriageState::open);
  change.assignee = "bruno";
  change.note = "risponde Bruno";
  EXPECT_TRUE(triage("b", change).is_changed);
  change = becomes(TriageState::done, "bruno");
  change.at.milliseconds += 1'000;
  const TriageOutcome done = triage("b", change);
  EXPECT_EQ(done.triage.version, 2U);
  EXPECT_EQ(done.triage.assignee(), "bruno") << "what is not said stays";
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(known("b"), done.triage);
    EXPECT_EQ(known("a"), std::nullopt);
    const auto page = store->read_feed({});
    ASSERT_EQ(page->mentions.size(), 2U);
    EXPECT_EQ(page->mentions[0]->triage, nullptr);
    EXPECT_EQ(*page->mentions[1]->triage, done.triage);
    FeedQuery query;
    query.where = [](const Mention& mention) { return mention.triage != nullptr; };
    EXPECT_EQ(store->read_feed(query)->mentions.size(), 1U) << "filters see it";
    reopen();
  }
  EXPECT_EQ(done.triage.state_since, change.at);
  EXPECT_EQ(differences(), 0U);
}

TEST_F(DeskTest, TheSameAgainIsNoStepAndAnotherVersionIsRefused) {
  commit(*store, {post("a")});
  EXPECT_TRUE(triage("a", becomes(TriageState::open)).is_changed);
  EXPECT_FALSE(triage("a", becomes(TriageState::open)).is_changed);
  TriageChange late = becomes(TriageState::dismissed);
  late.over = 0;
  const TriageOutcome refused = triage("a", late);
  EXPECT_TRUE(refused.is_stale);
  EXPECT_EQ(refused.triage.state(), TriageState::open) << "and tells how it is";
  EXPECT_EQ(known("a")->version, 1U);
  late.over = 1;
  EXPECT_TRUE(triage("a", late).is_changed);
  EXPECT_FALSE(triage("nothing", late).is_found);
}

TEST_F(DeskTest, ManyTogetherAreOneWriteEachWithItsOutcome) {
  commit(*store, {post("a"), post("b")});
  EXPECT_TRUE(triage("b", becomes(TriageState::done)).is_changed);
  const std::vector<std::string> ids{id_of("a"), id_of("b"), id_of("c"), "no id"};
  const auto outcomes = store->triage(ids, becomes(TriageState::done));
  ASSERT_TRUE(outcomes);
  ASSERT_EQ(outcomes->size(), 4U);
  EXPECT_TRUE((*outcomes)[0].is_changed);
  EXPECT_TRUE((*outcomes)[1].is_found && !(*outcomes)[1].is_changed);
  EXPECT_FALSE((*outcomes)[2].is_found);
  EXPECT_FALSE((*outcomes)[3].is_found);
}

TEST_F(DeskTest, OnlyTheNewestStepsAreKept) {
  commit(*store, {post("a")});
  for (std::size_t i = 0; i < kMaxTriageSteps + 5; ++i) {
    TriageChange change;
    change.note = std::to_string(i);
    triage("a", change);
  }
  EXPECT_EQ(known("a")->steps.size(), kMaxTriageSteps);
  EXPECT_EQ(known("a")->steps.front().note, "5");
  EXPECT_EQ(known("a")->version, kMaxTriageSteps + 5);
}

TEST_F(DeskTest, AnEditKeepsItAndADeleteDoesNot) {
  commit(*store, {post("a"), post("b"), post("c")});
  for (const char* name : {"a", "b", "c"}) triage(name, becomes(TriageState::waiting));
  TestPost edited = post("a");
  edited.op = PostOp::update;
  edited.text = "Adoro la Moka Nera, ma oggi no";
  TestPost silent = post("b");
  silent.op = PostOp::update;
  silent.text = "non ne parlo più";
  silent.brands.clear();
  TestPost gone = post("c");
  gone.op = PostOp::remove;
  commit(*store, {edited, silent, gone});
  EXPECT_EQ(known("a")->state(), TriageState::waiting);
  EXPECT_EQ(triaged(), 1U);
  EXPECT_EQ(differences(), 0U);
}

TEST_F(DeskTest, AnErasureLeavesNoNoteInAnyFile) {
  TestPost other = post("b");
  other.author = "did:plc:bea0002";
  commit(*store, {post("a"), other});
  TriageChange change = becomes(TriageState::open);
  change.note = "Anna vive in via Roma 7";
  triage("a", change);
  triage("b", becomes(TriageState::open));
  ASSERT_TRUE(store->forget("bluesky", post("a").author));
  EXPECT_EQ(triaged(), 1U);
  store.reset();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path());
    std::stringstream bytes;
    bytes << file.rdbuf();
    EXPECT_EQ(bytes.str().find("via Roma"), std::string::npos) << entry.path();
  }
}

TEST_F(DeskTest, RetentionTakesItWithThePost) {
  commit(*store, {post("a")});
  triage("a", becomes(TriageState::open));
  const Timestamp at = now();
  ASSERT_TRUE(store->retain({.days = 1}, at));
  ASSERT_TRUE(store->retain({.days = 1}, {at.milliseconds + 3 * 86'400'000LL}));
  EXPECT_EQ(triaged(), 0U);
  EXPECT_EQ(differences(), 0U);
}

TEST_F(DeskTest, RecordsAreReadInTheOrderOfTheirKeys) {
  using enum RecordKind;
  const auto all = [&](RecordKind kind, const std::string& after = {}) {
    std::vector<std::pair<std::string, std::string>> found;
    EXPECT_TRUE(store->visit_records(kind, after, [&](auto key, auto value) {
      found.emplace_back(key, value);
      return true;
    }));
    return found;
  };
  ASSERT_TRUE(store->put_record(view, "b", "2"));
  ASSERT_TRUE(store->put_record(view, "a", "1"));
  ASSERT_TRUE(store->put_record(alert, "a", "3"));
  ASSERT_TRUE(store->put_record(view, "b", "4"));
  reopen();
  EXPECT_THAT(all(view), ElementsAre(Pair("a", "1"), Pair("b", "4")));
  EXPECT_THAT(all(view, "a"), ElementsAre(Pair("b", "4")));
  EXPECT_THAT(all(alert), ElementsAre(Pair("a", "3")));
  EXPECT_THAT(all(undelivered), IsEmpty());
  EXPECT_EQ(**store->record(view, "b"), "4");
  const std::vector<std::string> keys{"b", "c"};
  ASSERT_TRUE(store->delete_records(view, keys));
  EXPECT_EQ(*store->record(view, "b"), std::nullopt);
  EXPECT_THAT(all(view), ElementsAre(Pair("a", "1")));
  const std::vector<Record> put{{"c", "5"}, {"d", "6"}};
  const std::vector<std::string> gone{"a", "d"};
  ASSERT_TRUE(store->change_records(view, put, gone));
  reopen();
  EXPECT_THAT(all(view), ElementsAre(Pair("c", "5"), Pair("d", "6"))) << "what is put stays";
  EXPECT_EQ(differences(), 0U);
}

TEST(TriageCodec, WhatIsDamagedIsRefused) {
  Triage triage;
  triage.version = 3;
  triage.state_since = {-5};
  triage.steps = {{{1}, "anna", TriageState::open, "", "né"},
                  {{2}, "", TriageState::done, "b", ""}};
  std::string bytes;
  encode_triage(triage, bytes);
  EXPECT_EQ(decode_triage(bytes), triage);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_EQ(decode_triage(bytes.substr(0, i)), std::nullopt) << i;
  }
  EXPECT_EQ(decode_triage(bytes + "x"), std::nullopt);
}

}  // namespace
}  // namespace passaparola::store
