// Dictionary: finds a great many literals in search text at a cost that hardly grows with their
// number. It takes literals that stand between word edges and hold a plain word (word_reader.h):
// words, phrases, #tags, @handles, $cashtags, hosts. Each is found by one word of it, its key, or
// by its key and a neighbour of that; only where those stand is the whole literal compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "match/word_reader.h"

namespace passaparola::match {

// A literal ends at `end` of the scanned text.
struct LiteralHit {
  std::uint32_t literal = 0;
  std::uint32_t end = 0;
};

// Immutable; thread-safe.
class Dictionary {
 public:
  struct Entry {
    std::string_view text;  // takes(text); different from all others
    std::uint32_t literal = 0;
  };

  // Can a literal that needs word edges at both ends be found by its words?
  static bool takes(std::string_view literal);

  Dictionary() = default;
  explicit Dictionary(std::span<const Entry> entries);  // copies the texts

  bool empty() const { return places_.empty(); }
  std::size_t bytes() const;  // of its tables

  // Appends every place where a literal stands between two word edges (is_word_edge), nearly in
  // the order of their ends. `text` is valid UTF-8 of less than 4 GiB.
  void find(std::string_view text, std::vector<LiteralHit>& hits,
            WordReader::Way way = WordReader::Way::fast) const;

 private:
  // The literals of one key. The table is open-addressed; an empty slot ends a search.
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t first = 0;  // its literals: places_[first, first + count)
    std::uint32_t count = 0;
  };
  // Bits of the hashes of the keys that are one word, or two, and of the key words of the latter.
  struct Bits {
    std::uint64_t keys = 0;
    std::uint64_t pair_words = 0;
  };
  // A literal: where it begins, seen from the key word, and what it is.
  struct Place {
    std::uint32_t text = 0;  // offset into texts_
    std::uint32_t size = 0;
    std::uint32_t before = 0;  // bytes before the key word, or the first of two
    std::uint32_t alike = 1;   // from here on, places of this key with this size and `before`
    std::uint32_t literal = 0;
  };
  struct Keyed;   // a place with its key, while the tables are made
  struct Window;  // some words of a text with their hashes
  struct Keys;    // chooses them

  void fill(std::span<const Keyed> keyed);        // sorted by key
  std::size_t slot_of(std::uint64_t hash) const;  // of its own, or of an empty one
  void look_up(std::string_view text, const Window& window, std::size_t to,
               std::vector<LiteralHit>& hits) const;
  void compare(std::string_view text, PlainWord key, std::uint64_t hash,
               std::vector<LiteralHit>& hits) const;
  const Place* same(const Place& first, std::string_view text) const;

  std::vector<Bits> filter_;  // a power of two, by the first bits of a hash; fits the L2 cache
  std::vector<Slot> slots_;   // a power of two, by the last bits
  std::vector<Place> places_;
  std::string texts_;
  unsigned filter_shift_ = 63;
};

}  // namespace passaparola::match
