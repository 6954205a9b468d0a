#include "core/fold.h"

#include <unicode/bytestream.h>
#include <unicode/edits.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <array>
#include <cstring>
#include <numeric>

#include "core/check.h"

namespace passaparola {
namespace {

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Without a branch and without a call, so that the compiler folds 16 bytes and more at a time.
void lower_ascii(const char* from, std::size_t size, char* to) {
  for (std::size_t i = 0; i < size; ++i) {
    const auto c = static_cast<unsigned char>(from[i]);
    const auto upper = static_cast<unsigned char>(static_cast<unsigned char>(c - 'A') < 26);
    to[i] = static_cast<char>(c | static_cast<unsigned char>(upper << 5));
  }
}

// The end of the run of ASCII characters that begins at `at`, sought eight bytes at a time.
std::size_t ascii_end(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & kHighBits) != 0) break;
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

// Folds a run of which every character can be folded by itself: Latin letters with their accents,
// typographic marks, most emoji. False, and `out` as it was, when one of them cannot.
bool fold_simple_run(std::string_view run, std::string& out) {
  const std::size_t size = out.size();
  for (std::size_t at = 0; at < run.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(run, at);
    if (c >= kTableBegin && c < kTableEnd) {
      const FoldedLetter& letter = letter_table()[c - kTableBegin];
      out.append(letter.bytes.data(), letter.size);
    } else if (c < 0x80) {
      const char lower = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
      out.push_back(lower);
    } else if (nfkc_casefold().isInert(static_cast<UChar32>(c))) {
      out.append(run, begin, at - begin);
    } else {
      out.resize(size);
      return false;
    }
  }
  return true;
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
  for_runs(
      text,
      [&](std::size_t begin, std::size_t end) {
        const std::size_t at = out.size();
        out.resize(at + (end - begin));
        lower_ascii(text.data() + begin, end - begin, out.data() + at);
      },
      [&](std::size_t begin, std::size_t end) {
        const std::string_view run = text.substr(begin, end - begin);
        if (!fold_simple_run(run, out)) fold_run(run, out, nullptr);
      });
}

Folded fold_with_origin(std::string_view text) {
  Folded result;
  result.origin.reserve(text.size() + 1);
  for_runs(
      text,
      [&](std::size_t begin, std::size_t end) {
        const std::size_t at = result.text.size();
        result.text.resize(at + (end - begin));
        lower_ascii(text.data() + begin, end - begin, result.text.data() + at);
        result.origin.resize(result.text.size());
        std::iota(result.origin.begin() + static_cast<std::ptrdiff_t>(at), result.origin.end(),
                  static_cast<std::uint32_t>(begin));
      },
      [&](std::size_t begin, std::size_t end) {
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
  return result;
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
