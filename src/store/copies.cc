#include "store/copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "core/check.h"
#include "core/fingerprint.h"
#include "core/hash.h"
#include "store/penalise.h"

namespace passaparola::store {
namespace {

constexpr std::int64_t kDay = 86'400'000;
constexpr std::int64_t kWindow = static_cast<std::int64_t>(kCopyWindowDays) * kDay;

constexpr std::uint64_t block_of(std::uint64_t fingerprint, std::size_t table) {
  return (fingerprint >> (CopyWindow::kBlockBits * table)) & 0xFFFF;
}

// Short texts stand in the first table alone: only equal ones are sought.
constexpr std::size_t tables_of(std::uint64_t fingerprint) {
  return (fingerprint & kNearFingerprint) != 0 ? CopyWindow::kTables : 1;
}

constexpr bool at_most_one_bit(std::uint64_t block) { return (block & (block - 1)) == 0; }

// Neighbouring blocks of a brand stay neighbours.
constexpr std::size_t bucket_of(BrandNumber brand, std::size_t table, std::uint64_t block) {
  const std::uint32_t scattered = (brand * 0x9E3779B1U) >> (32 - CopyWindow::kBucketBits);
  return (table << CopyWindow::kBucketBits) | (block ^ scattered);
}

constexpr double kClusterPenalty = 0.8;
constexpr std::uint32_t kManyTimes = 3;  // by one author

// A few different authors, none of them the one that is excepted.
class Authors {
 public:
  explicit Authors(std::uint64_t excepted) : excepted_(excepted) {}
  void add(std::uint64_t author) {
    if (author == 0 || author == excepted_ || count_ == others_.size()) return;
    const auto end = others_.begin() + static_cast<std::ptrdiff_t>(count_);
    if (std::find(others_.begin(), end, author) == end) others_[count_++] = author;
  }
  bool are_many() const { return count_ == others_.size(); }

 private:
  std::uint64_t excepted_;
  std::array<std::uint64_t, kManyAuthors - 1> others_{};
  std::size_t count_ = 0;
};

}  // namespace

bool is_own_words(PostKind kind, bool reposts) {
  return kind != PostKind::repost && kind != PostKind::answer && !reposts;
}

void note_copies(const CopiesFound& found, bool own_words, Mention& mention, Arena& arena) {
  if (found.known != 0) mention.copies.duplicate_of = arena.copy(to_hex(view(found.earliest)));
  mention.copies.known = found.known;
  mention.copies.by_author = found.by_author;
  const std::uint32_t times = found.by_author + 1;
  if (!own_words || (!found.by_many_authors && times < kManyTimes)) return;
  const std::string evidence =
      found.by_many_authors ? fmt::format("the same text by {} authors in a day", kManyAuthors)
                            : fmt::format("the same text {} times by this author", times);
  penalise(mention, Signal::copy_cluster, kClusterPenalty, evidence, arena);
}

// One search: walks buckets and adds up what it meets.
class CopyWindow::Finder {
 public:
  Finder(const CopyWindow& window, const CopyTraits& mention, std::uint64_t original)
      : window_(window),
        mention_(mention),
        original_(original),
        before_(mention.author),
        behind_(mention.author) {}

  CopiesFound run() {
    const std::uint64_t fingerprint = mention_.fingerprint;
    const bool near = (fingerprint & kNearFingerprint) != 0;
    // Equal ones first and to the end: what thousands post at once is all in this bucket.
    std::uint32_t link = head(0, block_of(fingerprint, 0));
    while (link != 0) link = look_at(link, 0);
    if (near) look_around();
    found_.by_many_authors = near && mention_.own_words && mention_.author != 0 &&
                             (before_.are_many() || behind_.are_many());
    return found_;
  }

 private:
  // The buckets of the other blocks and of all neighbours, one mention of each a round: those of a
  // round do not wait for one another's memory.
  void look_around() {
    std::array<std::array<std::uint32_t, 1 + kBlockBits>, kTables> links;
    std::array<std::size_t, kTables> open{};
    const auto keep = [&](std::size_t table, std::uint32_t link) {
      links[table][open[table]] = link;
      open[table] += link != 0;
    };
    for (std::size_t table = 0; table < kTables; ++table) {
      const std::uint64_t block = block_of(mention_.fingerprint, table);
      if (table != 0) keep(table, head(table, block));
      for (std::size_t bit = 0; bit < kBlockBits; ++bit) {
        keep(table, head(table, block ^ (std::uint64_t{1} << bit)));
      }
    }
    for (bool goes_on = true; goes_on;) {
      goes_on = false;
      for (std::size_t table = 0; table < kTables; ++table) {
        const std::size_t count = std::exchange(open[table], 0);
        for (std::size_t i = 0; i < count; ++i) keep(table, look_at(links[table][i], table));
        goes_on |= open[table] != 0;
      }
    }
  }

  std::uint32_t head(std::size_t table, std::uint64_t block) const {
    return window_.heads_[bucket_of(mention_.brand, table, block)];
  }

  // Gives the link to the next older one; none when enough has been looked at.
  std::uint32_t look_at(std::uint32_t link, std::size_t table) {
    if (++looked_at_ > kMaxCopiesLookedAt) return 0;
    const Walked& other = window_.walked_[link - 1];
    if (other.brand == mention_.brand && is_near_copy(other.fingerprint, mention_.fingerprint) &&
        !is_of_earlier_table(other.fingerprint ^ mention_.fingerprint, table)) {
      add(window_.kept_[link - 1]);
    }
    return other.older[table];
  }

  // Whoever is near in several blocks is met in as many tables and counts in the first.
  static bool is_of_earlier_table(std::uint64_t differing, std::size_t table) {
    for (std::size_t earlier = 0; earlier < table; ++earlier) {
      if (at_most_one_bit(block_of(differing, earlier))) return true;
    }
    return false;
  }

  void add(const Kept& copy) {
    // Instants of posts may be anything: the difference as it would be without bounds.
    const std::int64_t at = mention_.created_at.milliseconds, other = copy.created_at.milliseconds;
    const std::uint64_t apart =
        at > other ? static_cast<std::uint64_t>(at) - static_cast<std::uint64_t>(other)
                   : static_cast<std::uint64_t>(other) - static_cast<std::uint64_t>(at);
    if (apart > static_cast<std::uint64_t>(kWindow)) return;
    ++found_.known;
    found_.has_original |= copy.seq == original_;
    if (earliest_ == 0 || copy.seq < earliest_) {
      earliest_ = copy.seq;
      found_.earliest = copy.id;
    }
    if (!copy.own_words) return;
    found_.by_author += mention_.own_words && copy.author != 0 && copy.author == mention_.author;
    if (apart >= static_cast<std::uint64_t>(kDay)) return;
    if (other <= at) before_.add(copy.author);
    if (other >= at) behind_.add(copy.author);
  }

  const CopyWindow& window_;
  const CopyTraits& mention_;
  std::uint64_t original_;
  Authors before_, behind_;  // of copies in the day up to the mention, and in the day from it on
  std::size_t looked_at_ = 0;
  std::uint64_t earliest_ = 0;
  CopiesFound found_;
};

void CopyWindow::clear() {
  heads_ = {};
  walked_ = {};
  kept_ = {};
}

void CopyWindow::begin_anew() {
  heads_.assign(kTables * kBuckets, 0);
  walked_.clear();
  kept_.clear();
}

CopiesFound CopyWindow::find(const CopyTraits& mention, std::uint64_t original) const {
  CHECK(is_ready(), "copies are looked for once the window is filled");
  if (mention.fingerprint == 0) return {};
  return Finder(*this, mention, original).run();
}

void CopyWindow::add(std::uint64_t seq, const CopyTraits& mention) {
  CHECK(is_ready(), "a mention is added once the window is filled");
  const std::size_t slot = slot_of(seq);
  if (slot < kept_.size() && kept_[slot].seq != 0) unlink(slot);
  if (mention.fingerprint == 0) return;
  if (slot >= kept_.size()) {
    walked_.resize(slot + 1);
    kept_.resize(slot + 1);
  }
  Walked& walked = walked_[slot];
  walked.fingerprint = mention.fingerprint;
  walked.brand = mention.brand;
  Kept& kept = kept_[slot];
  kept.seq = seq;
  kept.author = mention.author;
  kept.created_at = mention.created_at;
  kept.id = mention.id;
  kept.own_words = mention.own_words;
  const auto link = static_cast<std::uint32_t>(slot + 1);
  for (std::size_t table = 0; table < tables_of(mention.fingerprint); ++table) {
    const std::uint64_t block = block_of(mention.fingerprint, table);
    std::uint32_t& head = heads_[bucket_of(mention.brand, table, block)];
    walked.older[table] = head;
    kept.newer[table] = 0;
    if (head != 0) kept_[head - 1].newer[table] = link;
    head = link;
  }
}

void CopyWindow::remove(std::uint64_t seq) {
  const std::size_t slot = slot_of(seq);
  if (is_ready() && slot < kept_.size() && kept_[slot].seq == seq) unlink(slot);
}

void CopyWindow::unlink(std::size_t slot) {
  const Walked& walked = walked_[slot];
  Kept& kept = kept_[slot];
  for (std::size_t table = 0; table < tables_of(walked.fingerprint); ++table) {
    const std::uint32_t older = walked.older[table], newer = kept.newer[table];
    if (older != 0) kept_[older - 1].newer[table] = newer;
    if (newer != 0) {
      walked_[newer - 1].older[table] = older;
    } else {
      const std::uint64_t block = block_of(walked.fingerprint, table);
      heads_[bucket_of(walked.brand, table, block)] = older;
    }
  }
  kept.seq = 0;
}

}  // namespace passaparola::store
