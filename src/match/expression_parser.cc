#include "match/expression_parser.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "core/limits.h"
#include "match/predicate_parser.h"
#include "match/search_text.h"

namespace passaparola::match {
namespace {

class DepthGuard {
 public:
  DepthGuard(std::size_t& depth, Place at) : depth_(depth) {
    if (depth_ >= kMaxExpressionDepth) {
      fail_at(at, "E-LIMIT",
              fmt::format("the expression is nested deeper than {} levels", kMaxExpressionDepth));
    }
    ++depth_;
  }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;
  ~DepthGuard() { --depth_; }

 private:
  std::size_t& depth_;
};

bool is_near(const Lexeme& lexeme) { return lexeme.is_word("NEAR") || lexeme.is_word("ONEAR"); }

bool is_operator(const Lexeme& lexeme) {
  return lexeme.is_word("AND") || lexeme.is_word("OR") || lexeme.is_word("NOT") || is_near(lexeme);
}

bool is_comparison(const Lexeme& lexeme) {
  return lexeme.is("<") || lexeme.is("<=") || lexeme.is(">") || lexeme.is(">=") || lexeme.is("=") ||
         lexeme.is("!=");
}

}  // namespace

ExpressionPtr ExpressionParser::parse() { return parse_any(); }

ExpressionPtr ExpressionParser::parse_until_block() {
  ends_at_block_ = true;
  ExpressionPtr expression = parse_any();
  ends_at_block_ = false;
  return expression;
}

ExpressionPtr ExpressionParser::parse_any() {
  const Place at = lexer_.peek().at;
  ExpressionPtr first = parse_all();
  if (!lexer_.peek().is_word("OR")) return first;
  // What stands in parentheses begins behind them.
  bool mixed = first->op == Op::all && first->at.offset == at.offset;
  ExpressionPtr node = make_node(Op::any, at);
  node->parts.push_back(std::move(first));
  while (lexer_.peek().is_word("OR")) {
    lexer_.take();
    const Place begin = lexer_.peek().at;
    ExpressionPtr part = parse_all();
    mixed |= part->op == Op::all && part->at.offset == begin.offset;
    node->parts.push_back(std::move(part));
  }
  if (mixed) {
    diagnostics_.warning(at, "W-MIXED",
                         "AND binds tighter than OR here: put parentheses around what belongs "
                         "together");
  }
  return node;
}

bool ExpressionParser::begins_operand() {
  const Lexeme& next = lexer_.peek();
  switch (next.kind) {
    case LexemeKind::end:
      return false;
    case LexemeKind::word:
      if (ends_at_block_ && depth_ == 0 && next.starts_line &&
          (next.value == "brand" || next.value == "rule" || next.value == "let" ||
           next.value == "import" || next.value == "pack")) {
        return false;
      }
      return next.value != "OR";
    case LexemeKind::punctuation:
      return next.value == "(" || next.value == "[" || next.value == "-";
    default:
      return true;
  }
}

void ExpressionParser::warn_of_lower_case_operator(const Lexeme& lexeme) {
  for (const std::string_view word : {"and", "or", "not", "near", "onear"}) {
    if (lexeme.is_word(word)) {
      diagnostics_.warning(lexeme.at, "W-LOWEROP",
                           fmt::format("'{}' is looked for as a word; an operator is written in "
                                       "capitals",
                                       word));
    }
  }
}

ExpressionPtr ExpressionParser::parse_all() {
  const Place at = lexer_.peek().at;
  ExpressionPtr first = parse_near();
  ExpressionPtr node;
  while (begins_operand()) {
    if (lexer_.peek().is_word("AND")) lexer_.take();
    if (!node) {
      node = make_node(Op::all, at);
      node->parts.push_back(std::move(first));
    }
    node->parts.push_back(parse_near());
  }
  return node ? std::move(node) : std::move(first);
}

ExpressionPtr ExpressionParser::parse_near() {
  const Place at = lexer_.peek().at;
  ExpressionPtr first = parse_negation();
  if (!is_near(lexer_.peek())) return first;
  ExpressionPtr node = make_node(Op::near, at);
  node->parts.push_back(std::move(first));
  while (is_near(lexer_.peek())) {
    const Lexeme word = lexer_.take();
    node->gaps.push_back({take_distance(word), word.is_word("ONEAR")});
    node->parts.push_back(parse_negation());
  }
  return node;
}

std::uint32_t ExpressionParser::take_distance(const Lexeme& near) {
  const std::uint32_t distance = lexer_.take_distance();
  if (distance < 1 || distance > kMaxNearDistance) {
    fail_at(near.at, "E-NEAR",
            fmt::format("the distance of {} is 1 to {} words", near.value, kMaxNearDistance));
  }
  return distance;
}

ExpressionPtr ExpressionParser::parse_negation() {
  const Lexeme& next = lexer_.peek();
  const bool minus = next.is("-");
  if (!minus && !next.is_word("NOT")) return parse_item();
  const DepthGuard guard(depth_, next.at);
  const Lexeme sign = lexer_.take();
  if (minus && lexer_.peek().space_before) {
    fail_expected(lexer_.peek(), "what to exclude directly behind '-'");
  }
  ExpressionPtr node = make_node(Op::negate, sign.at);
  node->parts.push_back(parse_negation());
  return node;
}

ExpressionPtr ExpressionParser::parse_set() {
  return lexer_.peek().is("[") ? parse_list() : parse_item();
}

ExpressionPtr ExpressionParser::parse_item() {
  ExpressionPtr item = parse_operand();
  const Lexeme& sign = lexer_.peek();
  if (!sign.is("^") || sign.space_before) return item;
  const Place at = lexer_.take().at;
  const Lexeme number = lexer_.take();
  const bool digit = number.kind == LexemeKind::word && number.value.size() == 1 &&
                     number.value[0] >= '1' && number.value[0] <= '9';
  if (!digit || number.space_before) fail_expected(number, "a digit from 1 to 9 behind '^'");
  if (item->op != Op::atom) fail_at(at, "E-SYNTAX", "'^' stands behind a word, phrase or tag");
  item->atom.preference = static_cast<std::uint8_t>(number.value[0] - '0');
  return item;
}

// "caffè aurora"~5: its words in any order, each at most so many words from the next.
ExpressionPtr ExpressionParser::parse_quoted() {
  const Lexeme text = lexer_.take();
  const Lexeme& sign = lexer_.peek();
  if (!sign.is("~") || sign.space_before) {
    return make_atom(text.at, AtomKind::phrase, text.value);
  }
  const Place at = lexer_.take().at;
  const double number = take_number(lexer_);
  if (number < 1 || number > kMaxNearDistance || number != std::floor(number)) {
    fail_at(at, "E-NEAR",
            fmt::format("the distance behind '~' is 1 to {} words", kMaxNearDistance));
  }
  std::string searched;
  append_search_text(text.value, searched);
  std::vector<Token> tokens;
  tokenize(searched, tokens);
  if (tokens.size() < 2) fail_at(text.at, "E-NEAR", "'~' stands behind a phrase of several words");
  ExpressionPtr node = make_node(Op::near, text.at);
  for (const Token& token : tokens) {
    const std::string word = searched.substr(token.begin, token.end - token.begin);
    node->parts.push_back(make_atom(text.at, AtomKind::phrase, word));
  }
  node->gaps.assign(tokens.size() - 1, {static_cast<std::uint32_t>(number), false});
  return node;
}

// atleast(2, a, b, c)
ExpressionPtr ExpressionParser::parse_at_least(const Lexeme& name) {
  const DepthGuard guard(depth_, name.at);
  lexer_.take();  // '('
  const double least = take_number(lexer_);
  ExpressionPtr node = make_node(Op::at_least, name.at);
  while (lexer_.peek().is(",")) {
    lexer_.take();
    node->parts.push_back(parse_any());
  }
  const Lexeme close = lexer_.take();
  if (!close.is(")")) fail_expected(close, "',' or ')'");
  if (least < 1 || least > static_cast<double>(node->parts.size()) || least != std::floor(least)) {
    fail_at(name.at, "E-SYNTAX",
            fmt::format("atleast takes a number from 1 to that of its {} alternatives",
                        node->parts.size()));
  }
  node->least = static_cast<std::uint32_t>(least);
  return node;
}

ExpressionPtr ExpressionParser::parse_operand() {
  const Lexeme& next = lexer_.peek();
  switch (next.kind) {
    case LexemeKind::word:
      return parse_word();
    case LexemeKind::quoted:
      return parse_quoted();
    case LexemeKind::hashtag: {
      const Lexeme lexeme = lexer_.take();
      const Lexeme& behind = lexer_.peek();
      if (behind.is("-") && !behind.space_before) {
        fail_at(behind.at, "E-SYNTAX", "a hashtag ends before '-': put a space to exclude");
      }
      return make_atom(lexeme.at, AtomKind::hashtag, lexeme.value);
    }
    case LexemeKind::handle: {
      const Lexeme lexeme = lexer_.take();
      return make_atom(lexeme.at, AtomKind::handle, lexeme.value);
    }
    case LexemeKind::regex:
      return make_regex(lexer_.take(), supply_);
    case LexemeKind::reference: {
      const Lexeme lexeme = lexer_.take();
      ExpressionPtr node = make_node(Op::reference, lexeme.at);
      node->name = lexeme.value;
      return node;
    }
    default:
      break;
  }
  if (next.is("(")) return parse_group();
  if (next.is("[")) return parse_list();
  fail_expected(next, "a word, a \"phrase\", #tag, @handle, $name, '(' or '['");
}

ExpressionPtr ExpressionParser::parse_group() {
  const DepthGuard guard(depth_, lexer_.peek().at);
  lexer_.take();
  ExpressionPtr node = parse_any();
  const Lexeme close = lexer_.take();
  if (!close.is(")")) fail_expected(close, "')' or an operator");
  return node;
}

ExpressionPtr ExpressionParser::parse_list() {
  const DepthGuard guard(depth_, lexer_.peek().at);
  ExpressionPtr node = make_node(Op::any, lexer_.peek().at);
  do {
    lexer_.take();  // '[' or ','
    node->parts.push_back(parse_item());
  } while (lexer_.peek().is(","));
  const Lexeme close = lexer_.take();
  if (!close.is("]")) fail_expected(close, "',' or ']'");
  return node;
}

ExpressionPtr ExpressionParser::parse_word() {
  const Lexeme word = lexer_.take();
  if (is_operator(word)) {
    fail_at(word.at, "E-SYNTAX",
            fmt::format("expected something to look for, found the operator {}", word.value));
  }
  warn_of_lower_case_operator(word);
  const Lexeme& next = lexer_.peek();
  if (next.is("*") && !next.space_before) {
    lexer_.take();
    return make_atom(word.at, AtomKind::prefix, word.value);
  }
  if (word.value == "atleast" && next.is("(") && !next.space_before) return parse_at_least(word);
  if ((next.is(":") && !next.space_before) || is_comparison(next)) return parse_field(word);
  return make_atom(word.at, AtomKind::phrase, word.value);
}

namespace {

struct AtomField {
  std::string_view name;
  AtomKind kind;
};

// Fields whose value is looked for in the text, by the kind of what is looked for.
constexpr std::array kAtomFields{
    AtomField{"word", AtomKind::phrase},     AtomField{"phrase", AtomKind::phrase},
    AtomField{"hashtag", AtomKind::hashtag}, AtomField{"mention", AtomKind::handle},
    AtomField{"cashtag", AtomKind::cashtag}, AtomField{"domain", AtomKind::domain},
    AtomField{"link", AtomKind::domain},     AtomField{"raw", AtomKind::raw},
    AtomField{"substr", AtomKind::substring}};

bool needs_quotes(AtomKind kind) { return kind == AtomKind::raw || kind == AtomKind::substring; }

std::string_view without_sign(AtomKind kind, std::string_view value) {
  const bool signed_tag = (kind == AtomKind::hashtag && value.starts_with('#')) ||
                          (kind == AtomKind::handle && value.starts_with('@')) ||
                          (kind == AtomKind::cashtag && value.starts_with('$'));
  return value.substr(signed_tag ? 1 : 0);
}

}  // namespace

// "hashtag:moka", "domain:[a.example, b.example]", "raw:\"Apple\"".
ExpressionPtr ExpressionParser::parse_atom_field(const Lexeme& name, AtomKind kind) {
  lexer_.take();  // ':'
  const auto one = [&] {
    if (!needs_quotes(kind)) {
      const Lexeme value = take_value(lexer_);
      return make_atom(value.at, kind, without_sign(kind, value.value));
    }
    const Lexeme text = lexer_.take();
    if (text.kind != LexemeKind::quoted) {
      fail_expected(text, fmt::format("a text in quotes behind {}:", name.value));
    }
    return make_atom(text.at, kind, text.value);
  };
  if (!lexer_.peek().is("[")) return one();
  ExpressionPtr node = make_node(Op::any, name.at);
  do {
    lexer_.take();  // '[' or ','
    node->parts.push_back(one());
  } while (lexer_.peek().is(","));
  const Lexeme close = lexer_.take();
  if (!close.is("]")) fail_expected(close, "',' or ']'");
  return node;
}

ExpressionPtr ExpressionParser::parse_field(const Lexeme& name) {
  const bool colon = lexer_.peek().is(":");
  if (colon && name.value == "in") return parse_within(name);
  for (const AtomField& field : kAtomFields) {
    if (colon && name.value == field.name) return parse_atom_field(name, field.kind);
  }
  if (colon && (name.value == "title" || name.value == "bio" || name.value == "body")) {
    ExpressionPtr node = make_node(Op::within, name.at);
    node->fields = *fields_named(name.value);
    node->parts.push_back(parse_atom_field(name, AtomKind::phrase));
    return node;
  }
  const auto kind = parse_predicate_kind(name.value);
  if (!kind) {
    fail_at(name.at, "E-FIELD",
            fmt::format("there is no field '{}'; a text with ':' stands in quotes", name.value));
  }
  if (language_ == Language::rules && is_of_filters(*kind)) {
    fail_at(name.at, "E-FIELD",
            fmt::format("{}: is for filters of the feed; a rule names another as $brand.rule",
                        name.value));
  }
  ExpressionPtr node = make_node(Op::predicate, name.at);
  node->predicate = parse_predicate(lexer_, *kind);
  return node;
}

std::optional<FieldMask> fields_named(std::string_view region) {
  if (region == "title") return bit(Field::title);
  if (region == "body" || region == "text") return bit(Field::text);
  if (region == "bio") return bit(Field::bio);
  if (region == "quoted") return bit(Field::quote);
  return std::nullopt;
}

ExpressionPtr ExpressionParser::parse_within(const Lexeme& name) {
  const DepthGuard guard(depth_, name.at);
  lexer_.take();  // ':'
  const Lexeme region = lexer_.take();
  ExpressionPtr node = make_node(Op::within, name.at);
  const auto fields = region.kind == LexemeKind::word ? fields_named(region.value) : std::nullopt;
  if (!fields && !region.is_word("parent")) {
    fail_at(
        region.at, "E-FIELD",
        "expected one of title, body, bio, quoted, parent behind in:, found " + describe(region));
  }
  node->fields = fields.value_or(kDefaultFields);
  if (!lexer_.peek().is("(")) fail_expected(lexer_.peek(), "'(' behind in:" + region.value);
  node->parts.push_back(parse_group());
  if (fields) return node;
  // A post does not bring the text that it answers: nobody knows whether this holds.
  ExpressionPtr unknown = make_node(Op::predicate, name.at);
  unknown->predicate.kind = PredicateKind::parent_text;
  return unknown;
}

}  // namespace passaparola::match
