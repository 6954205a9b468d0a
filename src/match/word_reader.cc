#include "match/word_reader.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <bitset>
#include <cstring>

#include "core/fold.h"

namespace passaparola::match {
namespace {

constexpr std::size_t kBlockBytes = WordReader::kBlockBytes;
using Masks = WordReader::Masks;

constexpr bool is_ascii_word(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

void classify_plain(const char* bytes, std::size_t blocks, Masks* masks) {
  for (std::size_t block = 0; block < blocks; ++block) {
    Masks found;
    for (std::size_t i = 0; i < kBlockBytes; ++i) {
      const auto byte = static_cast<unsigned char>(*bytes++);
      const std::uint64_t other = byte >> 7;
      found.other |= other << i;
      found.word |= (other | (is_ascii_word(byte) ? 1U : 0U)) << i;
    }
    masks[block] = found;
  }
}

// Begins and ends are taken from two masks side by side, four words at a time: fewer branches to
// guess. One that goes on behind its block has its end written when that is seen.
[[gnu::always_inline]] inline std::size_t cut_words(const Masks* masks, std::size_t blocks,
                                                    std::uint32_t base, bool open, PlainWord* words,
                                                    std::size_t count) {
  const auto bit = [](std::uint64_t mask) {
    return static_cast<std::uint32_t>(std::countr_zero(mask));
  };
  std::uint64_t carry = open ? 1 : 0;
  for (std::size_t block = 0; block < blocks; ++block, base += kBlockBytes) {
    const std::uint64_t word = masks[block].word;
    const std::uint64_t before = word << 1 | carry;
    std::uint64_t begins = word & ~before;
    std::uint64_t ends = ~word & before;
    if (carry != 0 && ends != 0) {
      words[count - 1].end = base + bit(ends);
      ends &= ends - 1;
    }
    const std::size_t behind = count + static_cast<std::size_t>(std::popcount(begins));
    for (; count < behind; count += 4) {
      for (std::size_t i = 0; i < 4; ++i) {
        words[count + i] = {base + bit(begins), base + bit(ends)};
        begins &= begins - 1;
        ends &= ends - 1;
      }
    }
    count = behind;
    carry = word >> 63;
  }
  return count;
}

std::size_t cut_plain(const Masks* masks, std::size_t blocks, std::uint32_t base, bool open,
                      PlainWord* words, std::size_t count) {
  return cut_words(masks, blocks, base, open, words, count);
}

constexpr WordReader::Kernel kPlain{classify_plain, cut_plain};

#if defined(__x86_64__)

// One vector of bytes: all bits of a byte are set if it is an ASCII word character. What it says
// of other bytes does not count.
__m128i ascii_words(__m128i bytes) {
  const __m128i letter = _mm_sub_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
  const __m128i digit = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
  const __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(25)), letter);
  const __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit);
  const __m128i is_low_line = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_'));
  return _mm_or_si128(_mm_or_si128(is_letter, is_digit), is_low_line);
}

// Every x86-64 has SSE2.
void classify_sse2(const char* bytes, std::size_t blocks, Masks* masks) {
  for (std::size_t block = 0; block < blocks; ++block) {
    Masks found;
    for (std::size_t i = 0; i < kBlockBytes; i += sizeof(__m128i)) {
      const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
      bytes += sizeof here;
      const auto other = static_cast<std::uint32_t>(_mm_movemask_epi8(here));
      const auto word = static_cast<std::uint32_t>(_mm_movemask_epi8(ascii_words(here)));
      found.other |= static_cast<std::uint64_t>(other) << i;
      found.word |= static_cast<std::uint64_t>(word | other) << i;
    }
    masks[block] = found;
  }
}

__attribute__((target("avx2"))) __m256i ascii_words(__m256i bytes) {
  const __m256i letter =
      _mm256_sub_epi8(_mm256_or_si256(bytes, _mm256_set1_epi8(0x20)), _mm256_set1_epi8('a'));
  const __m256i digit = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
  const __m256i is_letter =
      _mm256_cmpeq_epi8(_mm256_min_epu8(letter, _mm256_set1_epi8(25)), letter);
  const __m256i is_digit = _mm256_cmpeq_epi8(_mm256_min_epu8(digit, _mm256_set1_epi8(9)), digit);
  const __m256i is_low_line = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('_'));
  return _mm256_or_si256(_mm256_or_si256(is_letter, is_digit), is_low_line);
}

__attribute__((target("avx2"))) void classify_avx2(const char* bytes, std::size_t blocks,
                                                   Masks* masks) {
  for (std::size_t block = 0; block < blocks; ++block) {
    Masks found;
    for (std::size_t i = 0; i < kBlockBytes; i += sizeof(__m256i)) {
      const __m256i here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
      bytes += sizeof here;
      const auto other = static_cast<std::uint32_t>(_mm256_movemask_epi8(here));
      const auto word = static_cast<std::uint32_t>(_mm256_movemask_epi8(ascii_words(here)));
      found.other |= static_cast<std::uint64_t>(other) << i;
      found.word |= static_cast<std::uint64_t>(word | other) << i;
    }
    masks[block] = found;
  }
}

// The same with the instructions for bits that came with AVX2.
__attribute__((target("avx2,bmi,popcnt"))) std::size_t cut_avx2(const Masks* masks,
                                                                std::size_t blocks,
                                                                std::uint32_t base, bool open,
                                                                PlainWord* words,
                                                                std::size_t count) {
  return cut_words(masks, blocks, base, open, words, count);
}

constexpr WordReader::Kernel kSse2{classify_sse2, cut_plain};
constexpr WordReader::Kernel kAvx2{classify_avx2, cut_avx2};

const WordReader::Kernel& fastest() {
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0 &&
                               __builtin_cpu_supports("bmi") != 0 &&
                               __builtin_cpu_supports("popcnt") != 0;
  return has_avx2 ? kAvx2 : kSse2;
}

#else

const WordReader::Kernel& fastest() { return kPlain; }

#endif

// The planes in which nearly all text lies, by table; two kibibytes of it are in use for Europe.
constexpr char32_t kTableEnd = 0x20000;

const std::bitset<kTableEnd>& plain_word_table() {
  static const auto table = [] {
    std::bitset<kTableEnd> plain;
    for (char32_t c = 0; c < kTableEnd; ++c) {
      plain[c] = is_word_character(c) && !is_unspaced_letter(c);
    }
    return plain;
  }();
  return table;
}

}  // namespace

bool is_plain_word_character(char32_t c) {
  if (c < kTableEnd) return plain_word_table()[c];
  return is_word_character(c) && !is_unspaced_letter(c);
}

WordReader::WordReader(std::string_view text, Way way)
    : text_(text), kernel_(way == Way::fast ? &fastest() : &kPlain) {}

// Takes the characters beyond ASCII that belong to no word out of the words' bytes. Such a
// character may reach into the next block.
void WordReader::take_out_other(std::size_t base, Masks& masks) {
  masks.word &= ~spill_;
  masks.other &= ~spill_;
  spill_ = 0;
  for (std::uint64_t left = masks.other; left != 0;) {
    const auto bit = static_cast<std::size_t>(std::countr_zero(left));
    std::size_t end = base + bit;
    if ((static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80U) {
      left &= left - 1;  // the rest of a character that the block before began
      continue;
    }
    const char32_t c = next_code_point(text_, end);
    const std::size_t size = end - base - bit;
    const std::uint64_t character = (std::uint64_t{1} << size) - 1;
    left &= ~(character << bit);
    if (is_plain_word_character(c)) continue;
    masks.word &= ~(character << bit);
    if (bit + size > kBlockBytes) spill_ = character >> (kBlockBytes - bit);
  }
}

std::size_t WordReader::read(std::span<PlainWord> words) {
  std::array<Masks, kWindowBytes / kBlockBytes> masks;
  const std::size_t size = std::min(text_.size() - at_, kWindowBytes);
  std::size_t blocks = size / kBlockBytes;
  kernel_->classify(text_.data() + at_, blocks, masks.data());
  if (const std::size_t rest = size % kBlockBytes; rest != 0) {
    std::array<char, kBlockBytes> padded{};
    std::memcpy(padded.data(), text_.data() + at_ + size - rest, rest);
    kernel_->classify(padded.data(), 1, &masks[blocks++]);
  }
  for (std::size_t block = 0; block < blocks; ++block) {
    if ((masks[block].other | spill_) != 0) {
      take_out_other(at_ + block * kBlockBytes, masks[block]);
    }
  }
  if (blocks == 0) return 0;
  if (open_) words[0].begin = begin_;
  std::size_t count = kernel_->cut(masks.data(), blocks, static_cast<std::uint32_t>(at_), open_,
                                   words.data(), open_ ? 1 : 0);
  at_ += size;
  open_ = masks[blocks - 1].word >> 63 != 0;
  if (open_ && at_ == text_.size()) {
    words[count - 1].end = static_cast<std::uint32_t>(at_);
    open_ = false;
  } else if (open_) {
    begin_ = words[--count].begin;
  }
  return count;
}

}  // namespace passaparola::match
