// store: mentions <-> disk. One RocksDB, one writer; everything that a commit means is in one
// synced WriteBatch: mentions, dedupe keys, aggregates, source cursors. Bytes:
// docs/STORE_FORMAT.md. What it does not know: rules, scoring, networks.
//
// Threads: commit(), rescore(), note_gap(), forget() and close() from one thread at a time (the
// writer); correct(), triage(), records, update_ranks(), retain() and every read from any thread at
// any time. Failures: an Error, never an exception. After an I/O error the store closes its handle,
// reopens, and says so; a failed commit may have landed, and repeating it is harmless.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/arena.h"
#include "core/correction.h"
#include "core/cursor.h"
#include "core/facts.h"
#include "core/hash.h"
#include "core/mention.h"
#include "core/result.h"
#include "core/source_gap.h"
#include "core/time.h"
#include "store/desk.h"
#include "store/feed_change.h"

namespace passaparola::store {

struct StoreOptions {
  std::size_t memory_bytes = 192 << 20;         // block cache and write buffers together
  std::uint64_t min_free_bytes = 256ULL << 20;  // less free disk than this: commits are refused
  bool sync = true;                             // off only in benches: a power cut loses acked data
  bool create = true;                           // make the store when there is none
  // Is told in words how far work has come that opening has to do first; may be empty.
  std::function<void(std::string_view)> say;
};

// --- what workers prepare and the writer commits ---

// One mention, encoded: ready to be written once it has a sequence number.
struct PreparedMention {
  std::string_view brand;
  std::string_view value;          // encode_mention()
  MentionFacts facts;              // seq still 0
  std::array<char, 16> id{};       // mention_id() in bytes
  std::int8_t nps = -1;            // 0..10; -1: the post answers no such question
  bool depends_on_parent = false;  // an act of it does
  bool may_answer_seeker = false;  // it recommends if the answered post seeks advice
};

// The other posts that a post refers to; all zero: none.
struct PostReferences {
  KeyedHash parent{};    // the one that it answers
  KeyedHash quoted{};    // the one that it quotes
  KeyedHash original{};  // the one that it reposts

  bool operator==(const PostReferences&) const = default;
};

// What happened to one post or author, in feed order.
struct PreparedEvent {
  PostOp op = PostOp::create;
  KeyedHash post{};          // of (source, post id)
  KeyedHash author{};        // of (source, author id); all zero: author unknown
  KeyedHash reply_author{};  // whom the post answers; all zero: nobody known
  PostReferences references;
  bool reposts = false;            // it says that it repeats another post
  bool asks_parent = false;        // a mention depends on the answered, or else the quoted, post
  std::uint64_t stored_seq = 0;    // of prepare_again(): where the feed had the post; else 0
  std::string_view author_record;  // encoded source, id, handle, name, followers; see prepare()
  Timestamp created_at;
  std::uint64_t content = 0;        // hash of the post: an update with an equal one changes nothing
  std::uint32_t first_mention = 0;  // into PreparedBatch::mentions
  std::uint32_t mention_count = 0;  // an update or create without any still replaces what was there
};

struct SourceCursor {
  std::string source;  // "replay:…", "push", a connector's (name, host)
  std::string cursor;  // opaque to the store
};

// The outcome of decoding, matching and scoring one chunk. Owns its memory.
struct PreparedBatch {
  Arena arena;
  std::vector<PreparedEvent> events;
  std::vector<PreparedMention> mentions;
  std::vector<SourceCursor> cursors;  // written with the batch: the cursor never runs ahead

  void clear();
  std::size_t bytes() const;  // of encoded values
};

// Encodes mentions with the keys of one store. Immutable; any thread.
class Preparer {
 public:
  explicit Preparer(const HashKey& key) : key_(key) {}
  // Adds the event of `post` with its mentions (all of that post; may be empty for updates, deletes
  // and author operations). Copies what it keeps into out.arena.
  void prepare(const PostView& post, std::span<const Mention> mentions, PreparedBatch& out) const;
  // The same for Store::rescore(): `post` is that of the stored mention `seq`, `mentions` are what
  // it comes to now, perhaps none.
  void prepare_again(const PostView& post, std::uint64_t seq, std::span<const Mention> mentions,
                     PreparedBatch& out) const;

 private:
  void add(const PostView& post, std::uint64_t stored_seq, std::span<const Mention> mentions,
           PreparedBatch& out) const;

  HashKey key_;
};

struct CommitOutcome {
  std::uint64_t first_seq = 0;  // of the new mentions, which are numbered without a gap; 0 if none
  std::uint64_t last_seq = 0;
  std::uint64_t mentions = 0;    // newly stored, edits included
  std::uint64_t duplicates = 0;  // posts that were there already: nothing changed
  std::uint64_t updated = 0;     // posts whose earlier mentions were replaced
  std::uint64_t deleted = 0;     // mentions purged by deletes, or not found again by rescore()
  std::uint64_t rescored = 0;    // mentions that rescore() replaced in place
  std::uint64_t looked_at = 0;   // posts that rescore() compared

  // The sum of two outcomes, `other` being the later one.
  CommitOutcome& operator+=(const CommitOutcome& other);
};

// --- what readers get ---

// A mention and the memory behind it.
class StoredMention {
 public:
  const Mention& operator*() const { return mention_; }
  const Mention* operator->() const { return &mention_; }

  // Decodes a stored value (seq from the key). Error: corrupt.
  static Result<StoredMention> decode(std::uint64_t seq, std::string value);

  // Puts what a person said beside what the program says.
  void set_correction(Correction correction);
  // Puts what people did with it there too.
  void set_triage(Triage triage);

 private:
  std::unique_ptr<Correction> correction_;
  std::unique_ptr<Triage> triage_;
  std::unique_ptr<std::string> value_;
  std::unique_ptr<Arena> arena_;
  Mention mention_;
};

// Appends the versioned binary form of `mention` (without seq) to `out`.
void encode_mention(const Mention& mention, std::string& out);

struct FeedPage {
  std::vector<StoredMention> mentions;
  std::uint64_t next_after = 0;  // give it as `after` to go on; moves even when nothing matched
};

using MentionFilter = std::function<bool(const Mention&)>;

struct FeedQuery {
  std::uint64_t after = 0;           // mentions with a larger seq
  std::size_t limit = 100;           // mentions returned
  std::size_t scan_limit = 100'000;  // mentions looked at before the page ends without `limit`
  std::string brand;                 // empty: all
  MentionFilter where;               // empty: all
  // Whether enough was looked at: the page then ends before `limit`. Empty: never.
  std::function<bool()> is_enough;
};

struct AuthorRecord {
  KeyedHash key{};
  std::string source, id, handle, name;
  std::optional<std::int64_t> followers;
  bool hidden = false;
};

// Counters of one author and brand, kept by merge operator.
struct AuthorAggregate {
  std::uint64_t mentions = 0;
  std::uint64_t positive = 0, negative = 0, neutral = 0;
  std::array<std::uint64_t, kActCount> acts{};
  std::uint64_t commercial = 0;  // mentions with authenticity 0 or a code or affiliate link
  Timestamp first_seen, last_seen;
};

struct AuthorHistory {
  AuthorRecord author;
  AuthorAggregate aggregate;
  std::vector<MentionFacts> mentions;    // by time, oldest first
  std::vector<ResponseFacts> responses;  // by time, oldest first
};

// One time bucket of one brand.
struct Bucket {
  Timestamp begin;
  std::uint64_t mentions = 0;
  std::uint64_t positive = 0, negative = 0, neutral = 0, mixed = 0, abstain = 0;
  std::uint64_t recommendations = 0, anti_recommendations = 0, complaints = 0, praise = 0;
  std::uint64_t promoters = 0, passives = 0, detractors = 0;  // NPS answers 9-10, 7-8, 0-6
};

// A mention that refers to a post, and how; more than one may hold.
struct Referring {
  std::uint64_t seq = 0;
  bool answers = false, quotes = false, reposts = false;
};

// What a person said of a mention, and what the program had said of it.
struct CorrectedMention {
  std::uint64_t seq = 0;
  Timestamp created_at;          // of the post
  Label label = Label::neutral;  // the program's answer
  ActSet acts;                   // the program's answer
  std::string lang;              // as judged
  Correction correction;
};

// Where an author stood among the people of a brand when their history was last judged. What lists
// and values mean only the judge knows (advocacy/ranking.h).
struct Rank {
  std::uint8_t list = 0;
  double value = 0;  // not negative; it only falls until `due` while nothing happens to the history
  Timestamp judged_at;
  Timestamp due;  // when it must be judged again though nothing happened

  bool operator==(const Rank&) const = default;
};

// Where somebody stands: a Rank without its times.
struct RankPlace {
  std::uint8_t list = 0;
  double value = 0;

  bool operator==(const RankPlace&) const = default;
};

// That somebody stands elsewhere than before since their history is less than it was.
struct Revision {
  std::uint64_t number = 0;  // larger than that of every earlier one, with gaps
  AuthorRecord author;       // but for the key empty: nothing of theirs is left
  Loss reason = Loss::none;
  Timestamp judged_at;
  std::optional<RankPlace> before, after;  // nullopt: on no list
};

struct RevisionPage {
  std::vector<Revision> revisions;
  std::uint64_t next_after = 0;  // give it as `after` to go on
  bool more = false;
};

// Judges one history; nullopt: they are on no list.
using RankJudge = std::function<std::optional<Rank>(const AuthorHistory&)>;

// By which ranks are judged again: whoever ranked by another basis is not looked at.
struct RankCheck {
  std::string basis;
  Timestamp at;  // not before the last update_ranks()
  // As RankJudge, as of any time.
  std::function<std::optional<Rank>(const AuthorHistory&, Timestamp)> judge;
};

// How long the posts behind mentions are kept, in days since they were stored; 0: for ever. What
// was counted of them (histories, aggregates, ranks, buckets) stays.
struct Retention {
  std::int64_t days = 0;
  std::map<std::string, std::int64_t, std::less<>> days_by_source;  // of sources that want another
};

struct RetentionOutcome {
  std::uint64_t mentions = 0;  // whose posts are gone
};

// Are people whose source hides them for now left out? Shown only to themselves: what is kept of
// them is theirs to see (GDPR Article 15).
enum class Hidden : std::uint8_t { left_out, shown };

// Names an author within their source.
struct AuthorId {
  std::string source, id;
};

// What an erasure was. Kept with the author's keyed hash, never with the name.
struct ErasureProof {
  KeyedHash author{};
  std::uint64_t mentions = 0;  // purged, others' reposts of the author's posts included
  std::uint64_t brands = 0;    // whose aggregates lost this author
  Timestamp erased_at;         // when readers saw nothing any more
  bool finished = false;       // nothing is left in the files either
};

struct Backup;      // store/backup.h
struct Verified;    // store/verify.h
struct Difference;  // the same

class Store {
 public:
  // Opens or makes the store in the folder `path`. Errors: in_use (names the process), corrupt,
  // unsupported (a format version of the future), not_found (no store and create is off), io,
  // no_space.
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& path,
                                             const StoreOptions& options);
  ~Store();

  const HashKey& hash_key() const;
  std::uint32_t id() const;        // names this store in cursors
  std::uint64_t last_seq() const;  // of the newest durable mention

  // Writes everything of `batches`, in order, in one synced WriteBatch. When it returns a value the
  // data is durable; one outcome for each batch, in order. Errors: no_space (nothing was written;
  // free some and retry), io.
  Result<std::vector<CommitOutcome>> commit(std::span<const PreparedBatch* const> batches);

  // Puts what stored posts come to under other rules or lexicons in the place of what they came to,
  // as if they had been scored so when they came; `batch` is made by prepare_again() alone. A
  // mention of the same brand keeps its seq, its correction and what it owes to earlier ones, one
  // of a brand that is no longer found is purged, one of a new brand is added at the end. Posts
  // that were deleted since, that are hidden or whose text retention took stay as they are. In one
  // synced write with the cursors of `batch`, as commit(); `dry_run`: nothing is written. Errors:
  // corrupt, no_space, io.
  Result<CommitOutcome> rescore(const PreparedBatch& batch, bool dry_run);

  // Whether a commit would find enough free space, as far as one can know before. Any thread; reads
  // nothing from the disk.
  bool can_write() const;

  // Keeps a gap of a source, or, when it has a number, what became of one. Durable on return; gives
  // it with its number. The newest kMaxGapsKept of a source are kept. Errors: no_space, io.
  Result<SourceGap> note_gap(SourceGap gap);

  // Called on the committing thread after each commit that changed the feed; it is durable then.
  void on_commit(std::function<void(const FeedChange&)> listener);

  // Keeps what a person says of a mention in place of what was said before; nullopt takes that
  // away. Durable on return. Saying the same again changes nothing, not even when it was said. A
  // correction goes with its mention: with the delete, the edit and the erasure. Any thread.
  // Errors: not_found (no such mention, or its author is hidden), no_space (nothing was written),
  // io.
  Result<void> correct(std::string_view mention_id, const std::optional<Correction>& correction);

  // Does the same to many mentions in one synced write; one outcome for each, in order. What was
  // done to a mention stays when its post is edited and goes with its delete, its erasure and when
  // it has been kept long enough. Any thread. Errors: no_space (nothing was written), io, corrupt.
  Result<std::vector<TriageOutcome>> triage(std::span<const std::string> mention_ids,
                                            const TriageChange& change);

  // Keeps a record in place of what was kept by that key; durable on return. Keys have at most
  // kMaxRecordKeyBytes, values kMaxRecordBytesKept. Any thread. Errors: no_space, io.
  Result<void> put_record(RecordKind kind, std::string_view key, std::string_view value);
  // Deletes records, also ones that are not there. Any thread. Errors: no_space, io.
  Result<void> delete_records(RecordKind kind, std::span<const std::string> keys);
  // Deletes those and puts these in one synced write. Any thread. Errors: no_space (nothing was
  // written), io.
  Result<void> change_records(RecordKind kind, std::span<const Record> put,
                              std::span<const std::string> deleted);
  Result<std::optional<std::string>> record(RecordKind kind, std::string_view key) const;
  // Those behind the key `after`, in the order of their keys, until `visit` returns false.
  Result<void> visit_records(RecordKind kind, std::string_view after,
                             const VisitRecord& visit) const;

  // Purges every trace of an author: feed, history, aggregates, ranks, names, what others quote and
  // repost of their stored posts, then the files on disk (compaction, new MANIFEST). A kill in
  // between is taken up by the next opening. A later redelivery of the same author stays out.
  // Forgetting again gives the same proof. Errors: not_found.
  Result<ErasureProof> forget(std::string_view source, std::string_view author_id);

  // The same for many at once, for the price of about one. nullopt: the store knows nothing of that
  // author.
  Result<std::vector<std::optional<ErasureProof>>> forget(std::span<const AuthorId> authors);

  // The proofs of all erasures, in no order that means anything but always the same, until `visit`
  // returns false.
  Result<void> visit_erasures(const std::function<bool(const ErasureProof&)>& visit) const;

  // Takes away the posts of mentions that are older than `policy` keeps them at `at`, from the feed
  // and from the files on disk. To be called at least once a day: the first call of a day marks
  // what was stored before it, so that a post may be kept a day longer than it must. Any thread,
  // one at a time. Errors: corrupt, io, no_space.
  Result<RetentionOutcome> retain(const Retention& policy, Timestamp at);

  // A seq up to which everything was stored more than `days` before `at`, as the marks of retain()
  // tell; 0 where there are none so old.
  Result<std::uint64_t> stored_before(Timestamp at, std::int64_t days) const;

  // Adds a backup to `folder`, which is made when it is not there, reads it back against its
  // checksums, and deletes all but the newest `keep`. Files that an earlier backup has are not
  // copied. Commits go on meanwhile; forget() waits, and whoever reads then waits with it. Errors:
  // invalid_argument (the folder holds something else), in_use (another backup is under way),
  // corrupt (what was read back differs; nothing was deleted), no_space, io.
  Result<Backup> backup(const std::filesystem::path& folder, std::uint32_t keep) const;

  Result<FeedPage> read_feed(const FeedQuery& query) const;
  Result<StoredMention> mention(std::string_view mention_id) const;
  std::vector<std::string> brands() const;
  std::optional<std::string> source_cursor(std::string_view source) const;
  // What a source may have missed, oldest first.
  Result<std::vector<SourceGap>> gaps(std::string_view source) const;

  // All brands of an author when `brand` is empty, by brand. Errors: not_found.
  Result<std::vector<std::pair<std::string, AuthorHistory>>> history(
      std::string_view source, std::string_view author_id, std::string_view brand,
      Hidden hidden = Hidden::left_out) const;

  // Every author that a brand has mentions of, hidden and erased ones left out, in key order, until
  // `visit` returns false. The history is read only for authors whose aggregate passes `wanted`.
  Result<void> visit_authors(std::string_view brand,
                             const std::function<bool(const AuthorAggregate&)>& wanted,
                             const std::function<bool(AuthorHistory&&)>& visit) const;

  // Brings the ranks of a brand up to date: calls `judge` for every author whose history changed
  // since it was judged, and for those who are due at `at`. A brand that was never ranked, or by
  // another `basis` (whatever the judge goes by), is ranked anew: then `judge` is called for every
  // author whose aggregate passes `wanted`. Any thread; a second caller waits. Errors: corrupt, io,
  // no_space.
  Result<void> update_ranks(std::string_view brand, std::string_view basis, Timestamp at,
                            const std::function<bool(const AuthorAggregate&)>& wanted,
                            const RankJudge& judge);

  // The authors on any of `lists`, the largest value first, hidden and erased ones left out, until
  // `visit` returns false. As of the last update_ranks().
  Result<void> visit_ranks(std::string_view brand, std::span<const std::uint8_t> lists,
                           const std::function<bool(const Rank&, AuthorHistory&&)>& visit) const;

  // Where an author stood, by keyed_hash(hash_key(), source, id); nullopt: on no list. As of the
  // last update_ranks().
  Result<std::optional<Rank>> rank(std::string_view brand, const KeyedHash& author) const;

  // The revisions of a brand's ranks with a larger number than `after`, oldest first, at most
  // `limit`; those of hidden and erased authors left out. As of the last update_ranks(), which
  // tells of a loss when it judges it, and drops what it told more than kRevisionDays before. A
  // ranking that is made anew tells nothing.
  Result<RevisionPage> revisions(std::string_view brand, std::uint64_t after,
                                 std::size_t limit) const;

  // The mentions of seqs, in that order; ones that are gone are left out.
  Result<std::vector<StoredMention>> mentions(std::span<const std::uint64_t> seqs,
                                              Hidden hidden = Hidden::left_out) const;

  // The mentions with a larger seq than `after` that answer, quote or repost a post, which need not
  // be stored itself, in the order of the feed; no more than kMaxThreadMentions. Some may be gone
  // or hidden: mentions() leaves those out.
  Result<std::vector<Referring>> referring_to(std::string_view source, std::string_view post_id,
                                              std::uint64_t after, std::size_t limit) const;

  // 5-minute, hourly or daily buckets with begin in [from, to), empty ones left out.
  enum class BucketSize : std::uint8_t { five_minutes, hour, day };
  Result<std::vector<Bucket>> buckets(std::string_view brand, BucketSize size, Timestamp from,
                                      Timestamp to) const;

  // Every corrected mention of a brand, in no order that means anything but always the same, until
  // `visit` returns false.
  Result<void> visit_corrections(std::string_view brand,
                                 const std::function<bool(const CorrectedMention&)>& visit) const;

  // Checks the bytes of every file, counts everything that is kept beside the mentions again,
  // judges ranks again when there is a `ranks`, and calls `visit` with each difference. Sees one
  // state; commits go on meanwhile. Memory does not grow with the store but with the time that one
  // brand has been spoken of. Errors: corrupt (bytes that cannot be read), io.
  Result<Verified> verify(const std::function<void(const Difference&)>& visit,
                          const RankCheck* ranks = nullptr) const;

  // For metrics: bytes on disk, memory in use.
  std::uint64_t disk_bytes() const;

  struct State;  // of the module's own

 private:
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace passaparola::store
