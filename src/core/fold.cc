#include "core/fold.h"

#include <unicode/bytestream.h>
#include <unicode/edits.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <array>
#include <bit>
#include <bitset>
#include <cstring>
#include <numeric>

#include "core/check.h"

namespace passaparola {
namespace {

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Sixteen bytes that the processor folds together (a vector of GCC and Clang).
using Bytes = unsigned char __attribute__((vector_size(16)));

void lower_block(char* text) {
  Bytes bytes;
  std::memcpy(&bytes, text, sizeof bytes);
  const auto upper = reinterpret_cast<Bytes>(bytes - 'A' < 26);
  bytes |= upper & 0x20;
  std::memcpy(text, &bytes, sizeof bytes);
}

// Lowers the ASCII letters among any bytes. The last block overlaps the one before it: what is
// lower stays.
void lower_ascii(char* text, std::size_t size) {
  std::size_t at = 0;
  for (; at + sizeof(Bytes) <= size; at += sizeof(Bytes)) lower_block(text + at);
  if (size >= sizeof(Bytes)) {
    lower_block(text + size - sizeof(Bytes));
  } else {
    for (; at < size; ++at) {
      if (text[at] >= 'A' && text[at] <= 'Z') text[at] = static_cast<char>(text[at] + 0x20);
    }
  }
}

// The end of the run of ASCII characters that begins at `at`, sought eight bytes at a time.
std::size_t ascii_end(std::string_view text, std::size_t at) {
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if (const std::uint64_t high = word & kHighBits; high != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(high)) / 8;
    }
  }
  while (at < text.size() && is_ascii(text[at])) ++at;
  return at;
}

const icu::Normalizer2& nfkc_casefold() {
  UErrorCode status = U_ZERO_ERROR;
  static const icu::Normalizer2* const instance = icu::Normalizer2::getNFKCCasefoldInstance(status);
  CHECK(instance != nullptr, "ICU has no NFKC_Casefold data");
  return *instance;
}

void fold_run(std::string_view run, std::string& out, icu::Edits* edits) {
  UErrorCode status = U_ZERO_ERROR;
  icu::StringByteSink<std::string> sink(&out);
  nfkc_casefold().normalizeUTF8(
      0, icu::StringPiece(run.data(), static_cast<std::int32_t>(run.size())), sink, edits, status);
  CHECK(U_SUCCESS(status), "NFKC folding of valid UTF-8 cannot fail");
}

// The folded forms of U+00C0..U+017F, which by themselves interact with no neighbour but a mark.
constexpr char32_t kTableBegin = 0xC0;
constexpr char32_t kTableEnd = 0x180;

struct FoldedLetter {
  std::array<char, 4> bytes{};
  std::uint8_t size = 0;
};

const std::array<FoldedLetter, kTableEnd - kTableBegin>& letter_table() {
  static const auto table = [] {
    std::array<FoldedLetter, kTableEnd - kTableBegin> letters;
    for (char32_t c = kTableBegin; c < kTableEnd; ++c) {
      const std::array<char, 2> utf8{static_cast<char>(0xC0 | (c >> 6)),
                                     static_cast<char>(0x80 | (c & 0x3F))};
      std::string text;
      fold_run(std::string_view(utf8.data(), 2), text, nullptr);
      FoldedLetter& letter = letters[c - kTableBegin];
      CHECK(text.size() <= letter.bytes.size(), "a Latin letter folds to at most four bytes");
      text.copy(letter.bytes.data(), text.size());
      letter.size = static_cast<std::uint8_t>(text.size());
    }
    return letters;
  }();
  return table;
}

// Which characters of one range folding leaves alone whatever stands beside them.
template <char32_t first, char32_t behind>
bool is_inert_in_range(char32_t c) {
  static const auto inert = [] {
    std::bitset<behind - first> table;
    for (char32_t i = first; i < behind; ++i) {
      table[i - first] = nfkc_casefold().isInert(static_cast<UChar32>(i));
    }
    return table;
  }();
  return inert[c - first];
}

// The typographic marks and the emoji by table, for they are frequent.
bool is_inert(char32_t c) {
  if (c >= 0x2000 && c < 0x2C00) return is_inert_in_range<0x2000, 0x2C00>(c);
  if (c >= 0x1F000 && c < 0x1FC00) return is_inert_in_range<0x1F000, 0x1FC00>(c);
  return nfkc_casefold().isInert(static_cast<UChar32>(c));
}

// The joiner and the selector inside emoji fold to nothing.
bool is_emoji_glue(char32_t c) { return c == 0x200D || c == 0xFE0F; }

// Appends what a character folds to by itself; false when its neighbours matter.
bool fold_character(std::string_view character, char32_t c, std::string& out) {
  if (c >= kTableBegin && c < kTableEnd) {
    const FoldedLetter& letter = letter_table()[c - kTableBegin];
    out.append(letter.bytes.data(), letter.size);
  } else if (c < 0x80) {
    out.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c + 0x20 : c));
  } else if (is_inert(c)) {
    out.append(character);
  } else if (!is_emoji_glue(c)) {
    return false;
  }
  return true;
}

// Folds a run of which every character can be folded by itself: Latin letters with their accents,
// typographic marks, most emoji. False, and `out` as it was, when one of them cannot.
bool fold_simple_run(std::string_view run, std::string& out) {
  const std::size_t size = out.size();
  for (std::size_t at = 0; at < run.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(run, at);
    if (!fold_character(run.substr(begin, at - begin), c, out)) {
      out.resize(size);
      return false;
    }
  }
  return true;
}

// The same with origins; the run begins at `offset` of the original.
bool fold_simple_run(std::string_view run, std::size_t offset, Folded& result) {
  const std::size_t size = result.text.size();
  for (std::size_t at = 0; at < run.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(run, at);
    const std::string_view character = run.substr(begin, at - begin);
    const std::size_t from = result.text.size();
    if (!fold_character(character, c, result.text)) {
      result.text.resize(size);
      result.origin.resize(size);
      return false;
    }
    const bool same = std::string_view(result.text).substr(from) == character;
    for (std::size_t i = from; i < result.text.size(); ++i) {
      result.origin.push_back(static_cast<std::uint32_t>(offset + begin + (same ? i - from : 0)));
    }
  }
  return true;
}

// Folds what is no ASCII of folded[0, size), a copy of `text` with lowered ASCII letters, as long
// as its size stays: where the first run begins that changes its size or whose characters matter to
// each other.
std::size_t fold_in_place(std::string_view text, char* folded) {
  std::size_t run = 0;
  std::size_t behind = text.size() + 1;  // the run before; none yet
  for (std::size_t at = ascii_end(text, 0); at < text.size(); at = ascii_end(text, at)) {
    if (at != behind) run = at - (at > 0 ? 1 : 0);
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    behind = at;
    if (c >= kTableBegin && c < kTableEnd) {
      const FoldedLetter& letter = letter_table()[c - kTableBegin];
      if (letter.size != 2) return run;
      std::memcpy(folded + begin, letter.bytes.data(), 2);
    } else if (!is_inert(c)) {
      return run;
    }
  }
  return text.size();
}

// Calls ascii(begin, end) and other(begin, end) for the runs of `text`, in order. A run of other
// characters takes the ASCII character before it along, for a combining mark may change that one;
// an ASCII character never combines with what stands before it.
template <typename Ascii, typename Other>
void for_runs(std::string_view text, Ascii ascii, Other other) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = ascii_end(text, at);
    if (end == text.size()) {
      ascii(at, end);
      return;
    }
    if (end > at) --end;
    if (end > at) ascii(at, end);
    std::size_t stop = end;
    if (is_ascii(text[stop])) ++stop;
    while (stop < text.size() && !is_ascii(text[stop])) ++stop;
    other(end, stop);
    at = stop;
  }
}

}  // namespace

std::uint32_t Folded::original_end(std::size_t end) const {
  // The character that the last folded byte came from ends where the next origin begins.
  const std::uint32_t last = origin[end - 1];
  std::size_t next = end;
  while (next + 1 < origin.size() && origin[next] == last) ++next;
  return origin[next];
}

void fold_append(std::string_view text, std::string& out) {
  const std::size_t from = out.size();
  out.append(text);
  lower_ascii(out.data() + from, text.size());
  const std::size_t done = fold_in_place(text, out.data() + from);
  if (done == text.size()) return;
  out.resize(from + done);
  text.remove_prefix(done);
  for_runs(
      text,
      [&](std::size_t begin, std::size_t end) {
        const std::size_t at = out.size();
        out.append(text, begin, end - begin);
        lower_ascii(out.data() + at, end - begin);
      },
      [&](std::size_t begin, std::size_t end) {
        const std::string_view run = text.substr(begin, end - begin);
        if (!fold_simple_run(run, out)) fold_run(run, out, nullptr);
      });
}

Folded fold_with_origin(std::string_view text) {
  Folded result;
  fold_with_origin(text, result);
  return result;
}

void fold_with_origin(std::string_view text, Folded& result) {
  result.text.clear();
  result.origin.clear();
  result.origin.reserve(text.size() + 1);
  for_runs(
      text,
      [&](std::size_t begin, std::size_t end) {
        const std::size_t at = result.text.size();
        result.text.append(text, begin, end - begin);
        lower_ascii(result.text.data() + at, end - begin);
        result.origin.resize(result.text.size());
        std::iota(result.origin.begin() + static_cast<std::ptrdiff_t>(at), result.origin.end(),
                  static_cast<std::uint32_t>(begin));
      },
      [&](std::size_t begin, std::size_t end) {
        if (fold_simple_run(text.substr(begin, end - begin), begin, result)) return;
        icu::Edits edits;
        fold_run(text.substr(begin, end - begin), result.text, &edits);
        UErrorCode status = U_ZERO_ERROR;
        for (auto it = edits.getFineIterator(); it.next(status);) {
          const auto from =
              static_cast<std::uint32_t>(begin) + static_cast<std::uint32_t>(it.sourceIndex());
          const std::int32_t count = it.newLength();
          for (std::int32_t i = 0; i < count; ++i) {
            const auto step = it.hasChange() ? 0U : static_cast<std::uint32_t>(i);
            result.origin.push_back(from + step);
          }
        }
      });
  result.origin.push_back(static_cast<std::uint32_t>(text.size()));
  CHECK(result.origin.size() == result.text.size() + 1, "every folded byte has an origin");
}

std::string folded(std::string_view text) {
  std::string out;
  fold_append(text, out);
  return out;
}

bool is_valid_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int64_t>(text.size());
  for (std::int64_t i = 0; i < size;) {
    UChar32 c;
    U8_NEXT(bytes, i, size, c);
    if (c < 0) return false;
  }
  return true;
}

char32_t next_code_point(std::string_view text, std::size_t& offset) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  auto i = static_cast<std::int64_t>(offset);
  UChar32 c;
  U8_NEXT(bytes, i, static_cast<std::int64_t>(text.size()), c);
  offset = static_cast<std::size_t>(i);
  return c < 0 ? U'\uFFFD' : static_cast<char32_t>(c);
}

char32_t previous_code_point(std::string_view text, std::size_t offset) {
  std::size_t at = offset - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return next_code_point(text, at);
}

bool is_ascii(std::string_view text) { return ascii_end(text, 0) == text.size(); }

bool is_unspaced_letter(char32_t c) {
  if (c < 0x0E00) return false;
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(static_cast<UChar32>(c), &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return true;
    default:
      // The Kana length mark and the voiced sound marks belong to both Kana scripts.
      return c == U'\u30FC' || (c >= U'\u3099' && c <= U'\u309C');
  }
}

Folded without_accents(std::string_view folded_text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const nfd = icu::Normalizer2::getNFDInstance(status);
  CHECK(nfd != nullptr, "ICU has no NFD data");
  Folded result;
  for (std::size_t at = 0; at < folded_text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(folded_text, at);
    const std::size_t size = result.text.size();
    icu::UnicodeString parts;
    if (c >= 0x80 && nfd->getDecomposition(static_cast<UChar32>(c), parts)) {
      for (std::int32_t i = 0; i < parts.length();) {
        const UChar32 part = parts.char32At(i);
        i += U16_LENGTH(part);
        if (part < 0x300 || part > 0x36F) icu::UnicodeString(part).toUTF8String(result.text);
      }
    } else if (c < 0x300 || c > 0x36F) {
      result.text.append(folded_text, begin, at - begin);
    }
    for (std::size_t i = size; i < result.text.size(); ++i) {
      const bool same = result.text.size() - size == at - begin;
      result.origin.push_back(static_cast<std::uint32_t>(begin + (same ? i - size : 0)));
    }
  }
  result.origin.push_back(static_cast<std::uint32_t>(folded_text.size()));
  return result;
}

bool is_word_character(char32_t c) {
  if (c < 0x80) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  constexpr std::uint32_t kWordMask = U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK | U_GC_PC_MASK;
  return (U_GET_GC_MASK(static_cast<UChar32>(c)) & kWordMask) != 0;
}

}  // namespace passaparola
