// Rules change a thousand times while posts stream in: every mention names the one set that judged
// it and says exactly what that set says, and no post is lost or doubled.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <map>
#include <thread>

#include "core/json.h"
#include "core/limits.h"
#include "pipeline/intake.h"
#include "pipeline/writer.h"

namespace passaparola::pipeline {
namespace {

constexpr std::size_t kReloads = 1'000;
constexpr std::size_t kPostsOfABody = 16;
constexpr std::size_t kBodiesUnderWay = 6;  // three for each worker: they never rest

// Set `number`: odd ones know a brand more, another phrase and another rule than even ones.
std::string rules_text(std::size_t number) {
  const std::string version = std::to_string(number + 1);
  std::string text = "# set " + version +
                     "\n"
                     "brand moka_nera \"Moka Nera\" {\n  terms \"moka nera\"";
  text += number % 2 == 0 ? "\n}\n" : ", caffettiera\n}\n";
  text += "rule moka_nera.broken @version(" + version + ") { $moka_nera ";
  text += number % 2 == 0 ? "rotta } tag quality\n" : "(rotta OR perde) } tag defect\n";
  if (number % 2 == 1) text += "brand lumafon \"Lumafon\" {\n  terms lumafon\n}\n";
  return text;
}

std::shared_ptr<const match::Ruleset> rules_of(std::size_t number) {
  const std::vector<match::RuleFile> files{{"test.rules", rules_text(number)}};
  auto rules = match::Ruleset::compile(files);
  EXPECT_TRUE(rules) << rules.error().message;
  return rules ? *rules : nullptr;
}

// Every third post names nobody; the others name moka_nera in any set, and more in some.
std::string post_line(std::string_view id, std::size_t number) {
  constexpr std::string_view texts[] = {"Adoro la moka nera, ve la consiglio!",
                                        "oggi piove e resto in casa",
                                        "la moka nera è rotta, che delusione",
                                        "la Moka Nera perde acqua, meglio il lumafon",
                                        "domani vado al mare",
                                        "moka nera o caffettiera? la moka nera"};
  std::string line;
  JsonWriter writer(line);
  PostView post;
  const std::string author = "author-" + std::to_string(number % 13);
  post.source = "test";
  post.id = id;
  post.author.id = author;
  post.text = texts[number % std::size(texts)];
  post.lang = "it";
  post.created_at.milliseconds = 1'700'000'000'000 + static_cast<std::int64_t>(number);
  write_post(writer, post);
  return line + "\n";
}

bool names_somebody(std::size_t number) { return number % 3 != 1; }

// The stream: keeps kBodiesUnderWay bodies in the intake until it is stopped.
class Stream {
 public:
  explicit Stream(Intake& intake) : intake_(intake), thread_([this] { run(); }) {}

  void stop() {
    stopping_ = true;
    thread_.join();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ == 0; });
  }

  std::size_t posts = 0;
  std::uint64_t accepted = 0;    // after stop()
  std::uint64_t duplicates = 0;  // after stop()
  std::size_t failures = 0;      // after stop()

 private:
  void run() {
    while (!stopping_) {
      std::string body;
      for (std::size_t i = 0; i < kPostsOfABody; ++i, ++posts) {
        body += post_line(fmt::format("s{}", posts), posts);
      }
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return under_way_ < kBodiesUnderWay; });
        ++under_way_;
      }
      intake_.push({ingest::Format::native, std::move(body), {}},
                   [this](Result<IntakeOutcome> outcome) {
                     const std::lock_guard lock(mutex_);
                     accepted += outcome ? outcome->accepted : 0;
                     duplicates += outcome ? outcome->duplicates : 0;
                     failures += outcome ? 0 : 1;
                     --under_way_;
                     changed_.notify_all();
                   });
    }
  }

  Intake& intake_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0;  // protected by mutex_
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

class ReloadUnderLoad : public ::testing::Test {
 protected:
  ReloadUnderLoad() {
    std::string pattern = ::testing::TempDir() + "reload-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    store::StoreOptions options;
    options.sync = false;  // nothing is read after a power cut here
    auto store = store::Store::open(folder_ / "store", options);
    EXPECT_TRUE(store) << store.error().message;
    store_ = std::move(*store);
    auto scorer = sentiment::Scorer::load(PASSAPAROLA_SOURCE_DIR "/rules/lexicons");
    EXPECT_TRUE(scorer) << scorer.error().message;
    scorer_ = *scorer;
  }
  ~ReloadUnderLoad() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  Judges judges(std::size_t number) {
    auto rules = rules_of(number);
    sets_.push_back(rules);
    number_of_.emplace(rules->hash(), number);
    return {rules, scorer_};
  }

  // One post, pushed when set `number` is in force, is judged by it.
  void probe(Intake& intake, std::size_t number) {
    auto outcome = std::make_shared<std::promise<Result<IntakeOutcome>>>();
    auto answer = outcome->get_future();
    intake.push({ingest::Format::native, post_line(fmt::format("probe{}", number), 0), {}},
                [outcome](Result<IntakeOutcome> taken) { outcome->set_value(std::move(taken)); });
    ASSERT_TRUE(answer.get());
  }

  void reload_under_load();
  void check_stored();
  void check_post(std::span<const store::StoredMention> mentions);
  std::string replayed(const PostView& post, std::size_t number, std::uint64_t first_seq);

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::shared_ptr<const sentiment::Scorer> scorer_;
  std::vector<std::shared_ptr<const match::Ruleset>> sets_;
  std::map<std::string, std::size_t, std::less<>> number_of_;  // by hash
  std::vector<std::uint64_t> after_;                           // what each replacement returned
  std::size_t streamed_ = 0;
};

void ReloadUnderLoad::reload_under_load() {
  Writer writer(*store_, {});
  Intake intake(judges(0), *store_, writer, 2);
  after_.push_back(0);
  Stream stream(intake);
  for (std::size_t number = 1; number <= kReloads; ++number) {
    after_.push_back(intake.replace_judges(judges(number)));
    probe(intake, number);
  }
  stream.stop();
  writer.drain();
  streamed_ = stream.posts;
  EXPECT_EQ(stream.accepted, stream.posts);
  EXPECT_EQ(stream.duplicates, 0U);
  EXPECT_EQ(stream.failures, 0U);
}

// What `number` says of a post, as it would be stored from `first_seq` on.
std::string ReloadUnderLoad::replayed(const PostView& post, std::size_t number,
                                      std::uint64_t first_seq) {
  const Judges by{sets_[number], scorer_};
  match::Matcher matcher(by.rules,
                         {[this](const PostView& p) { return scorer_->language(p); }, {}, {}});
  Arena arena;
  std::vector<match::PostMatch> found;
  matcher.find(std::span(&post, 1), arena, found);
  std::string text;
  for (const match::PostMatch& match : found) {
    Mention mention = make_mention(by, post, match, arena);
    mention.seq = first_seq++;
    JsonWriter writer(text);
    write_mention(writer, mention, store_->id());
    text += '\n';
  }
  return text;
}

// The mention without what the store knew of its copies: the stream repeats its few texts.
Mention as_judged(Mention mention, std::vector<Penalty>& penalties) {
  mention.copies = {};
  mention.authenticity.score = 1;
  penalties.clear();
  for (const Penalty& penalty : mention.authenticity.penalties) {
    if (penalty.signal == Signal::copy_cluster) continue;
    mention.authenticity.score *= 1 - penalty.penalty;
    penalties.push_back(penalty);
  }
  mention.authenticity.penalties = penalties;
  return mention;
}

// All mentions of one post.
void ReloadUnderLoad::check_post(std::span<const store::StoredMention> mentions) {
  const Mention& first = *mentions.front();
  const auto known = number_of_.find(first.ruleset);
  ASSERT_NE(known, number_of_.end()) << "mention " << first.seq << " names no set";
  const std::size_t number = known->second;
  std::string stored;
  std::vector<Penalty> penalties;
  for (const store::StoredMention& mention : mentions) {
    EXPECT_EQ(mention->ruleset, first.ruleset) << "two sets judged " << first.post.id;
    JsonWriter writer(stored);
    write_mention(writer, as_judged(*mention, penalties), store_->id());
    stored += '\n';
  }
  EXPECT_EQ(stored, replayed(first.post, number, first.seq));
  // Published after the replacement before it was answered, and gone when the next one was.
  if (number > 0) {
    EXPECT_GT(first.seq, after_[number - 1]);
  }
  if (number < kReloads) {
    EXPECT_LE(mentions.back()->seq, after_[number + 1]);
  }
  if (first.post.id.starts_with("probe")) {
    EXPECT_EQ(first.post.id, fmt::format("probe{}", number));
    EXPECT_GT(first.seq, after_[number]);
  }
}

void ReloadUnderLoad::check_stored() {
  std::size_t posts = 0;
  std::vector<store::StoredMention> of_post;
  store::FeedQuery query;
  query.limit = kMaxPageItems;
  const auto end_post = [&] {
    if (of_post.empty()) return;
    ++posts;
    check_post(of_post);
    of_post.clear();
  };
  while (!HasFatalFailure()) {
    auto page = store_->read_feed(query);
    ASSERT_TRUE(page) << page.error().message;
    if (page->mentions.empty()) break;
    for (store::StoredMention& mention : page->mentions) {
      // A post's mentions are stored together; it would come again if it were doubled.
      if (!of_post.empty() && of_post.front()->post.id != mention->post.id) end_post();
      of_post.push_back(std::move(mention));
    }
    query.after = page->next_after;
  }
  end_post();
  std::size_t expected = kReloads;  // the probes
  for (std::size_t i = 0; i < streamed_; ++i) expected += names_somebody(i) ? 1 : 0;
  EXPECT_EQ(posts, expected);
}

TEST_F(ReloadUnderLoad, EveryMentionIsWhatTheSetItNamesSays) {
  reload_under_load();
  ASSERT_EQ(number_of_.size(), kReloads + 1);
  EXPECT_TRUE(std::is_sorted(after_.begin(), after_.end()));
  check_stored();
  RecordProperty("posts", static_cast<int>(streamed_));
  std::printf("%zu posts streamed through %zu reloads\n", streamed_, kReloads);
}

}  // namespace
}  // namespace passaparola::pipeline
