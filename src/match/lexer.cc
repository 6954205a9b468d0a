#include "match/lexer.h"

#include <fmt/format.h>

#include <array>

#include "core/fold.h"
#include "core/limits.h"

namespace passaparola::match {
namespace {

constexpr std::string_view kSpecial = "()[]{},\":=<>!^~*/#@$";

// ASCII that neither ends a word nor is white space; what is beyond ASCII is looked at.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x21; c < 0x80; ++c) {
    plain[c] = kSpecial.find(static_cast<char>(c)) == std::string_view::npos;
  }
  return plain;
}();

bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

// Bytes of the white space at `at`, 0 when there is none.
std::size_t space_size(std::string_view text, std::size_t at) {
  if (static_cast<unsigned char>(text[at]) <= 0x20) return 1;
  if (static_cast<unsigned char>(text[at]) < 0x80) return 0;
  if (text.substr(at).starts_with("\xC2\xA0")) return 2;
  if (text.substr(at).starts_with("\xEF\xBB\xBF")) return 3;  // a byte order mark
  return 0;
}

bool typographic_quote_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.empty() || rest.front() != '\xE2') return false;
  return rest.starts_with("\u201C") || rest.starts_with("\u201D") || rest.starts_with("\u201E");
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string describe(const Lexeme& lexeme) {
  switch (lexeme.kind) {
    case LexemeKind::end:
      return "the end";
    case LexemeKind::quoted:
      return fmt::format("\"{}\"", lexeme.value);
    case LexemeKind::regex:
      return fmt::format("/{}/", lexeme.value);
    case LexemeKind::hashtag:
      return "#" + lexeme.value;
    case LexemeKind::handle:
      return "@" + lexeme.value;
    case LexemeKind::reference:
      return "$" + lexeme.value;
    default:
      return fmt::format("'{}'", lexeme.value);
  }
}

const Lexeme& Lexer::peek() {
  if (!peeked_) {
    const std::size_t start = at_;
    next_ = read();
    at_ = start;
    peeked_ = true;
  }
  return next_;
}

Lexeme Lexer::take() {
  peek();
  peeked_ = false;
  at_ = next_.end;
  // Here and not when the block is whole: a hostile one of many megabytes would become a tree
  // first.
  if (block_ && next_.kind != LexemeKind::end && at_ - block_->offset > kMaxRuleBytes) {
    throw SyntaxError{*block_, "E-LIMIT",
                      fmt::format("a block has at most {} bytes", kMaxRuleBytes)};
  }
  return std::move(next_);
}

std::uint32_t Lexer::take_distance() {
  peeked_ = false;
  std::size_t at = at_;
  if (at >= text_.size() || text_[at] != '/') throw error(at, "expected '/' and a number of words");
  std::uint32_t distance = 0;
  const std::size_t first = ++at;
  for (; at < text_.size() && is_digit(text_[at]) && at < first + 6; ++at) {
    distance = distance * 10 + static_cast<std::uint32_t>(text_[at] - '0');
  }
  if (at == first) throw error(at, "expected a number of words after '/', as in NEAR/8");
  at_ = at;
  return distance;
}

void Lexer::skip_to_block() {
  peeked_ = false;
  while (at_ < text_.size()) {
    const std::size_t line_end = text_.find('\n', at_);
    if (line_end == std::string_view::npos) {
      at_ = text_.size();
      return;
    }
    at_ = line_end + 1;
    const std::string_view rest = text_.substr(at_);
    for (const std::string_view word : {"brand ", "rule ", "let ", "import ", "pack "}) {
      if (rest.starts_with(word)) return;
    }
  }
}

bool Lexer::skip_space() {
  bool skipped = at_ == 0;
  while (at_ < text_.size()) {
    if (const std::size_t space = space_size(text_, at_); space > 0) {
      at_ += space;
    } else if (text_[at_] == '#' && !name_at(at_ + 1)) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      break;
    }
    skipped = true;
  }
  return skipped;
}

bool Lexer::name_at(std::size_t offset) const {
  return offset < text_.size() && is_word_character(next_code_point(text_, offset));
}

SyntaxError Lexer::error(std::size_t offset, std::string message) const {
  return {{file_, static_cast<std::uint32_t>(offset)}, "E-SYNTAX", std::move(message)};
}

Lexeme Lexer::read() {
  Lexeme lexeme;
  const std::size_t from = at_;
  lexeme.space_before = skip_space();
  lexeme.starts_line = from == 0 || text_.substr(from, at_ - from).find('\n') != text_.npos;
  lexeme.at = {file_, static_cast<std::uint32_t>(at_)};
  if (at_ >= text_.size()) {
    lexeme.end = static_cast<std::uint32_t>(at_);
    return lexeme;
  }
  const char c = text_[at_];
  if (c == '"') {
    read_quoted(lexeme);
  } else if (typographic_quote_at(text_, at_)) {
    read_typographic_quoted(lexeme);
  } else if (c == '/') {
    read_regex(lexeme);
  } else if (c == '#') {
    read_name(lexeme, LexemeKind::hashtag, "");
  } else if (c == '@' && name_at(at_ + 1)) {
    read_name(lexeme, LexemeKind::handle, ".-@");
  } else if (c == '$' && name_at(at_ + 1)) {
    read_name(lexeme, LexemeKind::reference, ".");
  } else if (c == '\'') {
    throw error(at_, "a phrase stands in double quotes: \"moka nera\"");
  } else if (c == '-' || kSpecial.find(c) != std::string_view::npos) {
    read_punctuation(lexeme);
  } else {
    read_word(lexeme);
  }
  lexeme.end = static_cast<std::uint32_t>(at_);
  return lexeme;
}

void Lexer::read_quoted(Lexeme& lexeme) {
  lexeme.kind = LexemeKind::quoted;
  const std::size_t begin = at_++;
  for (;; ++at_) {
    if (at_ >= text_.size() || text_[at_] == '\n') {
      throw error(begin, "expected a closing '\"' on the same line");
    }
    if (text_[at_] == '"') break;
    const bool escape = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                        (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\');
    if (escape) ++at_;
    lexeme.value.push_back(text_[at_]);
  }
  ++at_;
}

void Lexer::read_typographic_quoted(Lexeme& lexeme) {
  lexeme.kind = LexemeKind::quoted;
  const std::size_t begin = at_;
  for (at_ += 3; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
    if (typographic_quote_at(text_, at_)) {
      lexeme.value = text_.substr(begin + 3, at_ - begin - 3);
      at_ += 3;
      return;
    }
  }
  throw error(begin, "expected a closing quotation mark on the same line");
}

void Lexer::read_regex(Lexeme& lexeme) {
  lexeme.kind = LexemeKind::regex;
  const std::size_t begin = at_++;
  while (at_ < text_.size() && text_[at_] != '/' && text_[at_] != '\n') {
    const bool escape = text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n';
    if (escape && text_[at_ + 1] != '/') lexeme.value.push_back('\\');
    if (escape) ++at_;
    lexeme.value.push_back(text_[at_++]);
  }
  if (at_ >= text_.size() || text_[at_] != '/') {
    throw error(begin, "expected a closing '/' of the regular expression on the same line");
  }
  ++at_;
  while (at_ < text_.size() && text_[at_] >= 'a' && text_[at_] <= 'z') {
    lexeme.flags.push_back(text_[at_++]);
  }
}

void Lexer::read_name(Lexeme& lexeme, LexemeKind kind, std::string_view also) {
  lexeme.kind = kind;
  const std::size_t begin = ++at_;
  std::size_t end = begin;
  for (std::size_t at = begin; at < text_.size();) {
    const bool other = also.find(text_[at]) != std::string_view::npos;
    if (!other && !name_at(at)) break;
    next_code_point(text_, at);
    if (!other) end = at;
  }
  at_ = end;
  lexeme.value = text_.substr(begin, end - begin);
}

void Lexer::read_word(Lexeme& lexeme) {
  lexeme.kind = LexemeKind::word;
  const std::size_t begin = at_;
  while (at_ < text_.size()) {
    if (is_plain(text_[at_])) {
      ++at_;
      continue;
    }
    if (static_cast<unsigned char>(text_[at_]) < 0x80 || space_size(text_, at_) > 0 ||
        typographic_quote_at(text_, at_)) {
      break;
    }
    next_code_point(text_, at_);
  }
  lexeme.value = text_.substr(begin, at_ - begin);
}

void Lexer::read_punctuation(Lexeme& lexeme) {
  lexeme.kind = LexemeKind::punctuation;
  const char c = text_[at_++];
  lexeme.value = c;
  const bool comparison = c == '<' || c == '>' || c == '!';
  if (comparison && at_ < text_.size() && text_[at_] == '=') lexeme.value += text_[at_++];
}

}  // namespace passaparola::match
