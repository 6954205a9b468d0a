#include "match/search_text.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace passaparola::match {
namespace {

bool is_control(unsigned char c) { return c < 0x20; }

// Sixteen bytes that the processor looks at together (a vector of GCC and Clang).
using Bytes = unsigned char __attribute__((vector_size(16)));

Bytes load(const char* at) {
  Bytes bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

bool any(Bytes bytes) {
  std::array<std::uint64_t, 2> halves;
  std::memcpy(halves.data(), &bytes, sizeof bytes);
  return (halves[0] | halves[1]) != 0;
}

// All bits of a byte are set where `first` is `a` and `second` is `b`.
Bytes is_pair(Bytes first, Bytes second, unsigned char a, unsigned char b) {
  return reinterpret_cast<Bytes>((first == a) & (second == b));
}

// Where in the block at `at`, which has a byte before it, there could be something to tidy. May say
// yes wrongly.
Bytes untidy(const char* at) {
  const Bytes before = load(at - 1);
  const Bytes here = load(at);
  return reinterpret_cast<Bytes>(here < 0x20) | is_pair(before, here, ' ', ' ') |
         is_pair(before, here, 0xC2, 0x85) | is_pair(before, here, 0xCA, 0xBC) |
         is_pair(before, here, 0xE1, 0x9A) | is_pair(before, here, 0xE2, 0x80);
}

// Could `text` hold something to tidy? May say yes wrongly. The last block overlaps the one before.
bool may_need_tidying(std::string_view text) {
  constexpr std::size_t kBlock = sizeof(Bytes);
  if (text.size() <= kBlock) return true;
  Bytes found{};
  for (std::size_t at = 1; at + kBlock <= text.size(); at += kBlock) found |= untidy(&text[at]);
  found |= untidy(text.data() + text.size() - kBlock);
  return any(found) || is_control(static_cast<unsigned char>(text.front()));
}

// Neither white space nor an apostrophe begins with this byte.
bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0xE2 && byte != 0xE1 && byte != 0xC2 && byte != 0xCA;
}

// Bytes of the white space character at `at`, 0 when there is none. Folding has already made a
// plain space of most of them.
std::size_t space_at(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  if (c == ' ' || is_control(c)) return 1;
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("\xC2\x85")) return 2;
  for (const std::string_view space : {"\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
    if (rest.starts_with(space)) return 3;
  }
  return 0;
}

std::size_t apostrophe_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("\xE2\x80\x99")) return 3;  // right single quotation mark
  if (rest.starts_with("\xCA\xBC")) return 2;      // modifier letter apostrophe
  return 0;
}

// Tidies text[from..) in place; it only shrinks. moved(to, at, count): the bytes at `at` go to
// `to`.
template <typename Moved>
class Tidier {
 public:
  Tidier(std::string& text, std::size_t from, Moved moved)
      : text_(text), from_(from), to_(from), at_(from), moved_(moved) {}

  std::size_t run() {
    while (at_ < text_.size()) {
      if (!move_block()) {
        const std::size_t end = std::min(at_ + sizeof(Bytes), text_.size());
        while (at_ < end) move_character();
      }
    }
    text_.resize(to_);
    return to_;
  }

 private:
  void move(std::size_t count) {
    moved_(to_, at_, count);
    std::memmove(text_.data() + to_, text_.data() + at_, count);
    to_ += count;
    at_ += count;
  }

  // Moves a block that is tidy as it is. A character that reaches into the next block and is not
  // shows there, for every block is looked at with the byte before it.
  bool move_block() {
    if (at_ == from_ || at_ + sizeof(Bytes) > text_.size() || any(untidy(&text_[at_]))) {
      return false;
    }
    const auto last = static_cast<unsigned char>(text_[at_ + sizeof(Bytes) - 1]);
    if (!is_plain(text_[at_ + sizeof(Bytes) - 1]) && last != ' ') return false;
    // A space may stand behind other white space, which has become a space.
    if (text_[at_] == ' ' && text_[to_ - 1] == ' ') {
      ++at_;
    } else {
      move(sizeof(Bytes));
    }
    return true;
  }

  void move_character() {
    if (is_plain(text_[at_])) {
      move(1);
    } else if (const std::size_t space = space_at(text_, at_); space > 0) {
      if (to_ == from_ || text_[to_ - 1] != ' ') replace(' ');
      at_ += space;
    } else if (const std::size_t apostrophe = apostrophe_at(text_, at_); apostrophe > 0) {
      replace('\'');
      at_ += apostrophe;
    } else {
      move(1);
    }
  }

  void replace(char by) {
    moved_(to_, at_, 1);
    text_[to_++] = by;
  }

  std::string& text_;
  std::size_t from_;
  std::size_t to_;
  std::size_t at_;
  Moved moved_;
};

// One pass over a search text that cuts it into tokens.
class Tokenizer {
 public:
  Tokenizer(std::string_view text, std::vector<Token>& tokens) : text_(text), tokens_(tokens) {}

  void run() {
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t end = token_end(at);
      at = end > at ? end : behind(at);
    }
  }

 private:
  char32_t at(std::size_t offset) const { return next_code_point(text_, offset); }
  std::size_t behind(std::size_t offset) const {
    if (static_cast<unsigned char>(text_[offset]) < 0x80) return offset + 1;
    next_code_point(text_, offset);
    return offset;
  }
  // May a #tag, @handle, $cashtag or address begin behind `before`?
  static bool starts_piece(char32_t before) {
    return !is_word_character(before) || is_unspaced_letter(before);
  }
  bool word_at(std::size_t offset) const {
    if (offset >= text_.size()) return false;
    const char c = text_[offset];
    if (static_cast<unsigned char>(c) >= 0x80) return is_word_character(at(offset));
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c >= 'A' && c <= 'Z');
  }

  std::size_t add(std::size_t begin, std::size_t end, TokenKind kind) {
    tokens_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), kind});
    return end;
  }

  // Adds the token that begins at `begin` and says where it ends; `begin` when there is none.
  std::size_t token_end(std::size_t begin) {
    const char c = text_[begin];
    const bool fresh = begin == 0 || starts_piece(previous_code_point(text_, begin));
    if (fresh) {
      if (c == '#' && word_at(begin + 1)) {
        return add(begin, run_end(begin + 1, ""), TokenKind::hashtag);
      }
      if (c == '@' && word_at(begin + 1)) return add(begin, handle_end(begin), TokenKind::handle);
      if (c == '$') {
        if (const std::size_t end = cashtag_end(begin); end > begin) {
          return add(begin, end, TokenKind::cashtag);
        }
      }
    }
    if (!word_at(begin)) return begin;
    if (fresh) {
      if (const std::size_t end = url_end(begin); end > begin) {
        return add(begin, end, TokenKind::url);
      }
    }
    if (const std::size_t end = email_end(begin); end > begin) {
      return add(begin, end, TokenKind::email);
    }
    return add(begin, word_end(begin), TokenKind::word);
  }

  // The end of the run of word characters and of those in `also`, without `also` at its end.
  std::size_t run_end(std::size_t at_offset, std::string_view also) const {
    std::size_t end = at_offset;
    for (std::size_t i = at_offset; i < text_.size();) {
      const bool other = also.find(text_[i]) != std::string_view::npos;
      if (!other && !word_at(i)) break;
      i = behind(i);
      if (!other) end = i;
    }
    return end;
  }

  std::size_t word_end(std::size_t begin) const {
    std::size_t end = behind(begin);
    if (is_unspaced_letter(at(begin))) return end;
    while (word_at(end) && !is_unspaced_letter(at(end))) end = behind(end);
    return end;
  }

  // "@anna", "@anna.example", "@anna@host.example".
  std::size_t handle_end(std::size_t begin) const {
    const std::size_t end = run_end(begin + 1, ".-");
    if (end < text_.size() && text_[end] == '@' && word_at(end + 1)) return run_end(end + 1, ".-");
    return end;
  }

  // One to six ASCII letters that nothing of a word follows.
  std::size_t cashtag_end(std::size_t begin) const {
    std::size_t end = begin + 1;
    while (end < text_.size() && text_[end] >= 'a' && text_[end] <= 'z') ++end;
    return end > begin + 1 && end <= begin + 7 && !word_at(end) ? end : begin;
  }

  std::size_t url_end(std::size_t begin) const {
    const std::string_view rest = text_.substr(begin);
    std::size_t start = 0;
    for (const std::string_view prefix : {"https://", "http://", "www."}) {
      if (start == 0 && rest.starts_with(prefix)) start = begin + prefix.size();
    }
    if (start == 0 || !word_at(start)) return begin;
    std::size_t end = text_.find_first_of(" <>\"", start);
    if (end == std::string_view::npos) end = text_.size();
    constexpr std::string_view kTrailing = ".,;:!?)]}'*";
    while (kTrailing.find(text_[end - 1]) != std::string_view::npos) --end;
    return end;
  }

  // A local part is sought once for every run of its characters, so that a text of dots stays
  // cheap.
  std::size_t email_end(std::size_t begin) {
    if (begin < no_email_before_) return begin;
    const std::size_t local = run_end(begin, ".+-%");
    no_email_before_ = local;
    if (local >= text_.size() || text_[local] != '@' || !word_at(local + 1)) return begin;
    const std::size_t end = run_end(local + 1, ".-");
    const std::string_view host = text_.substr(local + 1, end - local - 1);
    return host.find('.') != std::string_view::npos ? end : begin;
  }

  std::string_view text_;
  std::vector<Token>& tokens_;
  std::size_t no_email_before_ = 0;
};

}  // namespace

void append_search_text(std::string_view original, std::string& out) {
  const std::size_t from = out.size();
  fold_append(original, out);
  if (may_need_tidying(std::string_view(out).substr(from))) {
    Tidier(out, from, [](std::size_t, std::size_t, std::size_t) {}).run();
  }
}

Folded search_text(std::string_view original) {
  Folded result;
  search_text(original, result);
  return result;
}

void search_text(std::string_view original, Folded& result) {
  fold_with_origin(original, result);
  if (!may_need_tidying(result.text)) return;
  const auto moved = [&](std::size_t to, std::size_t at, std::size_t count) {
    const auto from = result.origin.begin() + static_cast<std::ptrdiff_t>(at);
    std::copy(from, from + static_cast<std::ptrdiff_t>(count),
              result.origin.begin() + static_cast<std::ptrdiff_t>(to));
  };
  const std::size_t size = Tidier(result.text, 0, moved).run();
  result.origin[size] = static_cast<std::uint32_t>(original.size());
  result.origin.resize(size + 1);
}

void tokenize(std::string_view search_text, std::vector<Token>& tokens) {
  tokens.clear();
  Tokenizer(search_text, tokens).run();
}

bool is_word_edge(std::string_view text, std::size_t at) {
  if (at == 0 || at >= text.size()) return true;
  const char32_t before = previous_code_point(text, at);
  if (!is_word_character(before)) return true;
  const char32_t after = next_code_point(text, at);
  if (!is_word_character(after)) return true;
  return is_unspaced_letter(before) || is_unspaced_letter(after);
}

std::pair<std::size_t, std::size_t> host_of(std::string_view address) {
  std::size_t begin = 0;
  if (const std::size_t scheme = address.find("://"); scheme != std::string_view::npos) {
    const std::size_t mark = address.find_first_of("/?#");
    if (mark == scheme + 1) begin = scheme + 3;
  }
  std::size_t end = address.find_first_of("/?#\\", begin);
  if (end == std::string_view::npos) end = address.size();
  const std::size_t user = address.substr(begin, end - begin).rfind('@');
  if (user != std::string_view::npos) begin += user + 1;
  const std::size_t port = address.substr(begin, end - begin).find(':');
  if (port != std::string_view::npos) end = begin + port;
  while (end > begin && address[end - 1] == '.') --end;
  return {begin, end};
}

bool is_host_character(char32_t c) {
  return c == U'-' || c == U'.' || (c != U'_' && is_word_character(c));
}

}  // namespace passaparola::match
