// A model of the store that is too plain to be wrong: a list of the mentions that should be there,
// from which everything is worked out anew; and random events for both.
#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/facts.h"
#include "support.h"

namespace passaparola::store {

inline constexpr int kAuthors = 6, kPosts = 40;
inline const std::vector<std::string> kBrands{"moka_nera", "caffe_uno", "té"};

inline std::string author_name(int i) { return "did:plc:author" + std::to_string(1000 + i); }

// What a mention should be once it is stored: as it was prepared, but for what the past made of it.
struct Entry {
  TestPost post;
  std::string brand;
  std::vector<ActHit> acts;
  std::string duplicate_of, evidence;  // evidence: of its being one of many copies
  std::uint32_t copies = 0, by_author = 0;
  std::vector<Penalty> penalties;

  // Points into the entry.
  Mention mention() {
    for (Mention& made : post.mentions()) {
      if (made.brand != brand) continue;
      made.brand = brand;
      made.acts = acts;
      made.copies = {duplicate_of, copies, by_author};
      penalties.assign(made.authenticity.penalties.begin(), made.authenticity.penalties.end());
      if (!evidence.empty()) {
        penalties.push_back({Signal::copy_cluster, 0.8, evidence, Field::text, 0, 0});
        if (!post.paid) made.authenticity.score = 0.2;
      }
      made.authenticity.penalties = penalties;
      return made;
    }
    return {};
  }
};

struct Model {
  std::map<std::uint64_t, Entry> feed;  // hidden ones too
  std::map<std::string, TestPost> posts;
  std::set<std::string> tombstones, deleted, hidden;
  std::set<std::string> erased;  // posts of deleted authors, and posts that repeated those
  std::uint64_t next_seq = 1;
  CommitOutcome outcome;

  static bool same_content(TestPost a, TestPost b) {
    return a.text == b.text && a.author == b.author && a.created_at == b.created_at &&
           a.reply_author == b.reply_author && a.nps == b.nps && a.kind == b.kind &&
           a.reply_to == b.reply_to && a.repost_of == b.repost_of && a.quote_id == b.quote_id;
  }
  bool is_there(const std::string& id) const {
    const auto post = posts.find(id);
    return post != posts.end() && !hidden.contains(post->second.author);
  }
  Entry* mention_of(const std::string& id, const std::string& brand) {
    for (auto& [seq, entry] : feed) {
      if (entry.post.id == id && entry.brand == brand) return &entry;
    }
    return nullptr;
  }
  static bool criticises(Entry& parent) {
    if (parent.post.label == Label::negative) return true;
    if (parent.post.label != Label::positive && parent.post.label != Label::abstain) return true;
    return std::any_of(parent.acts.begin(), parent.acts.end(), [](const ActHit& act) {
      return act.act == Act::complain || act.act == Act::churn || act.act == Act::anti_recommend;
    });
  }
  bool seeks(const std::string& id) {
    for (auto& [seq, entry] : feed) {
      if (entry.post.id != id) continue;
      for (const ActHit& act : entry.acts) {
        if (act.act == Act::seek) return true;
      }
    }
    return false;
  }
  // By the rules of FEATURES D.2 and D.7; a test post has one act, sure by 0.9.
  void settle_acts(Entry& entry) {
    const TestPost& post = entry.post;
    entry.acts = {{post.act, true, 0.9, "ve la consiglio", Field::text, 20, 35, post.needs}};
    if (post.reply_to.empty() || post.reply_to == post.id || !is_there(post.reply_to)) return;
    const bool own = posts[post.reply_to].author == post.author;
    const bool sought = seeks(post.reply_to);
    Entry* const parent = mention_of(post.reply_to, entry.brand);
    bool known = own || parent != nullptr, fits = false;
    if (post.needs == ParentNeed::criticism) {
      fits = !own && parent != nullptr && criticises(*parent);
    } else if (post.needs == ParentNeed::question) {
      known = known || sought;
      fits = !own &&
             (sought || (parent != nullptr && (parent->post.text.find('?') != std::string::npos ||
                                               (post.act == Act::help && criticises(*parent)))));
    } else {
      known = false;
    }
    ActHit& act = entry.acts[0];
    if (known && fits) {
      act.confidence = 0.95;
      act.parent_fits = true;
    }
    if (known && !fits) entry.acts.clear();
    const bool contrary = post.act == Act::anti_recommend || post.act == Act::complain ||
                          post.act == Act::churn || post.act == Act::seek;
    if (!sought || own || post.reply_author == post.author || post.label != Label::positive ||
        (contrary && !entry.acts.empty())) {
      return;
    }
    if (post.act == Act::recommend && !entry.acts.empty()) {
      entry.acts[0].confidence = 0.95;
      entry.acts[0].needs = ParentNeed::question;
      entry.acts[0].parent_fits = true;
      return;
    }
    entry.acts.push_back(
        {Act::recommend, true, 0.8, "Moka Nera", Field::text, 9, 18, ParentNeed::question, true});
  }
  static bool own_words(const TestPost& post) {
    const PostKind kind = post.view().kind;
    return post.repost_of.empty() && kind != PostKind::repost && kind != PostKind::answer;
  }
  static bool same_text(std::uint64_t a, std::uint64_t b) {
    if (a == 0 || b == 0) return false;
    if (a >> 63 == 0 || b >> 63 == 0) return a == b;
    int differing = 0;
    for (int bit = 0; bit < 64; ++bit) differing += (a >> bit & 1) != (b >> bit & 1);
    return differing <= 7;
  }
  // Every mention that is there is in the window.
  void settle_copies(Entry& entry) {
    constexpr std::int64_t kDay = 86'400'000;
    const TestPost& post = entry.post;
    std::set<std::string> before, behind;
    Entry* const original = post.repost_of != post.id && is_there(post.repost_of)
                                ? mention_of(post.repost_of, entry.brand)
                                : nullptr;
    bool met = false;
    for (auto& [seq, other] : feed) {
      const std::int64_t apart = post.created_at - other.post.created_at;
      if (other.brand != entry.brand || std::abs(apart) > 90 * kDay ||
          !same_text(other.post.fingerprint, post.fingerprint)) {
        continue;
      }
      met |= &other == original;
      if (entry.copies++ == 0) entry.duplicate_of = id_of(other);
      if (!own_words(other.post) || !own_words(post)) continue;
      if (other.post.author == post.author) ++entry.by_author;
      if (other.post.author == post.author || post.fingerprint >> 63 == 0) continue;
      if (apart >= 0 && apart < kDay) before.insert(other.post.author);
      if (apart <= 0 && apart > -kDay) behind.insert(other.post.author);
    }
    if (original != nullptr) {
      entry.duplicate_of = id_of(*original);
      if (!met) ++entry.copies;
    }
    if (before.size() >= 4 || behind.size() >= 4) {
      entry.evidence = "the same text by 5 authors in a day";
    } else if (entry.by_author >= 2) {
      entry.evidence =
          "the same text " + std::to_string(entry.by_author + 1) + " times by this author";
    }
  }
  static std::string id_of(const Entry& entry) {
    return mention_id("bluesky", entry.post.id, entry.brand);
  }
  std::uint64_t purge(const std::string& id) {
    return std::erase_if(feed, [&](const auto& item) { return item.second.post.id == id; });
  }
  void store(const TestPost& post) {
    posts.erase(post.id);
    TestPost kept = post;
    if (refers(post, post.quote_id) && erased.contains(post.quote_id)) kept.quote_id.clear();
    for (const std::string& brand : post.brands) {
      Entry entry{kept, brand, {}, {}, {}, 0, 0, {}};
      settle_acts(entry);
      settle_copies(entry);
      feed[next_seq++] = entry;
      ++outcome.mentions;
    }
    posts[post.id] = post;
  }
  static bool refers(const TestPost& post, const std::string& to) {
    return !to.empty() && to != post.id;
  }
  // What others repeat of posts that go because of who wrote them goes too.
  void erase(std::set<std::string> gone) {
    while (!gone.empty()) {
      const std::string id = *gone.begin();
      gone.erase(gone.begin());
      remove(id);
      erased.insert(id);
      for (auto& [seq, entry] : feed) {
        TestPost& post = entry.post;
        if (refers(post, post.repost_of) && post.repost_of == id) gone.insert(post.id);
        if (refers(post, post.quote_id) && post.quote_id == id) post.quote_id.clear();
      }
    }
  }
  void remove(const std::string& id) {
    if (!tombstones.insert(id).second) return;
    outcome.deleted += purge(id);
    posts.erase(id);
  }
  void apply(const TestPost& event) {
    switch (event.op) {
      case PostOp::create:
      case PostOp::update: {
        if (event.op == PostOp::create && event.brands.empty()) return;
        if (tombstones.contains(event.id) || deleted.contains(event.author)) return;
        const auto known = posts.find(event.id);
        if (refers(event, event.repost_of) && erased.contains(event.repost_of)) {
          if (known == posts.end()) return;
          remove(event.id);
          erased.insert(event.id);
          return;
        }
        if (known == posts.end()) {
          if (!event.brands.empty()) store(event);
        } else if (event.op == PostOp::create || same_content(event, known->second)) {
          ++outcome.duplicates;
        } else {
          purge(event.id);
          ++outcome.updated;
          store(event);
        }
        return;
      }
      case PostOp::remove:
        return remove(event.id);
      case PostOp::delete_author: {
        if (!deleted.insert(event.author).second) return;
        std::set<std::string> gone;
        for (const auto& [seq, entry] : feed) {
          if (entry.post.author == event.author) gone.insert(entry.post.id);
        }
        return erase(gone);
      }
      case PostOp::hide_author:
        if (!deleted.contains(event.author)) hidden.insert(event.author);
        return;
      case PostOp::show_author:
        hidden.erase(event.author);
        return;
    }
  }
  bool visible(const Entry& entry) const { return !hidden.contains(entry.post.author); }
};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int below(int bound) { return std::uniform_int_distribution(0, bound - 1)(engine_); }

  static constexpr Act kActsOfParents[]{Act::recommend, Act::seek,     Act::defend,
                                        Act::help,      Act::complain, Act::praise};

  // None; a short text; two texts that differ in 7 bits of 4 blocks; those two and one that differ
  // in 8; something else.
  static std::uint64_t fingerprint(int words) {
    constexpr std::uint64_t kText = 0xC0DE'0123'4567'89AB;
    constexpr std::uint64_t kFingerprints[]{0,
                                            0x1234,
                                            0x1235,
                                            kText,
                                            kText ^ 0x0001'0003'0300'0300,
                                            kText ^ 0x0003'0003'0300'0300,
                                            kText ^ 0x0002,
                                            ~kText | 0x8000'0000'0000'0000};
    return kFingerprints[words];
  }

  TestPost event() {
    TestPost made;
    const int what = below(100);
    made.op = what < 55   ? PostOp::create
              : what < 80 ? PostOp::update
              : what < 90 ? PostOp::remove
              : what < 91 ? PostOp::delete_author
              : what < 96 ? PostOp::hide_author
                          : PostOp::show_author;
    const int number = below(kPosts);
    made.id = "post" + std::to_string(number);
    const int author = number % kAuthors;  // a post has one author
    made.author = author_name(author);
    made.handle = "handle" + std::to_string(author);
    const int words = below(8);
    made.text = "Adoro la Moka Nera " + std::to_string(words) + (words % 3 == 0 ? "?" : "");
    made.fingerprint = fingerprint(words);
    made.created_at = 1'790'000'000'000 + below(200'000'000) - 100'000'000;
    if (below(20) == 0) made.created_at = -1 - below(1'000'000);
    made.label = static_cast<Label>(below(5));
    made.act = below(2) == 0 ? static_cast<Act>(below(static_cast<int>(kActCount)))
                             : kActsOfParents[below(6)];
    made.paid = below(5) == 0;
    if (below(3) == 0) made.reply_author = author_name(below(kAuthors));
    if (below(2) == 0) {
      const int parent = below(kPosts);
      made.reply_to = "post" + std::to_string(parent);
      if (below(2) == 0) made.reply_author = author_name(parent % kAuthors);
    }
    if (below(8) == 0) made.repost_of = "post" + std::to_string(below(kPosts));
    if (below(8) == 0) made.quote_id = "post" + std::to_string(below(kPosts));
    if (below(12) == 0) made.kind = below(2) == 0 ? PostKind::repost : PostKind::answer;
    if (made.act == Act::defend) made.needs = ParentNeed::criticism;
    if (made.act == Act::help) made.needs = ParentNeed::question;
    if (made.act == Act::recommend && below(2) == 0) made.needs = ParentNeed::question;
    if (below(4) == 0) made.nps = below(11);
    made.brands.clear();
    for (const std::string& brand : kBrands) {
      if (below(2) == 0) made.brands.push_back(brand);
    }
    return made;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace passaparola::store
