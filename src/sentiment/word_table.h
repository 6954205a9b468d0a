// WordTable: which words we know, as numbers. A flat hash table with open addressing: one probe
// answers for nearly every word, known or not. A byte of every slot's hash stands apart from the
// slots, in an array small enough to stay in the cache, so that a word that we do not know, as most
// are, costs no look at the slots. Filled at load, then only read (thread-safe).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace passaparola::sentiment {

// 0 means: not a word that we know.
using WordId = std::uint32_t;

class WordTable {
 public:
  WordTable();

  // The id of `word`, a new one when it was not known. Ids count from 1.
  WordId add(std::string_view word);

  // Makes `word` another spelling of `id`, unless it is known already.
  void alias(std::string_view word, WordId id);

  WordId find(std::string_view word) const;

  std::size_t size() const { return spellings_.size() - 1; }  // ids given out; the largest id

  // The word that `id` was added for.
  std::string_view spelling(WordId id) const {
    return std::string_view(text_).substr(spellings_[id].first, spellings_[id].second);
  }

 private:
  struct Slot {
    std::uint32_t check = 0;  // the upper half of the hash
    std::uint32_t begin = 0;  // of the word in text_
    std::uint32_t length = 0;
    WordId id = 0;  // 0: free
  };

  std::size_t slot_of(std::string_view word, std::uint64_t hash) const;
  void insert(std::string_view word, WordId id);
  void grow();

  std::vector<Slot> slots_;
  std::vector<std::uint8_t> tags_;  // of each slot: a byte of its hash, never 0; 0: free
  std::string text_;
  std::size_t used_ = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> spellings_;  // by id: begin, length
};

}  // namespace passaparola::sentiment
