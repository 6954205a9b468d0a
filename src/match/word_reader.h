// WordReader: cuts search text into plain words, 64 bytes at a time. A plain word is a longest run
// of word characters (core/fold.h) that are no letters of a script without spaces. Nothing of it
// depends on what stands further away than the neighbouring characters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace passaparola::match {

// Half-open bytes of the text.
struct PlainWord {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  auto operator<=>(const PlainWord&) const = default;
};

class WordReader {
 public:
  // `plain` takes a byte at a time and is the same on every processor; `fast` takes the widest
  // vectors that this processor has, where there is code for them.
  enum class Way : std::uint8_t { fast, plain };

  static constexpr std::size_t kWindowBytes = 2048;               // looked at by one read()
  static constexpr std::size_t kMaxWords = kWindowBytes / 2 + 1;  // that one read() gives

  // `text` is valid UTF-8 of less than 4 GiB and outlives the reader.
  explicit WordReader(std::string_view text, Way way = Way::fast);

  // Writes the words that end in the next window, in order, and says how many. `words` has room
  // for kMaxWords. None are no end: done() says when the text has been read.
  std::size_t read(std::span<PlainWord> words);

  bool done() const { return at_ >= text_.size() && !open_; }

  // Of a block of 64 bytes, which may belong to words and which are no ASCII: bit i is byte i.
  static constexpr std::size_t kBlockBytes = 64;
  struct Masks {
    std::uint64_t word = 0;
    std::uint64_t other = 0;
  };
  // What differs by processor.
  struct Kernel {
    void (*classify)(const char* bytes, std::size_t blocks, Masks* masks);
    // The words of blocks that begin at `base` go to words[count…]; says how many there are now. If
    // `open`, the last of them before the blocks goes on in these. The end of the last word is
    // wrong when it goes on behind the blocks; up to three more are written over.
    std::size_t (*cut)(const Masks* masks, std::size_t blocks, std::uint32_t base, bool open,
                       PlainWord* words, std::size_t count);
  };

 private:
  void take_out_other(std::size_t base, Masks& masks);

  std::string_view text_;
  const Kernel* kernel_;
  std::size_t at_ = 0;
  std::uint64_t spill_ = 0;  // bytes of the next block that belong to a character that is no word's
  bool open_ = false;        // a word goes on beyond what was read
  std::uint32_t begin_ = 0;  // of that word
};

// Is it a word character and no letter of a script without spaces?
bool is_plain_word_character(char32_t c);

}  // namespace passaparola::match
