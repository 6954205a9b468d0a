#include "match/predicate_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "core/check.h"
#include "core/fold.h"
#include "core/limits.h"
#include "core/time.h"
#include "match/expression_parser.h"

namespace passaparola::match {
namespace {

using std::string_view_literals::operator""sv;

enum class Values : std::uint8_t { words, numbers, instants };

struct Name {
  std::string_view name;  // the first of several names is the one that is shown
  PredicateKind kind;
  Phase phase;
  Values values;
};

using enum PredicateKind;
constexpr auto kWords = Values::words;
constexpr auto kNumbers = Values::numbers;

constexpr std::array kNames{
    Name{"source", source, Phase::envelope, kWords},
    Name{"channel", source, Phase::envelope, kWords},
    Name{"lang", language, Phase::envelope, kWords},
    Name{"kind", kind, Phase::envelope, kWords},
    Name{"type", kind, Phase::envelope, kWords},
    Name{"author", author, Phase::envelope, kWords},
    Name{"author_id", author_id, Phase::envelope, kWords},
    Name{"site", site, Phase::envelope, kWords},
    Name{"url", url, Phase::envelope, kWords},
    Name{"country", country, Phase::envelope, kWords},
    Name{"conversation", thread, Phase::envelope, kWords},
    Name{"thread", thread, Phase::envelope, kWords},
    Name{"parent", parent, Phase::envelope, kWords},
    Name{"reply_to", parent, Phase::envelope, kWords},
    Name{"in:parent", parent_text, Phase::envelope, kNumbers},
    Name{"is", is, Phase::envelope, kWords},
    Name{"has", has, Phase::envelope, kWords},
    Name{"followers", followers, Phase::envelope, kNumbers},
    Name{"following", following, Phase::envelope, kNumbers},
    Name{"posts", posts, Phase::envelope, kNumbers},
    Name{"account_age_days", account_age_days, Phase::envelope, kNumbers},
    Name{"rating", rating, Phase::envelope, kNumbers},
    Name{"nps", nps, Phase::envelope, kNumbers},
    Name{"likes", likes, Phase::envelope, kNumbers},
    Name{"reposts", reposts, Phase::envelope, kNumbers},
    Name{"replies", replies, Phase::envelope, kNumbers},
    Name{"views", views, Phase::envelope, kNumbers},
    Name{"created", created, Phase::envelope, Values::instants},
    Name{"brand", brand, Phase::scored, kWords},
    Name{"rule", rule, Phase::scored, kWords},
    Name{"tag", tag, Phase::scored, kWords},
    Name{"route", route, Phase::scored, kWords},
    Name{"alert", alert, Phase::scored, kWords},
    Name{"label", label, Phase::scored, kWords},
    Name{"act", act, Phase::scored, kWords},
    Name{"relation", relation, Phase::scored, kWords},
    Name{"relation_hint", relation, Phase::scored, kWords},
    Name{"disclosure", disclosure, Phase::scored, kWords},
    Name{"aspect", aspect, Phase::scored, kWords},
    Name{"state", state, Phase::scored, kWords},
    Name{"assignee", assignee, Phase::scored, kWords},
    Name{"sentiment", sentiment, Phase::scored, kNumbers},
    Name{"confidence", confidence, Phase::scored, kNumbers},
    Name{"sentiment.conf", confidence, Phase::scored, kNumbers},
    Name{"act.conf", act_confidence, Phase::scored, kNumbers},
    Name{"authenticity", authenticity, Phase::scored, kNumbers},
    Name{"quality.depth", depth, Phase::scored, kNumbers},
    Name{"quality.two_sided", two_sided, Phase::scored, kNumbers},
    Name{"irony", irony, Phase::scored, kNumbers},
    Name{"spam", spam, Phase::scored, kNumbers},
    Name{"dup_size", copies, Phase::scored, kNumbers},
    Name{"ambiguity", ambiguity, Phase::scored, kNumbers},
    Name{"author.class", author_class, Phase::author, kWords},
    Name{"author.type", author_type, Phase::author, kWords},
    Name{"author.score", author_score, Phase::author, kNumbers},
    Name{"author.score_lo", author_score_low, Phase::author, kNumbers},
    Name{"author.recs", author_recommendations, Phase::author, kNumbers},
    Name{"author.defences", author_defences, Phase::author, kNumbers},
    Name{"author.first_seen_days", author_first_seen_days, Phase::author, kNumbers},
    Name{"author.active_months", author_active_months, Phase::author, kNumbers},
    Name{"author.detractor", author_detractor, Phase::author, kNumbers},
};

constexpr std::array kFlags{"reply"sv,     "repost"sv, "quote"sv,    "root"sv,
                            "post"sv,      "review"sv, "survey"sv,   "answer"sv,
                            "sponsored"sv, "edited"sv, "verified"sv, "brand_owned"sv};
constexpr std::array kParts{"link"sv,  "media"sv,  "hashtag"sv, "handle"sv, "mention"sv,  "title"sv,
                            "quote"sv, "rating"sv, "bio"sv,     "lang"sv,   "question"sv, "code"sv};
constexpr std::array kRelations{"none"sv, "influencer"sv, "incentivised"sv, "affiliated"sv,
                                "inauthentic"sv};
constexpr std::array kActNames{
    "recommend"sv,       "anti-recommend"sv, "seek"sv, "received"sv, "defend"sv,   "help"sv,
    "testimonial"sv,     "praise"sv,         "idea"sv, "compare"sv,  "complain"sv, "churn"sv,
    "purchase-intent"sv, "invite"sv};
constexpr std::array kDisclosures{"paid"sv, "unclear"sv, "none"sv};
constexpr std::array kClasses{"advocate"sv,     "loyal"sv,       "influencer"sv,
                              "incentivised"sv, "detractor"sv,   "neutral"sv,
                              "affiliated"sv,   "inauthentic"sv, "referral_partner"sv};
constexpr std::array kLabelNames{"positive"sv, "negative"sv, "neutral"sv, "mixed"sv, "abstain"sv};
constexpr std::array kStateNames{"new"sv, "open"sv, "waiting"sv, "done"sv, "dismissed"sv};
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
    case PredicateKind::disclosure:
      return kDisclosures;
    case PredicateKind::state:
      return kStateNames;
    case PredicateKind::author_class:
      return kClasses;
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

// A day is its first instant; a bound that a day closes is thus its beginning.
double parse_instant(std::string_view text, Place at) {
  const std::string whole =
      text.size() == 10 ? std::string(text) + "T00:00:00Z" : std::string(text);
  const auto instant = parse_rfc3339(whole);
  if (!instant) {
    fail_at(at, "E-FIELD", fmt::format("expected a day as 2026-01-31, found '{}'", text));
  }
  return static_cast<double>(instant->milliseconds);
}

double parse_bound(std::string_view text, Place at, Values values) {
  return values == Values::instants ? parse_instant(text, at) : parse_number(text, at);
}

// "5", "100..1000", "100..", with a '-' lexed before it or not.
void parse_range(Lexer& lexer, Predicate& predicate, Values values) {
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
    predicate.low = predicate.high = parse_bound(text, lexeme.at, values);
    return;
  }
  const std::string_view low = std::string_view(text).substr(0, dots);
  const std::string_view high = std::string_view(text).substr(dots + 2);
  if (!low.empty()) predicate.low = parse_bound(low, lexeme.at, values);
  if (!high.empty()) predicate.high = parse_bound(high, lexeme.at, values);
  if (low.empty() && high.empty()) fail_at(lexeme.at, "E-FIELD", "expected a number beside '..'");
  if (predicate.low > predicate.high) {
    fail_at(lexeme.at, "E-FIELD", "the range is empty: its first number is the greater one");
  }
}

void parse_comparison(Lexer& lexer, const std::string& sign, Predicate& predicate, Values values) {
  double number = 0;
  if (values == Values::instants) {
    const Lexeme day = lexer.take();
    number = parse_instant(day.value, day.at);
  } else {
    number = take_number(lexer);
  }
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

namespace {

const Name& entry_of(PredicateKind kind) {
  const auto* const entry = std::find_if(kNames.begin(), kNames.end(),
                                         [&](const Name& name) { return name.kind == kind; });
  CHECK(entry != kNames.end(), "every kind of predicate has a name");
  return *entry;
}

}  // namespace

std::string_view name_of(PredicateKind kind) { return entry_of(kind).name; }

// The scorer finds codes, and whose account is the brand's own depends on the brand.
Phase phase_of(const Predicate& predicate) {
  const auto& values = predicate.values;
  const auto asks = [&](PredicateKind kind, std::string_view value) {
    return predicate.kind == kind && std::find(values.begin(), values.end(), value) != values.end();
  };
  const bool of_mention =
      asks(PredicateKind::is, "brand_owned") || asks(PredicateKind::has, "code");
  return of_mention ? Phase::scored : entry_of(predicate.kind).phase;
}

bool is_of_filters(PredicateKind kind) {
  return kind == PredicateKind::brand || kind == PredicateKind::rule ||
         kind == PredicateKind::tag || kind == PredicateKind::route ||
         kind == PredicateKind::alert || kind == PredicateKind::state ||
         kind == PredicateKind::assignee;
}

Predicate parse_predicate(Lexer& lexer, PredicateKind kind) {
  Predicate predicate;
  predicate.kind = kind;
  const Lexeme sign = lexer.take();
  const Values values = entry_of(kind).values;
  if (values != Values::words) {
    if (sign.is(":")) {
      parse_range(lexer, predicate, values);
    } else {
      parse_comparison(lexer, sign.value, predicate, values);
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
