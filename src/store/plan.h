// CommitPlan: what a group of batches changes, worked out event by event in feed order, then put
// into one WriteBatch in key order. The answer does not depend on how events were grouped.
// Internal; the writer's, one for each commit.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/bursts.h"
#include "store/copies.h"
#include "store/keys.h"
#include "store/parent.h"
#include "store/row_codec.h"
#include "store/state.h"
#include "store/store.h"

namespace rocksdb {
class WriteBatch;
}

namespace passaparola::store {

// Keys whose bytes an erasure has to get out of the files, by family.
using ErasedKeys = std::map<Family, std::vector<std::string>>;

// That a part of the store cannot be read.
Error damaged(std::string_view what);

// A post that is there when an event comes, stored or added before; its author is not hidden.
struct EarlierMention {
  BrandNumber brand = 0;
  std::uint64_t seq = 0;
  MentionFacts facts;
  MentionId id{};
  bool is_read = false;  // facts and id are there
};
struct EarlierPost {
  KeyedHash author{};
  Timestamp created_at;
  std::vector<EarlierMention> mentions;
};
// The posts that an event depends on.
struct Past {
  std::optional<EarlierPost> parent, original;
  bool parent_seeks = false;
};

class CommitPlan {
 public:
  // `erases`: what deletes authors is somebody's wish, of which a proof is kept. `only_counts`: it
  // is not going to be written, so that nobody is asked for copies.
  CommitPlan(Store::State& state, const Database& database, bool erases, bool only_counts = false)
      : state_(state), database_(database), erases_(erases), only_counts_(only_counts) {}

  // Works out `batches` and fills `out`. Nothing is changed but what is kept in memory: the filters
  // of author states and the record cache, both of which may know too much, and the copy window,
  // which must be cleared if `out` does not get written. Errors: corrupt, io.
  Result<std::vector<CommitOutcome>> build(std::span<const PreparedBatch* const> batches,
                                           rocksdb::WriteBatch& out);

  // What the caller makes known once the batch is written.
  const std::map<std::string, BrandNumber, std::less<>>& new_brands() const { return new_brands_; }
  std::uint64_t last_seq() const { return next_seq_ - 1; }
  const ErasedKeys& erased() const { return erased_; }
  FeedChange change() const;  // of a plan whose new brands are known

 private:
  enum class Known : std::uint8_t { unknown, live, tombstone };
  // A post that the commit touches.
  struct PostSlot {
    KeyedHash key{};
    Known known = Known::unknown;
    bool changed = false;
    bool erased = false;  // a tombstone because of who wrote it
    std::uint64_t content = 0;
    std::string stored;                    // the stored entry, while it is the valid one
    const PreparedEvent* event = nullptr;  // else the event that gave it its mentions
    std::uint32_t first_added = 0, added = 0;
  };
  // What a mention comes to beside what was there before it, where that is not as prepared.
  struct Settled {
    std::string value;
    MentionFacts facts;
  };
  struct Purged {
    Row row;
    MentionRow facts;
    KeyedHash reply_author{};
    PostReferences references;
    Loss loss = Loss::none;
  };
  // A mention that the commit adds, unless a later event of it purges it again.
  struct Added {
    const PreparedMention* mention = nullptr;
    const PreparedEvent* event = nullptr;
    BrandNumber brand = 0;
    bool alive = true;
    std::uint64_t seq = 0;
    const Settled* settled = nullptr;
    const Purged* replaces = nullptr;  // the same mention, as it was before it was scored again
    bool row_stays = false;            // and that makes no difference to its row

    std::string_view value() const { return settled ? settled->value : mention->value; }
    const MentionFacts& facts() const { return settled ? settled->facts : mention->facts; }
  };
  struct Event {
    const PreparedEvent* event;
    const PreparedBatch* batch;
    std::uint32_t batch_number;
    std::uint32_t slot;
  };
  // A stored post that is scored again.
  struct Rescore {
    const PreparedEvent* event = nullptr;  // with what the index of posts says, not the text
    PostEntry post;
    std::vector<std::string> values;  // of its mentions; empty: retention has taken the text
    Past past;
    bool keeps_acts = false;  // the parent is not there any more: what the stored acts say of it
  };
  // A change of one row of the mentions family.
  struct RowChange {
    RowKey key;
    const Added* added;    // null: purged
    const Purged* purged;  // beside `added`: replaced by it
  };
  struct BucketChange {
    BrandNumber brand;
    std::int64_t begin;  // of the five minutes
    BucketCounters counters;
  };
  struct BucketSums {
    BrandNumber brand = 0;
    std::int64_t begin = 0;
    BucketCounters counters{};
    bool used = false;
  };

  // plan.cc: events in order
  Result<void> load_posts(std::span<const PreparedBatch* const> batches);
  Result<void> apply(const Event& event);
  Result<void> apply_write(const Event& event);
  Result<void> store_mentions(const Event& event, PostSlot& slot);
  Result<void> add_mention(const PreparedMention& mention, const PreparedEvent& event, Past& past);
  Result<void> remove(PostSlot& slot, bool erased);
  Result<std::uint64_t> purge(PostSlot& slot);
  Result<void> purge_stored(const PostEntry& post, const PostMention& mention);
  Result<AuthorState> state_of(const KeyedHash& author);
  Result<PostSlot*> slot_of(const KeyedHash& post);
  BrandNumber number_of(std::string_view brand);

  // plan_erase.cc: people who go
  Result<void> delete_author(const KeyedHash& author);
  Result<void> note_erasure(const KeyedHash& author, std::uint64_t mentions, std::uint64_t brands);
  Result<std::uint64_t> collect_posts_of(const KeyedHash& author, std::set<KeyedHash>& posts);
  Result<void> forget_words_of(const KeyedHash& post, std::vector<KeyedHash>& posts);
  Result<std::optional<KeyedHash>> post_of(std::uint64_t seq);
  Result<bool> repeats_erased(const PreparedEvent& event);
  Result<bool> is_erased(const KeyedHash& post);
  Result<void> drop_responses_to(const KeyedHash& author);
  Result<void> drop_ranks_of(const KeyedHash& author);
  Result<void> drop_revisions_of(const KeyedHash& author);
  Result<void> set_hidden(const KeyedHash& author, bool hidden);
  Result<void> mark_answered_by(const KeyedHash& author);

  // plan_rescore.cc: stored posts scored again
  Result<void> apply_rescore(const Event& event);
  Result<bool> find_stored(const Event& event, const PostSlot& slot, Rescore& rescore);
  Result<void> ask_past(Rescore& rescore);
  Result<bool> compare_stored(Rescore& rescore, std::span<const PreparedMention> found,
                              std::vector<PostMention>& listed);
  Result<bool> add_new(Rescore& rescore, std::span<const PreparedMention> found,
                       std::vector<PostMention>& listed);
  Result<void> replace(Rescore& rescore, const PostMention& stored, std::string_view value,
                       const PreparedMention& again);
  Result<bool> names_author(const AuthorKey& key, const Added& newest);
  Result<void> write_corrections(rocksdb::WriteBatch& out);
  void erase_triage(const std::vector<std::pair<MentionId, std::uint64_t>>& added,
                    rocksdb::WriteBatch& out);

  // plan_past.cc: what mentions owe to earlier ones
  Result<void> ready_windows();
  Result<void> fill_windows();
  Result<Past> past_of(const PreparedEvent& event);
  Result<std::optional<EarlierPost>> earlier_post(const KeyedHash& post);
  Result<EarlierMention*> mention_of(EarlierPost& post, BrandNumber brand);
  Result<void> read(const EarlierPost& post, EarlierMention& mention);
  Result<void> settle(Past& past, Added& added);
  Result<void> settle_again(Rescore& rescore, std::string_view stored, Added& added);
  Result<std::optional<Parent>> parent_for(Past& past, const Added& added);
  Result<CopiesFound> copies_of(Past& past, const Added& added);
  BurstFound burst_of(const Added& added);

  // plan_write.cc: the outcome in key order
  Result<void> write(rocksdb::WriteBatch& out);
  Result<void> write_feed(rocksdb::WriteBatch& out);
  Result<void> write_rows(rocksdb::WriteBatch& out);
  void write_row(const RowChange& row, rocksdb::WriteBatch& out);
  Result<void> write_profile(std::span<const RowChange> changes, rocksdb::WriteBatch& out);
  static const Added* sum_rows(std::span<const RowChange> changes, Profile& profile);
  Result<bool> remaining_span(std::span<const RowChange> changes, Profile& profile);
  void write_responses(rocksdb::WriteBatch& out);
  void write_threads(rocksdb::WriteBatch& out);
  Result<void> write_author_brands(rocksdb::WriteBatch& out);
  Result<bool> has_any(const AuthorKey& author);
  void write_posts(rocksdb::WriteBatch& out);
  void write_post(const PostSlot& slot, rocksdb::WriteBatch& out);
  void write_ids(rocksdb::WriteBatch& out);
  void write_buckets(rocksdb::WriteBatch& out);
  void flush_bucket(std::uint8_t size, BucketSums& sums, rocksdb::WriteBatch& out);
  void write_meta(rocksdb::WriteBatch& out);
  void write_rank_marks(rocksdb::WriteBatch& out);
  void mark_rank(BrandNumber brand, const KeyedHash& author, Loss loss);
  void erase(Family family, std::string_view key, rocksdb::WriteBatch& out);
  Result<std::string> without(std::uint8_t what, std::uint64_t seq, std::string_view value);

  Store::State& state_;
  const Database& database_;
  bool erases_, only_counts_;
  std::vector<CommitOutcome> outcomes_;  // of each batch
  CommitOutcome* outcome_ = nullptr;     // of the batch at work
  Loss loss_ = Loss::none;               // what the event at work means for what it takes away
  std::uint64_t next_seq_ = 1;
  std::vector<Event> events_;
  std::vector<PostSlot> posts_;                                         // by key
  std::unordered_map<KeyedHash, PostSlot, KeyedHashHash> other_posts_;  // of deleted authors
  std::vector<Added> added_;                                            // in order of events
  std::deque<Settled> settled_;
  std::deque<PreparedEvent> rescored_events_;
  std::deque<Purged> replaced_;
  std::unordered_map<std::uint64_t, std::size_t> rescored_;  // seq -> its place in added_
  Arena arena_{4096};                                        // of the mention that is being settled
  std::vector<Purged> purged_;
  std::unordered_map<KeyedHash, AuthorState, KeyedHashHash> states_;  // changed or looked up
  std::set<KeyedHash> changed_states_;
  std::map<std::string, Loss> dropped_responses_;  // by key
  // Stored mentions that say something of a deleted author, and what of it goes.
  static constexpr std::uint8_t kForgetAnswered = 1, kForgetQuote = 2;
  std::map<std::uint64_t, std::uint8_t> to_forget_;
  std::vector<std::string> dropped_ranks_;  // keys
  std::map<KeyedHash, ErasureProof> erasures_;
  std::map<std::string, BrandNumber, std::less<>> new_brands_;
  std::map<std::string, std::string, std::less<>> cursors_;
  std::string last_brand_;
  BrandNumber last_brand_number_ = 0, next_brand_ = 0;
  std::vector<RowChange> rows_;
  std::vector<std::pair<AuthorKey, Loss>> rank_marks_;  // whose history changes, of ranked brands
  // Whose profile or answers the commit writes; takes away; profiles that it takes away.
  std::vector<AuthorKey> authors_written_, authors_reduced_;
  std::set<AuthorKey> profiles_gone_;
  std::string value_;
  ErasedKeys erased_;
};

}  // namespace passaparola::store
