// CopyWindow: the fingerprints of the latest mentions, to find the earlier copies of a new one.
// What it answers depends only on which mentions of the last kCopyWindowMentions seqs are still
// there: neither on how commits were grouped nor on whether the store was opened in between.
// Internal; the writer's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/arena.h"
#include "core/limits.h"
#include "core/mention.h"
#include "core/time.h"
#include "store/keys.h"

namespace passaparola::store {

// Whether a post says what its author says: no repost, no answer of an engine.
bool is_own_words(PostKind kind, bool reposts);

// What of a mention copies are found and judged by.
struct CopyTraits {
  BrandNumber brand = 0;
  std::uint64_t fingerprint = 0;
  std::uint64_t author = 0;  // the first 8 bytes of their keyed hash; 0: unknown
  Timestamp created_at;
  MentionId id{};
  bool own_words = true;
};

struct CopiesFound {
  std::uint32_t known = 0;
  std::uint32_t by_author = 0;   // the same author's own words
  MentionId earliest{};          // of the smallest seq, when known is not 0
  bool by_many_authors = false;  // own words of kManyAuthors within 24 hours, this one's included
  bool has_original = false;     // the mention that was asked for is among them
};

// Own words of so many authors within a day are a campaign, not a coincidence (FEATURES D.4). Short
// texts are not counted: five people may well say "love my Moka Nera" on one day.
inline constexpr std::size_t kManyAuthors = 5;

// Writes what was found into `mention`: the copies, and the penalty for being one of many. Strings
// live in `arena`.
void note_copies(const CopiesFound& found, bool own_words, Mention& mention, Arena& arena);

class CopyWindow {
 public:
  // The fingerprint is cut into four blocks of 16 bits. Of at most 7 differing bits no more than
  // one is in the poorest block, so that whoever is near has one block equal or but for one bit,
  // and is found in that block's table under the block or one of its 16 neighbours. Two bits more
  // of the bucket keep brands apart.
  static constexpr std::size_t kTables = 4, kBlockBits = 16, kBucketBits = 18;
  static constexpr std::size_t kBuckets = std::size_t{1} << kBucketBits;

  // Of the last `mentions` seqs, a power of two.
  explicit CopyWindow(std::size_t mentions = kCopyWindowMentions) : slots_(mentions) {}

  // Whether it holds what the store has; the writer fills it from there when not.
  bool is_ready() const { return !heads_.empty(); }
  void clear();       // no longer ready
  void begin_anew();  // empty and ready

  // The copies of a mention among those in the window. Looks at no more than kMaxCopiesLookedAt,
  // the latest first. `original`: a seq to be told of when it is among them; 0: none.
  CopiesFound find(const CopyTraits& mention, std::uint64_t original = 0) const;

  // The mention of `seq`, which is larger than any before. One without a fingerprint is only
  // counted as a seq.
  void add(std::uint64_t seq, const CopyTraits& mention);

  // Takes a mention that is purged out again. Nothing happens when it is not there.
  void remove(std::uint64_t seq);

 private:
  using Links = std::array<std::uint32_t, kTables>;  // slot + 1; 0: none

  // What a walk along a bucket reads of each mention, and what is read of the copies only.
  struct Walked {
    std::uint64_t fingerprint = 0;
    BrandNumber brand = 0;
    Links older{};
  };
  struct Kept {
    std::uint64_t seq = 0;  // 0: the slot is free
    Links newer{};
    std::uint64_t author = 0;
    Timestamp created_at;
    MentionId id{};
    bool own_words = true;
  };
  class Finder;

  std::size_t slot_of(std::uint64_t seq) const { return seq & (slots_ - 1); }
  void unlink(std::size_t slot);

  std::size_t slots_;
  std::vector<std::uint32_t> heads_;  // of the buckets of each table: the newest mention
  std::vector<Walked> walked_;        // by slot, as many as were needed so far
  std::vector<Kept> kept_;
};

}  // namespace passaparola::store
