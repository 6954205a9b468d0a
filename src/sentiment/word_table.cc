#include "sentiment/word_table.h"

#include <cstring>
#include <utility>

namespace passaparola::sentiment {
namespace {

std::uint64_t load(const char* from, std::size_t size) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, from, size);
  return bytes;
}

// Words are a few bytes long: eight at a time through one multiplication. The table never leaves
// the process, so that its hash may differ between machines.
std::uint64_t hash_of(std::string_view word) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15ULL;
  std::uint64_t hash = word.size() * kOdd;
  const char* at = word.data();
  std::size_t left = word.size();
  for (; left > 8; left -= 8, at += 8) {
    hash = (hash ^ load(at, 8)) * kOdd;
    hash ^= hash >> 32;
  }
  hash = (hash ^ load(at, left)) * kOdd;
  return hash ^ (hash >> 29);
}

}  // namespace

WordTable::WordTable() : slots_(1024), spellings_(1) {}

std::size_t WordTable::slot_of(std::string_view word, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  const auto check = static_cast<std::uint32_t>(hash >> 32);
  std::size_t at = hash & mask;
  for (;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.id == 0) return at;
    if (slot.check == check && slot.length == word.size() &&
        std::memcmp(text_.data() + slot.begin, word.data(), word.size()) == 0) {
      return at;
    }
  }
}

WordId WordTable::find(std::string_view word) const {
  if (word.empty()) return 0;
  return slots_[slot_of(word, hash_of(word))].id;
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
  slots_[slot_of(word, hash)] = {static_cast<std::uint32_t>(hash >> 32),
                                 static_cast<std::uint32_t>(text_.size()),
                                 static_cast<std::uint32_t>(word.size()), id};
  text_.append(word);
  ++used_;
}

void WordTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.id == 0) continue;
    const std::string_view word(text_.data() + slot.begin, slot.length);
    slots_[slot_of(word, hash_of(word))] = slot;
  }
}

}  // namespace passaparola::sentiment
