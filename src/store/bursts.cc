#include "store/bursts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "store/copies.h"
#include "store/penalise.h"

namespace passaparola::store {
namespace {

constexpr std::size_t kHeads = std::size_t{1} << 16;
constexpr std::int64_t kMillisecondsPerMinute = 60'000;
constexpr std::int64_t kMinutesApart = 2;     // of who speaks at the same time
constexpr std::int64_t kMinutesBetween = 60;  // of two occasions of one author
constexpr std::size_t kMaxOccasions = 16;     // of an author that are looked at
constexpr std::size_t kMaxChain = 512;        // links of a chain that are looked at
constexpr double kBurstPenalty = 0.6;

std::size_t mixed(std::uint64_t a, std::uint64_t b) {
  std::uint64_t value = a * 0x9E3779B97F4A7C15 + b;
  value = (value ^ (value >> 32)) * 0xD6E8FEB86659FD93;
  return static_cast<std::size_t>((value ^ (value >> 32)) & (kHeads - 1));
}

std::int64_t minute_of(Timestamp at) {
  const std::int64_t rest = at.milliseconds % kMillisecondsPerMinute;
  return at.milliseconds / kMillisecondsPerMinute - (rest < 0 ? 1 : 0);
}

}  // namespace

bool may_burst(PostKind kind, bool reposts, bool answers) {
  return is_own_words(kind, reposts) && kind != PostKind::reply && !answers;
}

void note_burst(const BurstFound& found, Mention& mention, Arena& arena) {
  const std::string evidence =
      fmt::format("within minutes of the same {} others, {} times", found.others, found.times);
  penalise(mention, Signal::burst, kBurstPenalty, evidence, arena);
}

void BurstWindow::clear() {
  authors_ = {};
  times_ = {};
  kept_ = {};
}

void BurstWindow::begin_anew() {
  authors_.assign(kHeads, 0);
  times_.assign(kHeads, 0);
  kept_.clear();
}

void BurstWindow::add(std::uint64_t seq, const BurstTraits& mention) {
  const std::size_t slot = slot_of(seq);
  if (slot < kept_.size() && kept_[slot].seq != 0) unlink(slot);
  if (mention.author == 0) return;
  if (slot >= kept_.size()) kept_.resize(slot + 1);
  Kept& kept = kept_[slot];
  kept = {};
  kept.seq = seq;
  kept.author = mention.author;
  kept.minute = minute_of(mention.created_at);
  kept.brand = mention.brand;
  const auto link = static_cast<std::uint32_t>(slot + 1);
  std::uint32_t& author = authors_[mixed(kept.author, kept.brand)];
  kept.older_of_author = author;
  if (author != 0) kept_[author - 1].newer_of_author = link;
  author = link;
  std::uint32_t& time = times_[mixed(static_cast<std::uint64_t>(kept.minute), kept.brand)];
  kept.older_of_time = time;
  if (time != 0) kept_[time - 1].newer_of_time = link;
  time = link;
}

void BurstWindow::remove(std::uint64_t seq) {
  const std::size_t slot = slot_of(seq);
  if (slot < kept_.size() && kept_[slot].seq == seq) unlink(slot);
}

void BurstWindow::unlink(std::size_t slot) {
  Kept& kept = kept_[slot];
  if (kept.older_of_author != 0) {
    kept_[kept.older_of_author - 1].newer_of_author = kept.newer_of_author;
  }
  if (kept.older_of_time != 0) kept_[kept.older_of_time - 1].newer_of_time = kept.newer_of_time;
  if (kept.newer_of_author != 0) {
    kept_[kept.newer_of_author - 1].older_of_author = kept.older_of_author;
  } else {
    authors_[mixed(kept.author, kept.brand)] = kept.older_of_author;
  }
  if (kept.newer_of_time != 0) {
    kept_[kept.newer_of_time - 1].older_of_time = kept.older_of_time;
  } else {
    times_[mixed(static_cast<std::uint64_t>(kept.minute), kept.brand)] = kept.older_of_time;
  }
  kept = {};
}

bool BurstWindow::others_at(const BurstTraits& mention, std::int64_t minute,
                            std::vector<std::uint64_t>& others) const {
  others.clear();
  std::size_t looked_at = 0;
  for (std::int64_t at = minute - kMinutesApart; at <= minute + kMinutesApart; ++at) {
    std::uint32_t link = times_[mixed(static_cast<std::uint64_t>(at), mention.brand)];
    for (; link != 0; link = kept_[link - 1].older_of_time) {
      if (++looked_at > kMaxChain) return false;
      const Kept& other = kept_[link - 1];
      if (other.brand != mention.brand || other.minute != at || other.author == mention.author) {
        continue;
      }
      if (std::find(others.begin(), others.end(), other.author) != others.end()) continue;
      if (others.size() == kMaxBurstOthers) return false;
      others.push_back(other.author);
    }
  }
  return true;
}

std::vector<std::int64_t> BurstWindow::occasions_of(std::uint64_t author, BrandNumber brand) const {
  std::vector<std::int64_t> occasions;
  std::uint32_t link = authors_[mixed(author, brand)];
  for (std::size_t i = 0; link != 0 && i < kMaxChain && occasions.size() < kMaxOccasions; ++i) {
    const Kept& kept = kept_[link - 1];
    link = kept.older_of_author;
    if (kept.author != author || kept.brand != brand) continue;
    const bool apart = std::all_of(occasions.begin(), occasions.end(), [&](std::int64_t other) {
      return kept.minute > other ? kept.minute - other >= kMinutesBetween
                                 : other - kept.minute >= kMinutesBetween;
    });
    if (apart) occasions.push_back(kept.minute);
  }
  return occasions;
}

BurstFound BurstWindow::find(const BurstTraits& mention) const {
  if (mention.author == 0) return {};
  const std::vector<std::int64_t> occasions = occasions_of(mention.author, mention.brand);
  if (occasions.size() < kBurstTimes) return {};
  std::map<std::uint64_t, std::uint32_t> times;  // of each of the others
  std::vector<std::uint64_t> others;
  for (const std::int64_t minute : occasions) {
    if (!others_at(mention, minute, others)) continue;
    for (const std::uint64_t other : others) ++times[other];
  }
  BurstFound found;
  for (const auto& [other, count] : times) {
    if (count < kBurstTimes || 2 * count < occasions_of(other, mention.brand).size()) continue;
    ++found.others;
    found.times = std::max(found.times, count);
  }
  return found.others >= kBurstOthers ? found : BurstFound{};
}

}  // namespace passaparola::store
