#include "match/predicate_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "core/fold.h"
#include "core/limits.h"
#include "match/expression_parser.h"

namespace passaparola::match {
namespace {

using std::string_view_literals::operator""sv;

struct Name {
  std::string_view name;
  PredicateKind kind;
};

constexpr std::array kNames{
    Name{"source", PredicateKind::source},
    Name{"lang", PredicateKind::language},
    Name{"kind", PredicateKind::kind},
    Name{"author", PredicateKind::author},
    Name{"is", PredicateKind::is},
    Name{"has", PredicateKind::has},
    Name{"followers", PredicateKind::followers},
    Name{"following", PredicateKind::following},
    Name{"posts", PredicateKind::posts},
    Name{"rating", PredicateKind::rating},
    Name{"nps", PredicateKind::nps},
    Name{"likes", PredicateKind::likes},
    Name{"reposts", PredicateKind::reposts},
    Name{"replies", PredicateKind::replies},
    Name{"views", PredicateKind::views},
    Name{"brand", PredicateKind::brand},
    Name{"rule", PredicateKind::rule},
    Name{"tag", PredicateKind::tag},
    Name{"label", PredicateKind::label},
    Name{"act", PredicateKind::act},
    Name{"relation", PredicateKind::relation},
    Name{"sentiment", PredicateKind::sentiment},
    Name{"confidence", PredicateKind::confidence},
    Name{"authenticity", PredicateKind::authenticity},
};

constexpr std::array kFlags{"reply"sv,  "repost"sv, "quote"sv,  "root"sv,     "post"sv,
                            "review"sv, "survey"sv, "answer"sv, "sponsored"sv};
constexpr std::array kParts{"link"sv,   "hashtag"sv, "handle"sv, "title"sv,   "quote"sv,
                            "rating"sv, "bio"sv,     "lang"sv,   "question"sv};
constexpr std::array kRelations{"none"sv, "influencer"sv, "incentivised"sv, "affiliated"sv,
                                "inauthentic"sv};
constexpr std::array kActNames{
    "recommend"sv,       "anti-recommend"sv, "seek"sv, "received"sv, "defend"sv,   "help"sv,
    "testimonial"sv,     "praise"sv,         "idea"sv, "compare"sv,  "complain"sv, "churn"sv,
    "purchase-intent"sv, "invite"sv};
constexpr std::array kLabelNames{"positive"sv, "negative"sv, "neutral"sv, "mixed"sv, "abstain"sv};
constexpr std::array kKindNames{"post"sv,   "reply"sv,  "repost"sv, "quote"sv,
                                "review"sv, "survey"sv, "answer"sv};

// The words that a predicate takes; empty when it takes any.
std::span<const std::string_view> choices(PredicateKind kind) {
  switch (kind) {
    case PredicateKind::kind:
      return kKindNames;
    case PredicateKind::is:
      return kFlags;
    case PredicateKind::has:
      return kParts;
    case PredicateKind::label:
      return kLabelNames;
    case PredicateKind::act:
      return kActNames;
    case PredicateKind::relation:
      return kRelations;
    default:
      return {};
  }
}

std::string checked_value(PredicateKind kind, const Lexeme& lexeme) {
  std::string value = folded(lexeme.value);
  if (value.empty() || value.size() > kMaxAtomBytes) {
    fail_at(lexeme.at, "E-FIELD",
            fmt::format("expected a value of 1 to {} bytes for {}:", kMaxAtomBytes, name_of(kind)));
  }
  const auto allowed = choices(kind);
  if (allowed.empty()) return value;
  if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
    fail_at(lexeme.at, "E-FIELD",
            fmt::format("{}: takes one of {}; found {}", name_of(kind), fmt::join(allowed, ", "),
                        describe(lexeme)));
  }
  return value;
}

double parse_number(std::string_view text, Place at) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    fail_at(at, "E-FIELD", fmt::format("expected a number, found '{}'", text));
  }
  return number;
}

// "5", "100..1000", "100..", with a '-' lexed before it or not.
void parse_range(Lexer& lexer, Predicate& predicate) {
  std::string sign;
  if (lexer.peek().is("-")) {
    lexer.take();
    sign = "-";
  }
  const Lexeme lexeme = lexer.take();
  if (lexeme.kind != LexemeKind::word) fail_expected(lexeme, "a number or a range as 100..1000");
  const std::string text = sign + lexeme.value;
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) {
    predicate.low = predicate.high = parse_number(text, lexeme.at);
    return;
  }
  const std::string_view low = std::string_view(text).substr(0, dots);
  const std::string_view high = std::string_view(text).substr(dots + 2);
  if (!low.empty()) predicate.low = parse_number(low, lexeme.at);
  if (!high.empty()) predicate.high = parse_number(high, lexeme.at);
  if (low.empty() && high.empty()) fail_at(lexeme.at, "E-FIELD", "expected a number beside '..'");
  if (predicate.low > predicate.high) {
    fail_at(lexeme.at, "E-FIELD", "the range is empty: its first number is the greater one");
  }
}

void parse_comparison(Lexer& lexer, const std::string& sign, Predicate& predicate) {
  const double number = take_number(lexer);
  if (sign == "<" || sign == "<=") {
    predicate.high = number;
    predicate.high_open = sign == "<";
  } else if (sign == ">" || sign == ">=") {
    predicate.low = number;
    predicate.low_open = sign == ">";
  } else {
    predicate.low = predicate.high = number;
    predicate.outside = sign == "!=";
  }
}

}  // namespace

std::optional<PredicateKind> parse_predicate_kind(std::string_view name) {
  for (const Name& entry : kNames) {
    if (entry.name == name) return entry.kind;
  }
  return std::nullopt;
}

std::string_view name_of(PredicateKind kind) {
  for (const Name& entry : kNames) {
    if (entry.kind == kind) return entry.name;
  }
  return {};
}

bool is_number(PredicateKind kind) {
  return (kind >= PredicateKind::followers && kind <= PredicateKind::views) ||
         kind >= PredicateKind::sentiment;
}

bool is_known_of_posts(PredicateKind kind) { return kind < PredicateKind::brand; }

Predicate parse_predicate(Lexer& lexer, PredicateKind kind) {
  Predicate predicate;
  predicate.kind = kind;
  const Lexeme sign = lexer.take();
  if (is_number(kind)) {
    if (sign.is(":")) {
      parse_range(lexer, predicate);
    } else {
      parse_comparison(lexer, sign.value, predicate);
    }
    return predicate;
  }
  if (!sign.is(":")) {
    fail_at(sign.at, "E-FIELD",
            fmt::format("{} is no number: write {}:value", name_of(kind), name_of(kind)));
  }
  if (!lexer.peek().is("[")) {
    predicate.values.push_back(checked_value(kind, take_value(lexer)));
    return predicate;
  }
  do {
    lexer.take();  // '[' or ','
    predicate.values.push_back(checked_value(kind, take_value(lexer)));
  } while (lexer.peek().is(","));
  const Lexeme close = lexer.take();
  if (!close.is("]")) fail_expected(close, "',' or ']'");
  return predicate;
}

Lexeme take_value(Lexer& lexer) {
  Lexeme value = lexer.take();
  const bool is_text = value.kind == LexemeKind::word || value.kind == LexemeKind::quoted ||
                       value.kind == LexemeKind::handle;
  if (!is_text) fail_expected(value, "a value");
  while (value.kind == LexemeKind::word && lexer.peek().is(":") && !lexer.peek().space_before) {
    lexer.take();
    const Lexeme more = lexer.take();
    const bool text_follows = more.kind == LexemeKind::word || more.kind == LexemeKind::handle;
    if (!text_follows || more.space_before) {
      fail_expected(more, "the rest of the value behind ':'");
    }
    value.value += ":" + more.value;
  }
  return value;
}

double take_number(Lexer& lexer) {
  std::string sign;
  if (lexer.peek().is("-")) {
    lexer.take();
    sign = "-";
  }
  const Lexeme lexeme = lexer.take();
  if (lexeme.kind != LexemeKind::word) fail_expected(lexeme, "a number");
  return parse_number(sign + lexeme.value, lexeme.at);
}

}  // namespace passaparola::match
