#include "sentiment/word_table.h"

#include <cstring>
#include <utility>

namespace passaparola::sentiment {
namespace {

std::uint64_t load8(const char* from) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

std::uint64_t load4(const char* from) {
  std::uint32_t bytes = 0;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

// For the same reason as in hash_of(), without a call to memcmp. Both have `size` bytes.
bool same_bytes(const char* a, const char* b, std::size_t size) {
  if (size >= 8) {
    for (std::size_t i = 0; i + 8 < size; i += 8) {
      if (load8(a + i) != load8(b + i)) return false;
    }
    return load8(a + size - 8) == load8(b + size - 8);
  }
  if (size >= 4) return load4(a) == load4(b) && load4(a + size - 4) == load4(b + size - 4);
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

// Words are a few bytes long: eight at a time through one multiplication, and what is left by reads
// of a fixed size that may overlap, since a copy of unknown size costs more than all the rest. The
// table never leaves the process, so that its hash may differ between machines.
std::uint64_t hash_of(std::string_view word) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15ULL;
  const char* at = word.data();
  std::size_t left = word.size();
  std::uint64_t hash = left * kOdd;
  for (; left > 8; left -= 8, at += 8) {
    hash = (hash ^ load8(at)) * kOdd;
    hash ^= hash >> 32;
  }
  std::uint64_t last = 0;
  if (word.size() >= 8) {
    last = load8(at + left - 8);
  } else if (left >= 4) {
    last = load4(at) | load4(at + left - 4) << 32;
  } else if (left > 0) {
    const auto byte = [&](std::size_t i) {
      return std::uint64_t{static_cast<unsigned char>(at[i])};
    };
    last = byte(0) | byte(left / 2) << 8 | byte(left - 1) << 16;
  }
  hash = (hash ^ last) * kOdd;
  return hash ^ (hash >> 29);
}

std::uint8_t tag_of(std::uint64_t hash) { return static_cast<std::uint8_t>(hash >> 56) | 1; }

}  // namespace

WordTable::WordTable() : slots_(1024), tags_(slots_.size()), spellings_(1) {}

std::size_t WordTable::slot_of(std::string_view word, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  const auto check = static_cast<std::uint32_t>(hash >> 32);
  const std::uint8_t tag = tag_of(hash);
  std::size_t at = hash & mask;
  for (;; at = (at + 1) & mask) {
    if (tags_[at] == 0) return at;
    if (tags_[at] != tag) continue;
    const Slot& slot = slots_[at];
    if (slot.check == check && slot.length == word.size() &&
        same_bytes(text_.data() + slot.begin, word.data(), word.size())) {
      return at;
    }
  }
}

WordId WordTable::find(std::string_view word) const {
  if (word.empty()) return 0;
  const std::size_t at = slot_of(word, hash_of(word));
  return tags_[at] == 0 ? 0 : slots_[at].id;
}

WordId WordTable::add(std::string_view word) {
  const WordId known = find(word);
  if (known != 0) return known;
  const auto id = static_cast<WordId>(spellings_.size());
  spellings_.emplace_back(static_cast<std::uint32_t>(text_.size()),
                          static_cast<std::uint32_t>(word.size()));
  insert(word, id);
  return id;
}

void WordTable::alias(std::string_view word, WordId id) {
  if (!word.empty() && find(word) == 0) insert(word, id);
}

void WordTable::insert(std::string_view word, WordId id) {
  if (2 * (used_ + 1) > slots_.size()) grow();
  const std::uint64_t hash = hash_of(word);
  const std::size_t at = slot_of(word, hash);
  tags_[at] = tag_of(hash);
  slots_[at] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(text_.size()),
                static_cast<std::uint32_t>(word.size()), id};
  text_.append(word);
  ++used_;
}

void WordTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  tags_.assign(slots_.size(), 0);
  for (const Slot& slot : old) {
    if (slot.id == 0) continue;
    const std::string_view word(text_.data() + slot.begin, slot.length);
    const std::uint64_t hash = hash_of(word);
    const std::size_t at = slot_of(word, hash);
    tags_[at] = tag_of(hash);
    slots_[at] = slot;
  }
}

}  // namespace passaparola::sentiment
