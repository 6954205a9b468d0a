// The leaves of expressions: what is looked for, checked and brought into the form in which it is.
#include <fmt/format.h>

#include <algorithm>

#include "core/fold.h"
#include "core/limits.h"
#include "match/expression_parser.h"
#include "match/patterns.h"
#include "match/search_text.h"

namespace passaparola::match {
namespace {

constexpr const char* kTooManyPatterns =
    "there are too many regular expressions, or too large ones: use words and prefixes*";

// Something that a reader of texts could look for: not punctuation alone.
bool is_searchable(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (is_word_character(c) || c >= 0x2100) return true;
  }
  return false;
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

void check_hosts(Place at, const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    if (!is_host_character(next_code_point(text, i))) {
      fail_at(at, "E-SYNTAX",
              fmt::format("expected a host name as moka.example, found '{}'", text));
    }
  }
  if (text.front() == '.' || text.back() == '.') {
    fail_at(at, "E-SYNTAX", "a host name neither begins nor ends with a full stop");
  }
}

void check_raw(Place at, std::string_view text) {
  std::size_t behind = 0;
  const char32_t first = text.empty() ? U' ' : next_code_point(text, behind);
  if (first >= 0x300 && first <= 0x36F) {
    fail_at(at, "E-SYNTAX", "a raw: text cannot begin with a combining accent");
  }
}

}  // namespace

void fail_at(Place at, std::string_view code, std::string message) {
  throw SyntaxError{at, std::string(code), std::move(message)};
}

void fail_expected(const Lexeme& found, std::string_view what) {
  fail_at(found.at, "E-SYNTAX", fmt::format("expected {}, found {}", what, describe(found)));
}

ExpressionPtr make_node(Op op, Place at) {
  auto node = std::make_unique<Expression>();
  node->op = op;
  node->at = at;
  return node;
}

ExpressionPtr make_atom(Place at, AtomKind kind, std::string_view text) {
  std::string searched;
  append_search_text(text, searched);
  searched = trimmed(std::move(searched));
  if (searched.size() > kMaxAtomBytes || text.size() > kMaxAtomBytes) {
    fail_at(at, "E-LIMIT", fmt::format("a word or phrase has at most {} bytes", kMaxAtomBytes));
  }
  if (!is_searchable(searched)) {
    fail_at(at, "E-EMPTY", "expected letters or digits to look for, found none");
  }
  if (kind == AtomKind::prefix && searched.size() < kMinPrefixBytes) {
    fail_at(at, "E-PREFIX",
            fmt::format("a prefix needs at least {} letters before '*'", kMinPrefixBytes));
  }
  if (kind == AtomKind::substring && searched.size() < kMinPrefixBytes) {
    fail_at(at, "E-PREFIX",
            fmt::format("substr: needs at least {} letters in its quotes", kMinPrefixBytes));
  }
  if (kind == AtomKind::domain) check_hosts(at, searched);
  if (kind == AtomKind::raw) {
    check_raw(at, text);
    searched = text;
  }
  if (kind == AtomKind::hashtag) searched = "#" + searched;
  if (kind == AtomKind::handle) searched = "@" + searched;
  if (kind == AtomKind::cashtag) searched = "$" + searched;
  ExpressionPtr node = make_node(Op::atom, at);
  node->atom = {kind, true, std::move(searched), nullptr, 0};
  return node;
}

ExpressionPtr make_regex(const Lexeme& lexeme, PatternSupply& supply) {
  if (!lexeme.flags.empty() && lexeme.flags != "i") {
    fail_at(lexeme.at, "E-REGEX",
            fmt::format("the only flag of a regular expression is i, found {}", lexeme.flags));
  }
  if (lexeme.value.size() > kMaxAtomBytes) {
    fail_at(lexeme.at, "E-LIMIT",
            fmt::format("a regular expression has at most {} bytes", kMaxAtomBytes));
  }
  if (supply.bytes_left < kSmallPatternBytes) fail_at(lexeme.at, "E-LIMIT", kTooManyPatterns);
  const bool ignore_case = lexeme.flags == "i";
  std::shared_ptr<const Pattern> pattern = supply.known.find(lexeme.value, ignore_case);
  if (!pattern) pattern = std::make_shared<const Pattern>(lexeme.value, ignore_case);
  if (const auto error = pattern->error()) {
    supply.bytes_left -= std::min(supply.bytes_left, kLargePatternBytes);
    fail_at(lexeme.at, "E-REGEX", *error);
  }
  if (supply.bytes_left < pattern->memory_bytes()) {
    fail_at(lexeme.at, "E-LIMIT", kTooManyPatterns);
  }
  supply.bytes_left -= pattern->memory_bytes();
  ExpressionPtr node = make_node(Op::atom, lexeme.at);
  node->atom = {AtomKind::regex, ignore_case, lexeme.value, std::move(pattern), 0};
  return node;
}

}  // namespace passaparola::match
