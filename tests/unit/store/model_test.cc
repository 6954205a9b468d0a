// Random events against a model that is too plain to be wrong.
#include <algorithm>
#include <map>
#include <set>

#include "model.h"

namespace passaparola::store {
namespace {

constexpr int kCommits = 60;

void expect_feed(const Store& store, Model& model) {
  FeedQuery query;
  query.limit = 7;
  std::map<std::uint64_t, std::string> stored;
  while (query.after < store.last_seq()) {
    const auto page = store.read_feed(query);
    ASSERT_TRUE(page) << page.error().message;
    for (const StoredMention& mention : page->mentions) {
      encode_mention(*mention, stored[mention->seq]);
    }
    ASSERT_GT(page->next_after, query.after);
    query.after = page->next_after;
  }
  std::map<std::uint64_t, std::string> wanted;
  for (auto& [seq, entry] : model.feed) {
    if (!model.visible(entry)) continue;
    Mention mention = entry.mention();
    if (model.deleted.contains(entry.post.reply_author)) {
      mention.post.reply_to_author_id = {};
      if (entry.post.reply_to.empty()) mention.post.reply_to_id = {};  // it names the author
    }
    encode_mention(mention, wanted[seq]);
    const auto found = store.mention(Model::id_of(entry));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ((*found)->seq, seq);
  }
  EXPECT_EQ(stored, wanted);
}

AuthorAggregate aggregate_of(const std::vector<MentionFacts>& mentions) {
  AuthorAggregate sum;
  for (const MentionFacts& facts : mentions) {
    ++sum.mentions;
    sum.positive += facts.label == Label::positive;
    sum.negative += facts.label == Label::negative;
    sum.neutral += facts.label == Label::neutral;
    sum.commercial += facts.authenticity == 0 || facts.has(Signal::code);
    for (int i = 0; i < facts.act_count; ++i) ++sum.acts[static_cast<int>(facts.acts[i].act)];
  }
  if (!mentions.empty()) {
    sum.first_seen = mentions.front().created_at;
    sum.last_seen = mentions.back().created_at;
  }
  return sum;
}

void expect_equal(const AuthorAggregate& a, const AuthorAggregate& b) {
  EXPECT_EQ(a.mentions, b.mentions);
  EXPECT_EQ(a.positive, b.positive);
  EXPECT_EQ(a.negative, b.negative);
  EXPECT_EQ(a.neutral, b.neutral);
  EXPECT_EQ(a.commercial, b.commercial);
  EXPECT_EQ(a.acts, b.acts);
  EXPECT_EQ(a.first_seen, b.first_seen);
  EXPECT_EQ(a.last_seen, b.last_seen);
}

void expect_histories(const Store& store, Model& model) {
  for (const std::string& brand : kBrands) {
    std::set<std::string> visited, wanted_authors;
    const auto done = store.visit_authors(brand, {}, [&](AuthorHistory&& history) {
      visited.insert(history.author.id);
      return true;
    });
    ASSERT_TRUE(done) << done.error().message;
    for (int i = 0; i < kAuthors; ++i) {
      const std::string author = author_name(i);
      std::vector<MentionFacts> mentions;
      std::vector<std::pair<std::int64_t, std::uint64_t>> responses;
      for (auto& [seq, entry] : model.feed) {
        if (entry.brand != brand) continue;
        if (entry.post.author == author) {
          MentionFacts facts = facts_of(entry.mention());
          facts.seq = seq;
          mentions.push_back(facts);
        } else if (entry.post.reply_author == author && model.visible(entry)) {
          responses.emplace_back(entry.post.created_at, seq);
        }
      }
      std::sort(mentions.begin(), mentions.end(), [](const auto& a, const auto& b) {
        return std::tie(a.created_at, a.seq) < std::tie(b.created_at, b.seq);
      });
      std::sort(responses.begin(), responses.end());
      const auto history = store.history("bluesky", author, brand);
      if (mentions.empty() || model.hidden.contains(author)) {
        EXPECT_FALSE(history);
        continue;
      }
      wanted_authors.insert(author);
      ASSERT_TRUE(history) << history.error().message;
      const AuthorHistory& stored = history->front().second;
      EXPECT_EQ(stored.author.id, author);
      EXPECT_EQ(stored.author.handle, "handle" + std::to_string(i));
      expect_equal(stored.aggregate, aggregate_of(mentions));
      ASSERT_EQ(stored.mentions.size(), mentions.size());
      for (std::size_t m = 0; m < mentions.size(); ++m) {
        EXPECT_EQ(stored.mentions[m].seq, mentions[m].seq);
        EXPECT_EQ(stored.mentions[m].label, mentions[m].label);
        EXPECT_EQ(stored.mentions[m].polarity, mentions[m].polarity);
        EXPECT_EQ(stored.mentions[m].signals, mentions[m].signals);
        EXPECT_EQ(stored.mentions[m].authenticity, mentions[m].authenticity);
        EXPECT_EQ(stored.mentions[m].copies_by_author, mentions[m].copies_by_author);
        EXPECT_EQ(stored.mentions[m].act_count, mentions[m].act_count);
      }
      ASSERT_EQ(stored.responses.size(), responses.size());
      for (std::size_t r = 0; r < responses.size(); ++r) {
        EXPECT_EQ(stored.responses[r].seq, responses[r].second);
      }
    }
    EXPECT_EQ(visited, wanted_authors) << brand;
  }
}

void expect_buckets(const Store& store, const Model& model) {
  constexpr std::int64_t kSizes[] = {300'000, 3'600'000, 86'400'000};
  for (int size = 0; size < 3; ++size) {
    for (const std::string& brand : kBrands) {
      std::map<std::int64_t, std::array<std::uint64_t, 5>> wanted;
      for (const auto& [seq, entry] : model.feed) {
        if (entry.brand != brand) continue;
        std::int64_t begin = entry.post.created_at / kSizes[size] * kSizes[size];
        if (begin > entry.post.created_at) begin -= kSizes[size];
        auto& sums = wanted[begin];
        ++sums[0];
        sums[1] += entry.post.label == Label::mixed;
        sums[2] += std::any_of(entry.acts.begin(), entry.acts.end(),
                               [](const ActHit& act) { return act.act == Act::complain; });
        sums[3] += entry.post.nps && *entry.post.nps >= 9;
        sums[4] += entry.post.nps && *entry.post.nps <= 6;
      }
      const auto buckets =
          store.buckets(brand, static_cast<Store::BucketSize>(size), {INT64_MIN}, {INT64_MAX});
      ASSERT_TRUE(buckets) << buckets.error().message;
      std::map<std::int64_t, std::array<std::uint64_t, 5>> stored;
      for (const Bucket& bucket : *buckets) {
        stored[bucket.begin.milliseconds] = {bucket.mentions, bucket.mixed, bucket.complaints,
                                             bucket.promoters, bucket.detractors};
      }
      EXPECT_EQ(stored, wanted);
    }
  }
}

void run(unsigned seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::printf("seed %u\n", seed);
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  Model model;
  Random random(seed);
  for (int round = 0; round < kCommits; ++round) {
    PreparedBatch batches[2];
    std::vector<CommitOutcome> wanted;
    for (PreparedBatch& batch : batches) {
      model.outcome = {};
      for (int i = random.below(12); i > 0; --i) {
        const TestPost event = random.event();
        prepare(*store, event, batch);
        model.apply(event);
      }
      wanted.push_back(model.outcome);
    }
    const PreparedBatch* const both[] = {&batches[0], &batches[1]};
    const auto outcomes = store->commit(both);
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ((*outcomes)[i].mentions, wanted[i].mentions);
      EXPECT_EQ((*outcomes)[i].duplicates, wanted[i].duplicates);
      EXPECT_EQ((*outcomes)[i].updated, wanted[i].updated);
      EXPECT_EQ((*outcomes)[i].deleted, wanted[i].deleted);
    }
    EXPECT_EQ(store->last_seq(), model.next_seq - 1);
    if (round % 10 == 9) {
      store.reset();
      store = open_store(folder.path());
    }
    expect_feed(*store, model);
    expect_histories(*store, model);
    expect_buckets(*store, model);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(StoreModel, AgreesWithAPlainModelAfterEveryCommitAndReopening) {
  for (const unsigned seed : {1U, 2U, 3U, 4U, 5U}) run(seed);
}

TEST(StoreModel, AgreesForAFreshSeed) { run(std::random_device()()); }

}  // namespace
}  // namespace passaparola::store
