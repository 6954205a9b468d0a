// Commits of 1,000 mentions, one for each of a thousand posts: microseconds a mention on the writer
// thread, with and without sync. Everything is read back and compared before a time is printed.
//   store_bench [mentions=300000] [folder]
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "core/check.h"
#include "core/fingerprint.h"
#include "store/store.h"

namespace passaparola::store {
namespace {

constexpr std::size_t kMentionsPerCommit = 1000;
constexpr int kBrands = 100, kAuthors = 50'000;
constexpr int kReplyPercent = 64;  // of the posts answer somebody, as in Jetstream

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double thread_seconds() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

double process_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

// A text of words, different for each number, about as long as a post.
std::string text_of(std::uint64_t number) {
  std::mt19937_64 random(number);
  std::string text = "#" + std::to_string(number);
  while (text.size() < 146) {
    text += ' ';
    for (int i = static_cast<int>(random() % 8) + 2; i > 0; --i) {
      text += static_cast<char>('a' + random() % 26);
    }
  }
  return text;
}

void prepare_one(const Preparer& preparer, std::uint64_t number, PreparedBatch& batch) {
  std::mt19937_64 random(number);
  const std::string id = "at://did:plc:abcdefghij/app.bsky.feed.post/" + std::to_string(number);
  const std::string author = "did:plc:author" + std::to_string(random() % kAuthors);
  const std::string handle = author.substr(8) + ".example";
  const std::string brand = "brand_" + std::to_string(random() % kBrands);
  const std::string text = text_of(number), rule = brand + ".mention";
  const RuleHit rules[] = {{rule, 1, {}, {}}};
  const Match matches[] = {{rule, "moka nera", Field::text, 0, 10, 19}};
  const SentimentHit hits[] = {{"adoro", Field::text, 0, 5, 0.8, false}};
  const ActHit acts[] = {{Act::recommend, true, 0.9, "ve la consiglio", Field::text, 20, 35}};
  Mention mention;
  mention.brand = brand;
  mention.rules = rules;
  mention.matches = matches;
  mention.sentiment = {Label::positive, 0.8, 0.9, hits};
  mention.acts = acts;
  mention.lang = "it";
  mention.fingerprint = random() | kNearFingerprint;  // copies of nothing, and sought everywhere
  mention.ruleset = "0123456789abcdef0123456789abcdef";
  mention.lexicon = "fedcba9876543210fedcba9876543210";
  PostView& post = mention.post;
  post.source = "bluesky";
  post.id = id;
  post.author.id = author;
  post.author.handle = handle;
  post.author.followers = 312;
  const std::string answered = "did:plc:author" + std::to_string(random() % kAuthors);
  if (random() % 100 < kReplyPercent) post.reply_to_author_id = answered;
  post.text = text;
  post.lang = "it";
  post.created_at.milliseconds = 1'790'000'000'000 + static_cast<std::int64_t>(number) * 20;
  post.url = id;
  preparer.prepare(post, std::span(&mention, 1), batch);
}

void verify(const Store& store, std::size_t mentions) {
  FeedQuery query;
  std::size_t seen = 0;
  while (query.after < store.last_seq()) {
    const auto page = store.read_feed(query);
    CHECK(page.has_value(), "the feed can be read");
    for (const StoredMention& mention : page->mentions) {
      CHECK(mention->seq == ++seen && mention->post.text == text_of(seen - 1),
            "a mention reads as it was written");
    }
    query.after = page->next_after;
  }
  CHECK(seen == mentions, "every mention is there once");
  std::uint64_t counted = 0;
  for (const std::string& brand : store.brands()) {
    const auto visited = store.visit_authors(
        brand,
        [&](const AuthorAggregate& aggregate) {
          counted += aggregate.mentions;
          return false;
        },
        [](AuthorHistory&&) { return true; });
    CHECK(visited.has_value(), "the authors can be read");
  }
  CHECK(counted == mentions, "the counters add up");
}

// The first commit after opening reads back the window that copies are sought in.
void print_opening(const std::filesystem::path& folder, std::size_t mentions) {
  const auto open_begin = std::chrono::steady_clock::now();
  auto store = Store::open(folder, {});
  CHECK(store.has_value(), "the store opens again");
  const auto commit_begin = std::chrono::steady_clock::now();
  PreparedBatch batch;
  prepare_one(Preparer((*store)->hash_key()), mentions, batch);
  const PreparedBatch* const batches[] = {&batch};
  CHECK((*store)->commit(batches).has_value(), "the store can be written again");
  const auto end = std::chrono::steady_clock::now();
  const auto milliseconds = [](auto duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
  };
  std::printf("          opened again in %.1f ms, the first commit took %.1f ms\n",
              milliseconds(commit_begin - open_begin), milliseconds(end - commit_begin));
}

void run(const std::filesystem::path& folder, std::size_t mentions, bool sync) {
  std::filesystem::remove_all(folder);
  StoreOptions options;
  options.sync = sync;
  auto opened = Store::open(folder, options);
  CHECK(opened.has_value(), "the store opens");
  auto store = std::move(*opened);
  const Preparer preparer(store->hash_key());
  double wall = 0, writer = 0, preparing = 0;
  const double process_before = process_seconds();
  PreparedBatch batch;
  const PreparedBatch* const batches[] = {&batch};
  std::size_t bytes = 0;
  for (std::size_t done = 0; done < mentions; done += kMentionsPerCommit) {
    batch.clear();
    const double before_prepare = thread_seconds();
    for (std::size_t i = 0; i < kMentionsPerCommit; ++i) prepare_one(preparer, done + i, batch);
    bytes += batch.bytes();
    const double thread_before = thread_seconds();
    preparing += thread_before - before_prepare;
    const auto begin = std::chrono::steady_clock::now();
    const auto outcome = store->commit(batches);
    wall += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    writer += thread_seconds() - thread_before;
    CHECK(outcome && outcome->front().mentions == kMentionsPerCommit, "a commit stores everything");
  }
  const double process = process_seconds() - process_before;
  const auto read_begin = std::chrono::steady_clock::now();
  verify(*store, mentions);
  const double read =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - read_begin).count();
  const double each = 1e6 / static_cast<double>(mentions);
  std::printf(
      "sync %-3s  %8.0f mentions/s  wall %5.2f  writer CPU %5.2f  background CPU %5.2f us/mention"
      "  prepare %.2f us/mention  (%zu B a mention; read back %.2f us each)\n",
      sync ? "on" : "off", static_cast<double>(mentions) / wall, wall * each, writer * each,
      (process - preparing - writer) * each, preparing * each, bytes / mentions, read * each);
  store.reset();
  print_opening(folder, mentions);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace passaparola::store

int main(int count, char** arguments) {
  std::size_t mentions = 300'000;
  if (count > 1) mentions = std::stoul(arguments[1]);
  const std::filesystem::path folder =
      (count > 2 ? std::filesystem::path(arguments[2]) : std::filesystem::temp_directory_path()) /
      "passaparola_store_bench";
  for (const bool sync : {false, true}) passaparola::store::run(folder, mentions, sync);
}
