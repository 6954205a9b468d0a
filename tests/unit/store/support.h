// What the tests of the store share: a folder that goes away, and posts that own their text.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "store/store.h"

#include <unistd.h>

namespace passaparola::store {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() /
            ("passaparola_store_" + std::to_string(::getpid()) + "_" + std::to_string(++count));
    std::filesystem::remove_all(path_);
  }
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline StoreOptions small_options() {
  StoreOptions options;
  options.memory_bytes = 16 << 20;
  options.min_free_bytes = 1 << 20;
  return options;
}

inline std::unique_ptr<Store> open_store(const std::filesystem::path& path,
                                         const StoreOptions& options = small_options()) {
  auto store = Store::open(path, options);
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

// One post and what was found in it.
struct TestPost {
  PostOp op = PostOp::create;
  std::string source = "bluesky";
  std::string id;
  std::string author = "did:plc:anna0001";
  std::string handle = "anna.example";
  std::string text = "Adoro la Moka Nera, ve la consiglio!";
  std::string reply_author;
  std::int64_t created_at = 1'790'000'000'000;
  std::optional<int> nps;
  std::vector<std::string> brands{"moka_nera"};
  Label label = Label::positive;
  Act act = Act::recommend;
  bool paid = false;
  PostKind kind = PostKind::post;             // with somebody answered always a reply
  std::string reply_to, repost_of, quote_id;  // ids of posts
  std::string quote_text;
  std::uint64_t fingerprint = 0;
  ParentNeed needs = ParentNeed::none;  // of the act
  std::optional<std::int64_t> likes, followers;

  PostView view() const {
    PostView post;
    post.op = op;
    post.engagement.likes = likes;
    post.author.followers = followers;
    post.source = source;
    post.id = id;
    post.author.id = author;
    post.author.handle = handle;
    post.text = text;
    post.created_at = {created_at};
    post.nps = nps;
    post.kind = kind;
    post.repost_of = repost_of;
    post.quote_id = quote_id;
    post.quote_text = quote_text;
    post.reply_to_author_id = reply_author;
    post.reply_to_id = reply_to;
    if (!reply_author.empty()) {  // reply_id_ is set once: views point into it
      post.kind = PostKind::reply;
      if (reply_id_.empty()) reply_id_ = "at://" + reply_author + "/post/1";
      if (reply_to.empty()) post.reply_to_id = reply_id_;
    }
    return post;
  }

  // `of` receives the mentions; they point into this post.
  std::vector<Mention> mentions() const {
    std::vector<Mention> found;
    acts_ = {{act, true, 0.9, "ve la consiglio", Field::text, 20, 35, needs}};
    penalties_.clear();
    if (paid) penalties_ = {{Signal::code, 1.0, "codice", Field::text, 0, 6}};
    for (const std::string& brand : brands) {
      Mention& mention = found.emplace_back();
      mention.brand = brand;
      mention.sentiment.label = label;
      mention.sentiment.score = label == Label::positive ? 0.82 : -0.5;
      mention.sentiment.confidence = 0.9;
      mention.acts = acts_;
      mention.authenticity.penalties = penalties_;
      mention.authenticity.score = paid ? 0 : 1;
      mention.quality.depth = 0.4;
      mention.lang = "it";
      mention.matches = matches_;
      mention.fingerprint = fingerprint;
      mention.ruleset = "rules";
      mention.lexicon = "words";
      mention.post = view();
    }
    return found;
  }

 private:
  mutable std::string reply_id_;
  std::vector<Match> matches_{{"moka_nera.mention", "moka nera", Field::text, 0, 9, 18}};
  mutable std::vector<ActHit> acts_;
  mutable std::vector<Penalty> penalties_;
};

inline void prepare(const Store& store, const TestPost& post, PreparedBatch& batch) {
  const bool writes = post.op == PostOp::create || post.op == PostOp::update;
  const auto mentions = writes ? post.mentions() : std::vector<Mention>();
  Preparer(store.hash_key()).prepare(post.view(), mentions, batch);
}

inline CommitOutcome commit(Store& store, const std::vector<TestPost>& posts) {
  PreparedBatch batch;
  for (const TestPost& post : posts) prepare(store, post, batch);
  const PreparedBatch* const batches[] = {&batch};
  const auto outcome = store.commit(batches);
  if (!outcome) throw std::runtime_error(outcome.error().message);
  return outcome->front();
}

inline TestPost post(std::string id) {
  TestPost made;
  made.id = std::move(id);
  return made;
}

inline TestPost event(PostOp op, std::string id, std::string author = "did:plc:anna0001") {
  TestPost made;
  made.op = op;
  made.id = std::move(id);
  made.author = std::move(author);
  return made;
}

// The ids of the posts in the feed, in order, with the brand.
inline std::vector<std::string> feed_of(const Store& store, const std::string& brand = "") {
  FeedQuery query;
  query.limit = 1'000'000;
  query.brand = brand;
  const auto page = store.read_feed(query);
  if (!page) throw std::runtime_error(page.error().message);
  std::vector<std::string> ids;
  for (const StoredMention& mention : page->mentions) ids.emplace_back(mention->post.id);
  return ids;
}

// Whether any file below `folder` contains `text`.
inline bool files_contain(const std::filesystem::path& folder, const std::string& text) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    if (bytes.str().find(text) != std::string::npos) return true;
  }
  return false;
}

}  // namespace passaparola::store
