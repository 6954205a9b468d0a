// Stored posts that are scored again: the store becomes what it would be if they had been scored so
// from the start, and what people said of mentions stays.
#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "dump.h"
#include "model.h"
#include "store/bytes.h"
#include "store/keys.h"
#include "store/verify.h"

namespace passaparola::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kAtOnce = 1'000'000;

// What a post comes to now.
using Again = std::function<TestPost(const std::string& id)>;

struct Pages {
  std::size_t mentions = kAtOnce;
  bool dry_run = false;
};

CommitOutcome rescore_page(Store& store, const FeedPage& page, const Again& again, bool dry_run) {
  PreparedBatch batch;
  const Preparer preparer(store.hash_key());
  for (const StoredMention& stored : page.mentions) {
    const TestPost post = again(std::string(stored->post.id));
    std::vector<Mention> mentions = post.mentions();
    for (Mention& mention : mentions) mention.post = stored->post;
    preparer.prepare_again(stored->post, stored->seq, mentions, batch);
  }
  const auto outcome = store.rescore(batch, dry_run);
  if (!outcome) throw std::runtime_error(outcome.error().message);
  return *outcome;
}

// The feed as it was at the start, page by page; calls `after_page`, which may open the store anew.
CommitOutcome rescore(
    std::unique_ptr<Store>& store, const Again& again, const Pages& pages = {},
    const std::function<void()>& after_page = [] {}) {
  CommitOutcome sum;
  FeedQuery query;
  query.limit = pages.mentions;
  for (const std::uint64_t last = store->last_seq(); query.after < last;) {
    const auto page = store->read_feed(query);
    if (!page) throw std::runtime_error(page.error().message);
    sum += rescore_page(*store, *page, again, pages.dry_run);
    query.after = page->next_after;
    after_page();
  }
  return sum;
}

std::vector<std::string> differences(const Store& store) {
  std::vector<std::string> found;
  const auto verified = store.verify([&](const Difference& difference) {
    found.push_back(std::string(difference.family) + ": " + difference.key + ": " +
                    difference.stored + ", " + difference.recounted);
  });
  if (!verified) throw std::runtime_error(verified.error().message);
  return found;
}

// The whole store, against one that was made so.
class RescoreEqualsIngest : public testing::TestWithParam<unsigned> {
 protected:
  // Brands get their numbers in the same order everywhere.
  RescoreEqualsIngest() {
    TestPost first = post("first");
    first.brands = kBrands;
    commit(*open_store(empty.path()), {first});
    again["first"] = first;
  }

  std::unique_ptr<Store> copy_of_empty(const TemporaryFolder& folder) const {
    std::filesystem::copy(empty.path(), folder.path(), std::filesystem::copy_options::recursive);
    return open_store(folder.path(), unsynced());
  }
  static StoreOptions unsynced() {
    StoreOptions options = small_options();
    options.sync = false;
    return options;
  }

  // Creates, each of another post.
  std::vector<TestPost> random_posts(std::size_t count) {
    std::vector<TestPost> posts;
    for (std::set<std::string> ids; posts.size() < count;) {
      TestPost made = random.event();
      made.op = PostOp::create;
      if (!made.brands.empty() && ids.insert(made.id).second) posts.push_back(made);
    }
    return posts;
  }
  TestPost scored_otherwise(const TestPost& post) {
    const TestPost other = random.event();
    TestPost made = post;
    made.label = other.label;
    made.act = other.act;
    made.needs = other.needs;
    made.paid = other.paid;
    return made;
  }

  Again lookup() {
    return [this](const std::string& id) { return again.at(id); };
  }

  std::map<Family, std::string> rescored(const std::vector<TestPost>& before, const Pages& pages,
                                         bool reopens) {
    const TemporaryFolder folder;
    auto store = copy_of_empty(folder);
    commit(*store, before);
    rescore(store, lookup(), pages, [&] {
      if (reopens) store = (store.reset(), open_store(folder.path(), unsynced()));
    });
    EXPECT_THAT(differences(*store), IsEmpty());
    const CommitOutcome unchanged = rescore(store, lookup(), pages);
    EXPECT_EQ(unchanged.rescored + unchanged.deleted + unchanged.mentions, 0U);
    store.reset();
    return dump(folder.path());
  }
  std::map<Family, std::string> ingested(const std::vector<TestPost>& posts) const {
    const TemporaryFolder folder;
    auto store = copy_of_empty(folder);
    commit(*store, posts);
    store.reset();
    return dump(folder.path());
  }

  Random random{GetParam()};
  TemporaryFolder empty;
  std::map<std::string, TestPost> again;
};

TEST_P(RescoreEqualsIngest, ByteForByteWhenTheBrandsAreTheSame) {
  const std::vector<TestPost> before = random_posts(36);
  std::vector<TestPost> now;
  for (const TestPost& post : before) {
    now.push_back(random.below(4) == 0 ? post : scored_otherwise(post));
    again[post.id] = now.back();
  }
  const auto wanted = ingested(now);
  for (const std::size_t page : {std::size_t{1}, std::size_t{7}, kAtOnce}) {
    EXPECT_TRUE(rescored(before, {.mentions = page}, false) == wanted) << page;
  }
  EXPECT_TRUE(rescored(before, {.mentions = 3}, true) == wanted);
}

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// A dump in which mentions are called by their ids in place of their seqs, and without posts that
// mention nobody, the counters of the store and the places of the mentions.
std::map<Family, std::string> without_seqs(std::map<Family, std::string> all) {
  std::map<std::string, std::string> ids;  // by seq, as hexadecimal digits
  const auto each = [](const std::string& lines, const auto& take) {
    for (std::size_t begin = 0, end = 0; begin < lines.size(); begin = end + 1) {
      end = lines.find('\n', begin);
      const std::string line = lines.substr(begin, end - begin);
      const std::size_t middle = line.find(" = ");
      take(from_hex(line.substr(0, middle)), from_hex(line.substr(middle + 3)));
    }
  };
  each(all[Family::mention_ids], [&](const std::string& id, const std::string& value) {
    ByteReader in(value);
    ids[to_hex(view(feed_key(in.varint())))] = to_hex(id);
  });
  const auto named = [&](const std::string& key) {
    const std::size_t seq = key.size() - sizeof(FeedKey);
    return to_hex(key.substr(0, seq)) + ids.at(to_hex(key.substr(seq)));
  };
  for (const Family family : {Family::feed, Family::mentions, Family::responses, Family::threads}) {
    std::set<std::string> lines;
    each(all[family], [&](const std::string& key, const std::string& value) {
      lines.insert((key.size() == sizeof(AuthorKey) ? to_hex(key) : named(key)) + " = " +
                   to_hex(value) + '\n');
    });
    all[family].clear();
    for (const std::string& line : lines) all[family] += line;
  }
  std::string posts;
  each(all[Family::posts], [&](const std::string& key, const std::string& value) {
    auto post = decode_post(value);
    if (post->mentions.empty()) return;
    std::set<std::string> mentions;
    for (const PostMention& one : post->mentions) {
      mentions.insert(ids.at(to_hex(view(feed_key(one.seq)))));
    }
    post->mentions.clear();
    std::string rest;
    encode_post(*post, rest);
    posts += to_hex(key) + " = " + to_hex(rest);
    for (const std::string& id : mentions) posts += ' ' + id;
    posts += '\n';
  });
  all[Family::posts] = posts;
  all.erase(Family::meta);
  all.erase(Family::mention_ids);
  return all;
}

TEST_P(RescoreEqualsIngest, ApartFromSeqsWhenBrandsComeAndGo) {
  std::vector<TestPost> before = random_posts(36), now;
  for (TestPost& post : before) {
    post.fingerprint = 0;  // a new mention asks for the copies of today
    post.repost_of.clear();
    TestPost made = scored_otherwise(post);
    const std::string kept = made.brands.front();
    made.brands.clear();
    for (const std::string& brand : kBrands) {
      if (brand == kept || random.below(2) == 0) made.brands.push_back(brand);
    }
    if (random.below(5) == 0) made.brands.clear();
    now.push_back(made);
    again[post.id] = made;
  }
  const auto wanted = without_seqs(ingested(now));
  for (const std::size_t page : {std::size_t{1}, std::size_t{7}, kAtOnce}) {
    const auto found = without_seqs(rescored(before, {.mentions = page}, page == 7));
    for (const auto& [family, lines] : wanted) {
      EXPECT_EQ(found.at(family), lines) << static_cast<int>(family) << ' ' << page;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RescoreEqualsIngest, testing::Range(1U, 7U));

class RescoreTest : public testing::Test {
 protected:
  CommitOutcome rescore_to(const TestPost& now, const Pages& pages = {}) {
    return rescore(
        store, [&](const std::string& id) { return id == now.id ? now : post(id); }, pages);
  }
  StoredMention mention(const std::string& id, const std::string& brand = "moka_nera") const {
    auto found = store->mention(mention_id("bluesky", id, brand));
    if (!found) throw std::runtime_error(found.error().message);
    return std::move(*found);
  }
  static TestPost angry(const std::string& id) {
    TestPost made = post(id);
    made.label = Label::negative;
    made.act = Act::complain;
    return made;
  }
  static TestPost of_brands(const std::string& id, const std::vector<std::string>& brands) {
    TestPost made = post(id);
    made.brands = brands;
    return made;
  }
  void reopen() { store = (store.reset(), open_store(folder.path())); }

  TemporaryFolder folder;
  std::unique_ptr<Store> store = open_store(folder.path());
};

TEST_F(RescoreTest, ReplacesInPlaceAndCountsAnew) {
  commit(*store, {post("a"), post("b"), post("c")});
  const CommitOutcome outcome = rescore_to(angry("b"));
  EXPECT_EQ(outcome.looked_at, 3U);
  EXPECT_EQ(outcome.rescored, 1U);
  EXPECT_EQ(outcome.mentions + outcome.deleted, 0U);
  EXPECT_THAT(feed_of(*store), ElementsAre("a", "b", "c"));
  EXPECT_EQ(mention("b")->seq, 2U);
  EXPECT_EQ(mention("b")->sentiment.label, Label::negative);
  const auto history = store->history("bluesky", "did:plc:anna0001", "moka_nera");
  ASSERT_TRUE(history);
  const AuthorAggregate& aggregate = history->front().second.aggregate;
  EXPECT_EQ(aggregate.mentions, 3U);
  EXPECT_EQ(aggregate.negative, 1U);
  EXPECT_EQ(aggregate.acts[static_cast<std::size_t>(Act::complain)], 1U);
  EXPECT_EQ(aggregate.acts[static_cast<std::size_t>(Act::recommend)], 2U);
  EXPECT_THAT(differences(*store), IsEmpty());
}

TEST_F(RescoreTest, ABrandGoesAndThePostStaysKnown) {
  commit(*store, {post("a"), post("b")});
  EXPECT_EQ(rescore_to(of_brands("a", {})).deleted, 1U);
  EXPECT_THAT(feed_of(*store), ElementsAre("b"));
  EXPECT_EQ(commit(*store, {post("a")}).duplicates, 1U);
  EXPECT_THAT(feed_of(*store), ElementsAre("b"));
  EXPECT_THAT(differences(*store), IsEmpty());
}

TEST_F(RescoreTest, ANewBrandIsAddedAtTheEnd) {
  commit(*store, {post("a"), post("b")});
  const TestPost more = of_brands("a", {"moka_nera", "caffe_uno"});
  EXPECT_EQ(rescore_to(more).mentions, 1U);
  EXPECT_THAT(feed_of(*store), ElementsAre("a", "b", "a"));
  EXPECT_EQ(mention("a", "caffe_uno")->seq, 3U);
  EXPECT_EQ(commit(*store, {more}).duplicates, 1U);
  const CommitOutcome again = rescore_to(more, {.mentions = 1});
  EXPECT_EQ(again.looked_at, 2U) << "a post is compared once, though the feed has it twice";
  EXPECT_EQ(again.rescored + again.mentions + again.deleted, 0U);
  EXPECT_EQ(commit(*store, {event(PostOp::remove, "a")}).deleted, 2U);
  EXPECT_THAT(differences(*store), IsEmpty());
}

TEST_F(RescoreTest, AnOldPostDoesNotRenameItsAuthor) {
  TestPost renamed = of_brands("young", {"caffe_uno"});
  renamed.handle = "anna.married";
  renamed.created_at += 1'000;
  commit(*store, {post("old"), renamed});
  rescore(store, [&](const std::string& id) {
    return id == "old" ? of_brands("old", {"moka_nera", "caffe_uno"}) : renamed;
  });
  const auto history = store->history("bluesky", "did:plc:anna0001", "caffe_uno");
  ASSERT_TRUE(history);
  EXPECT_EQ(history->front().second.author.handle, "anna.married");
  EXPECT_EQ(history->front().second.aggregate.mentions, 2U);
}

TEST_F(RescoreTest, ADryRunCountsTheSameAndWritesNothing) {
  commit(*store, {post("a"), post("b"), post("c")});
  const auto again = [](const std::string& id) {
    return id == "a"   ? angry(id)
           : id == "b" ? of_brands(id, {})
                       : of_brands(id, {"té", "moka_nera"});
  };
  reopen();
  const CommitOutcome planned = rescore(store, again, {.dry_run = true});
  store.reset();
  const auto before = dump(folder.path());
  reopen();
  rescore(store, again, {.dry_run = true});
  store.reset();
  EXPECT_TRUE(dump(folder.path()) == before);
  reopen();
  const CommitOutcome done = rescore(store, again);
  EXPECT_EQ(planned.rescored, done.rescored);
  EXPECT_EQ(planned.deleted, done.deleted);
  EXPECT_EQ(planned.mentions, done.mentions);
  EXPECT_EQ(done.rescored + done.deleted + done.mentions, 3U);
}

TEST_F(RescoreTest, CorrectionsStayBesideWhatTheProgramSaysNow) {
  commit(*store, {post("a")});
  Correction said;
  said.label = Label::negative;
  said.by = "local";
  ASSERT_TRUE(store->correct(mention_id("bluesky", "a", "moka_nera"), said));
  rescore_to(angry("a"));
  ASSERT_NE(mention("a")->correction, nullptr);
  EXPECT_EQ(*mention("a")->correction, said);
  std::vector<Label> program;
  ASSERT_TRUE(store->visit_corrections("moka_nera", [&](const CorrectedMention& corrected) {
    program.push_back(corrected.label);
    return true;
  }));
  EXPECT_THAT(program, ElementsAre(Label::negative));
  EXPECT_THAT(differences(*store), IsEmpty());
  rescore_to(of_brands("a", {}));
  EXPECT_THAT(differences(*store), IsEmpty()) << "it goes with its mention";
}

TEST_F(RescoreTest, HiddenPeopleAndPostsWithoutTextStay) {
  constexpr Timestamp kDay{1'795'996'800'000};
  const Retention policy{.days = 1, .days_by_source = {}};
  ASSERT_TRUE(store->retain(policy, kDay));
  commit(*store, {post("old")});
  ASSERT_TRUE(store->retain(policy, {kDay.milliseconds + kMillisecondsPerDay}));
  TestPost hidden = post("hidden");
  hidden.author = "did:plc:hidden";
  commit(*store, {hidden, event(PostOp::hide_author, "", hidden.author), post("young")});
  ASSERT_TRUE(store->retain(policy, {kDay.milliseconds + 2 * kMillisecondsPerDay}));
  const auto again = [](const std::string& id) { return angry(id); };
  EXPECT_EQ(rescore(store, again).rescored, 1U);
  commit(*store, {event(PostOp::show_author, "", hidden.author)});
  EXPECT_EQ(mention("hidden")->sentiment.label, Label::positive);
  const auto history = store->history("bluesky", "did:plc:anna0001", "moka_nera");
  ASSERT_TRUE(history);
  EXPECT_EQ(history->front().second.aggregate.negative, 1U);
  EXPECT_EQ(history->front().second.aggregate.positive, 1U);
  EXPECT_THAT(differences(*store), IsEmpty());
}

// The answer to `parent`, which defends.
TestPost defence(const std::string& id, const std::string& parent) {
  TestPost made = post(id);
  made.author = "did:plc:bruno";
  made.reply_to = parent;
  made.reply_author = "did:plc:anna0001";
  made.act = Act::defend;
  made.needs = ParentNeed::criticism;
  return made;
}

TEST_F(RescoreTest, AnActIsSettledByItsParentAsThatIsNow) {
  commit(*store, {post("parent"), defence("answer", "parent")});
  EXPECT_THAT(mention("answer")->acts, IsEmpty()) << "nothing was criticised";
  rescore(store, [](const std::string& id) {
    return id == "parent" ? angry(id) : defence("answer", "parent");
  });
  ASSERT_EQ(mention("answer")->acts.size(), 1U);
  EXPECT_TRUE(mention("answer")->acts[0].parent_fits);
}

TEST_F(RescoreTest, AnActKeepsItsAnswerWhenTheParentIsGone) {
  commit(*store, {angry("parent"), defence("answer", "parent")});
  commit(*store, {event(PostOp::remove, "parent")});
  TestPost now = defence("answer", "parent");
  now.label = Label::neutral;
  EXPECT_EQ(rescore_to(now).rescored, 1U);
  ASSERT_EQ(mention("answer")->acts.size(), 1U);
  EXPECT_TRUE(mention("answer")->acts[0].parent_fits);
  EXPECT_THAT(differences(*store), IsEmpty());
}

TEST_F(RescoreTest, CopiesStayAsTheyWereFound) {
  const auto copy = [](const std::string& id, Label label) {
    TestPost made = post(id);
    made.fingerprint = 0xC0DE'0123'4567'89AB;
    made.label = label;
    return made;
  };
  for (const char* id : {"a", "b", "c"}) commit(*store, {copy(id, Label::positive)});
  EXPECT_EQ(mention("c")->authenticity.score, 0.2);
  commit(*store, {event(PostOp::remove, "a")});
  EXPECT_EQ(rescore(store, [&](const std::string& id) { return copy(id, Label::mixed); }).rescored,
            2U);
  EXPECT_EQ(mention("c")->authenticity.score, 0.2);
  EXPECT_EQ(mention("c")->copies.by_author, 2U);
  commit(*store, {copy("d", Label::positive)});
  EXPECT_EQ(mention("d")->copies.by_author, 2U);
}

TEST_F(RescoreTest, WhatWasErasedDoesNotComeBack) {
  TestPost quoted = post("quoted");
  quoted.author = "did:plc:erased";
  TestPost quote = post("quote");
  quote.kind = PostKind::quote;
  quote.quote_id = "quoted";
  quote.quote_text = "words of the erased";
  TestPost answer = defence("answer", "quoted");
  answer.reply_author = quoted.author;
  commit(*store, {quoted, quote, answer});
  ASSERT_TRUE(store->forget("bluesky", quoted.author));
  rescore(store, [&](const std::string& id) {
    TestPost now = id == "quote" ? quote : answer;
    now.label = Label::mixed;
    now.brands = {"moka_nera", "caffe_uno"};
    return now;
  });
  EXPECT_EQ(mention("quote")->sentiment.label, Label::mixed);
  for (const char* brand : {"moka_nera", "caffe_uno"}) {
    EXPECT_TRUE(mention("quote", brand)->post.quote_text.empty());
    EXPECT_TRUE(mention("answer", brand)->post.reply_to_author_id.empty());
  }
  EXPECT_THAT(differences(*store), IsEmpty());
}

TEST_F(RescoreTest, PeopleOfARankingAreMarkedOnlyWhenTheirHistoryChanges) {
  TestPost other = post("b");
  other.author = "did:plc:bruno";
  commit(*store, {post("a"), other});
  std::vector<std::string> judged;
  const auto update = [&] {
    judged.clear();
    EXPECT_TRUE(store->update_ranks(
        "moka_nera", "basis", {1'790'000'100'000}, [](const AuthorAggregate&) { return true; },
        [&](const AuthorHistory& history) {
          judged.push_back(history.author.id);
          return std::optional<Rank>();
        }));
  };
  update();
  EXPECT_EQ(judged.size(), 2U);
  rescore(store, [&](const std::string& id) { return id == "a" ? angry("a") : other; });
  update();
  EXPECT_THAT(judged, ElementsAre("did:plc:anna0001"));
  const StoredMention stored = mention("b");
  std::vector<Mention> mentions = other.mentions();
  mentions[0].ruleset = "rules that find the same";
  PreparedBatch batch;
  Preparer(store->hash_key()).prepare_again(stored->post, stored->seq, mentions, batch);
  const auto outcome = store->rescore(batch, false);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(mention("b")->ruleset, "rules that find the same");
  update();
  EXPECT_THAT(judged, IsEmpty());
}

}  // namespace
}  // namespace passaparola::store
