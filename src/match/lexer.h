// Lexer: cuts the text of a rule file or a `where` expression into lexemes, on demand. Safe on any
// bytes. '#' before a space begins a comment that ends with its line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "match/syntax.h"

namespace passaparola::match {

enum class LexemeKind : std::uint8_t {
  end,
  word,         // moka, l'ho, coca-cola, 0.2, 100..1000
  quoted,       // "moka nera", its escapes undone
  regex,        // /mo(k|c)a/i: `value` without slashes, `flags` behind them
  hashtag,      // #x: `value` without '#'
  handle,       // @x: `value` without '@'
  reference,    // $x.y: `value` without '$'
  punctuation,  // ( ) [ ] { } , : = ! < > <= >= != * - and what else has no meaning
};

struct Lexeme {
  LexemeKind kind = LexemeKind::end;
  Place at;
  std::uint32_t end = 0;      // byte offset behind it
  bool space_before = false;  // or the beginning of the text
  bool starts_line = false;   // nothing but space before it on its line
  std::string value;
  std::string flags;

  bool is(std::string_view punctuation) const {
    return kind == LexemeKind::punctuation && value == punctuation;
  }
  bool is_word(std::string_view word) const { return kind == LexemeKind::word && value == word; }
};

// What is wrong with the text; thrown inside the parser, caught where a block ends.
struct SyntaxError {
  Place at;
  std::string code;
  std::string message;
};

class Lexer {
 public:
  Lexer(std::uint32_t file, std::string_view text) : file_(file), text_(text) {}

  const Lexeme& peek();  // the next lexeme
  Lexeme take();         // the same, and moves behind it. Throws SyntaxError.

  // The digits of "/8", directly behind the last lexeme taken.
  std::uint32_t take_distance();

  // To the next line that begins a block (brand, rule, let), or the end.
  void skip_to_block();

  // A block begins with this lexeme: take() throws E-LIMIT for what is more than kMaxRuleBytes
  // behind it, until the next block begins.
  void begin_block(const Lexeme& first) { block_ = first.at; }
  void end_block() { block_.reset(); }

 private:
  bool skip_space();
  Lexeme read();
  void read_quoted(Lexeme& lexeme);
  void read_typographic_quoted(Lexeme& lexeme);
  void read_regex(Lexeme& lexeme);
  void read_name(Lexeme& lexeme, LexemeKind kind, std::string_view also);
  void read_word(Lexeme& lexeme);
  void read_punctuation(Lexeme& lexeme);
  bool name_at(std::size_t offset) const;
  SyntaxError error(std::size_t offset, std::string message) const;

  std::uint32_t file_;
  std::string_view text_;
  std::size_t at_ = 0;
  bool peeked_ = false;
  Lexeme next_;
  std::optional<Place> block_;
};

std::string describe(const Lexeme& lexeme);  // for "found …"

}  // namespace passaparola::match
