// BurstWindow: who spoke of which brand when, of the latest mentions, to find accounts that keep
// speaking within minutes of the same others (FEATURES D.4, "burst"). Like CopyWindow it answers by
// which mentions of the last kCopyWindowMentions seqs are still there and by nothing else.
// Internal; the writer's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/arena.h"
#include "core/limits.h"
#include "core/mention.h"
#include "core/time.h"
#include "store/keys.h"

namespace passaparola::store {

// What of a mention bursts are found by.
struct BurstTraits {
  BrandNumber brand = 0;
  std::uint64_t author = 0;  // the first 8 bytes of their keyed hash; 0: unknown, is in no burst
  Timestamp created_at;
};

// Whether a mention is of a kind that bursts are made of: people who answer one another do so
// within minutes, and always the same ones.
bool may_burst(PostKind kind, bool reposts, bool answers);

struct BurstFound {
  std::uint32_t others =
      0;  // who were within minutes kBurstTimes or more; 0: fewer than kBurstOthers
  std::uint32_t times = 0;  // of whoever was most often
};

inline constexpr std::uint32_t kBurstTimes = 3;
inline constexpr std::uint32_t kBurstOthers = 2;

// Writes what was found into `mention`: the penalty. Strings live in `arena`.
void note_burst(const BurstFound& found, Mention& mention, Arena& arena);

class BurstWindow {
 public:
  // Of the last `mentions` seqs, a power of two.
  explicit BurstWindow(std::size_t mentions = kCopyWindowMentions) : slots_(mentions) {}

  void clear();
  void begin_anew();  // empty

  // The mention of `seq`, which is larger than any before. Instants far outside of the calendar are
  // taken as its ends.
  void add(std::uint64_t seq, const BurstTraits& mention);
  void remove(std::uint64_t seq);  // nothing happens when it is not there

  // Looks at the author's last occasions up to the mention, which has been added, an hour or more
  // apart, and at who else was within two minutes of each. Somebody who is there as often at other
  // times is no company, and a time at which more than kMaxBurstOthers spoke of the brand says
  // nothing.
  BurstFound find(const BurstTraits& mention) const;

 private:
  struct Kept {
    std::uint64_t seq = 0;  // 0: the slot is free
    std::uint64_t author = 0;
    std::int64_t minute = 0;
    BrandNumber brand = 0;
    std::uint32_t older_of_author = 0, newer_of_author = 0;  // slot + 1; 0: none
    std::uint32_t older_of_time = 0, newer_of_time = 0;
  };

  std::size_t slot_of(std::uint64_t seq) const { return seq & (slots_ - 1); }
  void unlink(std::size_t slot);
  // Minutes at which the author spoke of the brand, an hour or more apart, the latest first.
  std::vector<std::int64_t> occasions_of(std::uint64_t author, BrandNumber brand) const;
  // Into `others`, each once. False: too many.
  bool others_at(const BurstTraits& mention, std::int64_t minute,
                 std::vector<std::uint64_t>& others) const;

  std::size_t slots_;
  std::vector<std::uint32_t> authors_, times_;  // heads of the chains: the newest mention
  std::vector<Kept> kept_;
};

}  // namespace passaparola::store
