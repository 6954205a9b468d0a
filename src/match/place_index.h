// PlaceIndex: finds the places of equal things in a list that somebody else keeps. Half of the time
// and a third of the memory of a map with the things as keys, of which rules would need several.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace passaparola::match {

class PlaceIndex {
 public:
  void reserve(std::size_t count) {
    if (2 * count > slots_.size()) grow(std::bit_ceil(2 * count));
  }

  // The place as below; nullopt if there is none.
  template <class IsSame>
  std::optional<std::uint32_t> find(std::uint64_t hash, const IsSame& is_same) const {
    for (std::size_t at = first_slot(hash); slots_[at].place != kNone;
         at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].hash == hash && is_same(slots_[at].place)) return slots_[at].place;
    }
    return std::nullopt;
  }

  // The first place that was given for this hash and of which `is_same(place)` holds. If there is
  // none, `next` is one from now on, and is returned.
  template <class IsSame>
  std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t next, const IsSame& is_same) {
    if (2 * (size_ + 1) > slots_.size()) grow(2 * slots_.size());
    std::size_t at = first_slot(hash);
    for (; slots_[at].place != kNone; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].hash == hash && is_same(slots_[at].place)) return slots_[at].place;
    }
    slots_[at] = {hash, next};
    ++size_;
    return next;
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t place = kNone;
  };

  std::size_t first_slot(std::uint64_t hash) const { return hash & (slots_.size() - 1); }

  void grow(std::size_t count) {
    std::vector<Slot> old(count);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.place == kNone) continue;
      std::size_t at = first_slot(slot.hash);
      while (slots_[at].place != kNone) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(16);  // a power of two, at most half full
  std::size_t size_ = 0;
};

}  // namespace passaparola::match
