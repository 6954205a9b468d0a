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

WordReader::Classify fastest() {
  static const WordReader::Classify found =
      __builtin_cpu_supports("avx2") ? classify_avx2 : classify_sse2;
  return found;
}

#else

WordReader::Classify fastest() { return classify_plain; }

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
    : text_(text), classify_(way == Way::fast ? fastest() : classify_plain) {}

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
  classify_(text_.data() + at_, blocks, masks.data());
  if (const std::size_t rest = size % kBlockBytes; rest != 0) {
    std::array<char, kBlockBytes> padded{};
    std::memcpy(padded.data(), text_.data() + at_ + size - rest, rest);
    classify_(padded.data(), 1, &masks[blocks++]);
  }
  std::size_t count = 0;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t base = at_ + block * kBlockBytes;
    if ((masks[block].other | spill_) != 0) take_out_other(base, masks[block]);
    const std::uint64_t word = masks[block].word;
    // Where words begin and end, by turns.
    std::uint64_t edges = word ^ (word << 1 | (open_ ? 1U : 0U));
    if (open_ && edges != 0) {
      words[count++] = {begin_, static_cast<std::uint32_t>(
                                    base + static_cast<std::size_t>(std::countr_zero(edges)))};
      edges &= edges - 1;
    }
    while (edges != 0) {
      const auto begin =
          static_cast<std::uint32_t>(base + static_cast<std::size_t>(std::countr_zero(edges)));
      edges &= edges - 1;
      if (edges == 0) {
        begin_ = begin;
        break;
      }
      words[count++] = {begin, static_cast<std::uint32_t>(
                                   base + static_cast<std::size_t>(std::countr_zero(edges)))};
      edges &= edges - 1;
    }
    open_ = word >> 63 != 0;
  }
  at_ += size;
  if (at_ == text_.size() && open_) {
    words[count++] = {begin_, static_cast<std::uint32_t>(at_)};
    open_ = false;
  }
  return count;
}

}  // namespace passaparola::match
