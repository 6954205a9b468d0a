// Reads expressions of the rule language into trees. Precedence: NOT, NEAR, AND, OR.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "match/diagnostics.h"
#include "match/lexer.h"
#include "match/patterns.h"
#include "match/syntax.h"

namespace passaparola::match {

// A rule judges a post, and where it asks for that the mention once scored; a filter judges a
// stored mention.
enum class Language : std::uint8_t { rules, filter };

class ExpressionParser {
 public:
  // What `supply` has left of memory goes down.
  ExpressionParser(Lexer& lexer, Diagnostics& diagnostics, Language language, PatternSupply& supply)
      : lexer_(lexer), diagnostics_(diagnostics), language_(language), supply_(supply) {}

  // All throw SyntaxError.
  ExpressionPtr parse();              // a whole expression, up to what cannot belong to it
  ExpressionPtr parse_until_block();  // the same, up to a line that begins with brand, rule, let
  ExpressionPtr parse_item();  // one operand: a word, phrase, #tag, $reference, set, group, …
  ExpressionPtr parse_set();   // "[a, b]" or one operand
  std::uint32_t take_distance(const Lexeme& near);  // the "/8" behind NEAR

 private:
  ExpressionPtr parse_any();
  ExpressionPtr parse_all();
  ExpressionPtr parse_near();
  ExpressionPtr parse_negation();
  ExpressionPtr parse_operand();
  ExpressionPtr parse_word();
  ExpressionPtr parse_quoted();
  ExpressionPtr parse_at_least(const Lexeme& name);
  ExpressionPtr parse_atom_field(const Lexeme& name, AtomKind kind);
  ExpressionPtr parse_group();
  ExpressionPtr parse_list();
  ExpressionPtr parse_field(const Lexeme& name);
  ExpressionPtr parse_within(const Lexeme& name);
  bool begins_operand();
  void warn_of_lower_case_operator(const Lexeme& lexeme);

  Lexer& lexer_;
  Diagnostics& diagnostics_;
  Language language_;
  PatternSupply& supply_;
  std::size_t depth_ = 0;
  bool ends_at_block_ = false;
};

// The fields of a post that "in:title" and its kin name.
std::optional<FieldMask> fields_named(std::string_view region);

// An atom's text as it is searched for. Throw SyntaxError when there is nothing to search for or
// too much.
ExpressionPtr make_atom(Place at, AtomKind kind, std::string_view text);
ExpressionPtr make_regex(const Lexeme& lexeme, PatternSupply& supply);
ExpressionPtr make_node(Op op, Place at);

[[noreturn]] void fail_at(Place at, std::string_view code, std::string message);
[[noreturn]] void fail_expected(const Lexeme& found, std::string_view what);

}  // namespace passaparola::match
