#include "sentiment/tokens.h"

#include <emmintrin.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <bit>

#include "core/check.h"
#include "core/fold.h"
#include "core/limits.h"

namespace passaparola::sentiment {
namespace {

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
// What words are made of in ASCII, by table: most of all text is that.
constexpr std::uint8_t kLetter = 1;
constexpr std::uint8_t kDigit = 2;
constexpr std::uint8_t kUnderscore = 4;
constexpr std::array<std::uint8_t, 256> kAsciiWord = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = kLetter;
  for (std::size_t c = '0'; c <= '9'; ++c) table[c] = kDigit;
  table['_'] = kUnderscore;
  return table;
}();
std::uint8_t ascii_class(char c) { return kAsciiWord[static_cast<unsigned char>(c)]; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char32_t c) {
  return c == ' ' || c == '\t' || c == 0xA0 || c == 0x3000 || c == 0x202F ||
         (c >= 0x2000 && c <= 0x200A);
}
bool is_line_end(char32_t c) { return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029; }
bool is_apostrophe(char32_t c) { return c == '\'' || c == 0x2019 || c == 0x2BC; }
bool is_quote(char32_t c) {
  return c == '"' || c == 0xAB || c == 0xBB || c == 0x201C || c == 0x201D || c == 0x201E;
}
// Characters that are not seen: they hide inside words to evade matching.
bool is_invisible(char32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF ||
         (c >= 0xFE00 && c <= 0xFE0F);
}
// What a word may begin with: a letter or digit, never a lone combining mark.
bool begins_word(char32_t c) {
  if (c < 0x80) return is_word_character(c);
  return (U_GET_GC_MASK(static_cast<UChar32>(c)) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
}

class Tokenizer {
 public:
  Tokenizer(std::string_view text, const WordTable& words, Arena& keys, std::vector<Token>& tokens)
      : text_(text), words_(words), keys_(keys), tokens_(tokens) {}

  void run() {
    bool fresh = true;  // at the begin of the text or behind white space
    while (at_ < text_.size() && tokens_.size() < kMaxScoredTokens) {
      const std::size_t begin = at_;
      const char32_t c =
          is_ascii(text_[at_]) ? static_cast<char32_t>(text_[at_++]) : next_code_point(text_, at_);
      if (is_blank(c)) {
        fresh = true;
        continue;
      }
      if (is_line_end(c)) {
        end_sentence(begin, TokenKind::stop);
        fresh = true;
        continue;
      }
      const bool simple = fresh && ascii_class(text_[begin]) != 0 && simple_word(begin);
      if (!simple && !(fresh && whole_chunk(begin))) one(begin, c);
      fresh = false;
    }
  }

 private:
  // A letter or digit, or part of one: "must-have" is two words without a pause.
  static bool is_inner(char c) {
    return !is_ascii(c) || is_word_character(static_cast<unsigned char>(c));
  }

  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }

  void push(std::size_t begin, TokenKind kind, WordId word, std::string_view key) {
    tokens_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_), kind,
                       false, word, sentence_, key});
  }

  // Most of all text: up to 15 ASCII letters and digits before a blank, read and folded at once.
  bool simple_word(std::size_t begin) {
    constexpr std::size_t kBytes = 16;
    if (text_.size() - begin < kBytes) return false;
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text_.data() + begin));
    const auto between = [](__m128i of, char least, char most) {
      return _mm_and_si128(_mm_cmpgt_epi8(of, _mm_set1_epi8(static_cast<char>(least - 1))),
                           _mm_cmplt_epi8(of, _mm_set1_epi8(static_cast<char>(most + 1))));
    };
    const __m128i small = _mm_or_si128(bytes, _mm_set1_epi8('a' - 'A'));
    const __m128i letter = between(small, 'a', 'z');
    const auto mask = [](__m128i of) { return static_cast<unsigned>(_mm_movemask_epi8(of)); };
    const unsigned letters = mask(letter);
    const unsigned digits = mask(between(bytes, '0', '9'));
    const unsigned underscores = mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')));
    const auto size = static_cast<std::size_t>(std::countr_one(letters | digits | underscores));
    if (size >= kBytes || text_[begin + size] != ' ') return false;
    const unsigned word = (1U << size) - 1;
    const unsigned classes = ((letters & word) != 0 ? kLetter : 0U) |
                             ((digits & word) != 0 ? kDigit : 0U) |
                             ((underscores & word) != 0 ? kUnderscore : 0U);
    char* const to = keys_.allocate(kBytes);
    const __m128i lower = _mm_or_si128(bytes, _mm_and_si128(letter, _mm_set1_epi8('a' - 'A')));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), lower);
    const std::string_view key(to, size);
    at_ = begin + size;
    push_word(begin, classes, words_.find(key), key);
    return true;
  }

  void push_word(std::size_t begin, unsigned classes, WordId id, std::string_view key) {
    push(begin, classes != kDigit ? TokenKind::word : TokenKind::number, id, key);
    tokens_.back().only_letters = (classes & (kDigit | kUnderscore)) == 0;
  }

  // Signs of several characters (":-)", "<3", "/s") and links, at the begin of a chunk of text
  // between white space.
  bool whole_chunk(std::size_t begin) {
    std::size_t end = begin;
    bool dot = false;
    bool slash_after_dot = false;
    while (end < text_.size() && static_cast<unsigned char>(text_[end]) > ' ') {
      if (text_[end] == '.') dot = true;
      if (text_[end] == '/' && dot) slash_after_dot = true;
      ++end;
    }
    const std::string_view chunk = text_.substr(begin, end - begin);
    if (chunk.starts_with("http://") || chunk.starts_with("https://") ||
        chunk.starts_with("www.") || (slash_after_dot && is_word_character(text_[begin]))) {
      at_ = end;
      push(begin, TokenKind::url, 0, {});
      return true;
    }
    if (chunk.size() < 2 || chunk.size() > 8 || !is_ascii(chunk[0])) return false;
    const bool sign = std::any_of(chunk.begin(), chunk.end(),
                                  [](char c) { return is_ascii(c) && ascii_class(c) == 0; });
    const WordId word = sign ? words_.find(chunk) : 0;
    if (word == 0 || chunk[0] == '#') return false;
    at_ = end;
    push(begin, TokenKind::sign, word, chunk);
    return true;
  }

  void one(std::size_t begin, char32_t c) {
    if (begins_word(c)) {
      word(begin, c);
    } else if ((c == '#' || c == 0xFF03 || c == '@') && tagged(begin, c)) {
      return;
    } else if (c == '?' || c == 0xFF1F) {
      end_sentence(begin, TokenKind::question);
    } else if (c == '!' || c == 0x2026 || c == 0xFF01 || c == 0x3002) {
      end_sentence(begin, TokenKind::stop);
    } else if (c == '.') {
      if (is_ascii(at(at_)) && is_word_character(static_cast<unsigned char>(at(at_)))) {
        push(begin, TokenKind::pause, 0, {});
      } else {
        end_sentence(begin, TokenKind::stop);
      }
    } else if (is_quote(c)) {
      push(begin, TokenKind::quote, 0, {});
    } else {
      sign_or_pause(begin, c);
    }
  }

  void sign_or_pause(std::size_t begin, char32_t c) {
    if (is_invisible(c) || is_apostrophe(c)) return;
    if (c == '-' && begin > 0 && is_inner(at(begin - 1)) && is_inner(at(at_))) return;
    const std::string_view bytes = text_.substr(begin, at_ - begin);
    const WordId known = c >= 0x80 ? words_.find(bytes) : 0;
    if (known != 0) {
      push(begin, TokenKind::sign, known, bytes);
    } else if (c < 0x80 || c == 0x2013 || c == 0x2014) {
      if (c != '*' && c != '`' && c != '~' && c >= ' ') push(begin, TokenKind::pause, 0, {});
    }
  }

  // One token a run of stops ("...", "?!"); a question mark anywhere in the run wins.
  void end_sentence(std::size_t begin, TokenKind kind) {
    if (!tokens_.empty() && tokens_.back().end == begin &&
        (tokens_.back().kind == TokenKind::stop || tokens_.back().kind == TokenKind::question)) {
      tokens_.back().end = static_cast<std::uint32_t>(at_);
      if (kind == TokenKind::question) set_question(tokens_.back());
      return;
    }
    push(begin, kind, 0, {});
    if (kind == TokenKind::question) set_question(tokens_.back());
    ++sentence_;
  }

  void set_question(Token& token) {
    token.kind = TokenKind::question;
    token.key = "?";
    token.word = words_.find("?");
  }

  bool tagged(std::size_t begin, char32_t c) {
    std::size_t end = at_;
    std::size_t next = end;
    while (next < text_.size()) {
      const char32_t d = next_code_point(text_, next);
      const bool inner = c == '@' && (d == '.' || d == '-') && next < text_.size() &&
                         is_word_character(static_cast<unsigned char>(text_[next]));
      if (!is_word_character(d) && !inner) break;
      end = next;
    }
    if (end == at_) return false;
    at_ = end;
    const std::string_view key = fold_key(text_.substr(begin, end - begin));
    push(begin, c == '@' ? TokenKind::handle : TokenKind::hashtag, words_.find(key), key);
    return true;
  }

  void word(std::size_t begin, char32_t first) {
    bool ascii = first < 0x80;
    unsigned classes = ascii ? ascii_class(static_cast<char>(first)) : kLetter;
    while (at_ < text_.size()) {
      if (const std::uint8_t inner = ascii_class(text_[at_]); inner != 0) {
        classes |= inner;
        ++at_;
        continue;
      }
      if (text_[at_] == ' ') break;
      std::size_t next = at_;
      const char32_t c = next_code_point(text_, next);
      if (c >= 0x80 && (is_word_character(c) || is_invisible(c))) {
        classes |= kLetter;
      } else if ((c == '.' || c == ',') && classes == kDigit && is_digit(at(next))) {
        // the point of 3.5 is part of the number
      } else if (!(is_apostrophe(c) && inside_contraction(next))) {
        break;
      }
      ascii = ascii && c < 0x80;
      at_ = next;
    }
    const std::string_view key = fold_key(text_.substr(begin, at_ - begin));
    WordId id = words_.find(key);
    if (id == 0 && !ascii) {
      id = words_.find(without_accents(key));
    }
    if (!ascii) {
      for (const char c : key) classes |= ascii_class(c);
    }
    push_word(begin, classes, id, key);
  }

  // Between the n and the t of "don't".
  bool inside_contraction(std::size_t behind) const {
    const char before = at(at_ - 1);
    const char after = at(behind);
    const char beyond = at(behind + 1);
    return (before == 'n' || before == 'N') && (after == 't' || after == 'T') &&
           !(is_ascii(beyond) && is_word_character(static_cast<unsigned char>(beyond)));
  }

  std::string_view fold_key(std::string_view bytes) {
    if (bytes.size() > kMaxWordBytes) return {};
    if (std::all_of(bytes.begin(), bytes.end(), is_ascii)) {
      char* to = keys_.allocate(bytes.size());
      std::size_t size = 0;
      for (const char c : bytes) {
        if (c == '\'') continue;
        to[size++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
      }
      return {to, size};
    }
    std::string folded_bytes = folded(bytes);
    for (const std::string_view apostrophe : {"'", "\u2019", "\u02BC"}) {
      for (std::size_t i; (i = folded_bytes.find(apostrophe)) != std::string::npos;) {
        folded_bytes.erase(i, apostrophe.size());
      }
    }
    return keys_.copy(std::string_view(folded_bytes));
  }

  std::string_view text_;
  const WordTable& words_;
  Arena& keys_;
  std::vector<Token>& tokens_;
  std::size_t at_ = 0;
  std::uint32_t sentence_ = 0;
};

}  // namespace

void tokenize(std::string_view text, const WordTable& words, Arena& keys,
              std::vector<Token>& tokens) {
  tokens.clear();
  Tokenizer(text, words, keys, tokens).run();
}

std::string without_accents(std::string_view folded_text) {
  if (std::all_of(folded_text.begin(), folded_text.end(), is_ascii)) {
    return std::string(folded_text);
  }
  UErrorCode status = U_ZERO_ERROR;
  static const icu::Normalizer2* const nfd = icu::Normalizer2::getNFDInstance(status);
  CHECK(nfd != nullptr, "ICU has no NFD data");
  status = U_ZERO_ERROR;
  const auto source = icu::UnicodeString::fromUTF8(
      icu::StringPiece(folded_text.data(), static_cast<std::int32_t>(folded_text.size())));
  const icu::UnicodeString apart = nfd->normalize(source, status);
  CHECK(U_SUCCESS(status), "NFD of valid UTF-8 cannot fail");
  icu::UnicodeString bare;
  for (std::int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
    const UChar32 c = apart.char32At(i);
    if (u_charType(c) != U_NON_SPACING_MARK) bare.append(c);
  }
  std::string out;
  bare.toUTF8String(out);
  return out;
}

}  // namespace passaparola::sentiment
