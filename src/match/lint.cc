// Warnings and hints about rules that will do what they say, but perhaps not what was meant.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

#include "match/rule_book.h"

namespace passaparola::match {
namespace {

using std::string_view_literals::operator""sv;

// Common English and Italian words, among them those that brands like to bear. Folded, sorted.
constexpr std::array kCommonWords{
    "acqua"sv,  "alba"sv,  "alfa"sv,    "all"sv,     "amazon"sv,   "amica"sv,  "amore"sv,
    "and"sv,    "anni"sv,  "anno"sv,    "apple"sv,   "aria"sv,     "arte"sv,   "aurora"sv,
    "bella"sv,  "bello"sv, "best"sv,    "bianca"sv,  "big"sv,      "blue"sv,   "box"sv,
    "brave"sv,  "buona"sv, "buono"sv,   "caffè"sv,   "call"sv,     "cara"sv,   "carta"sv,
    "casa"sv,   "case"sv,  "che"sv,     "chi"sv,     "city"sv,     "clear"sv,  "coach"sv,
    "come"sv,   "con"sv,   "conad"sv,   "corona"sv,  "cosa"sv,     "crest"sv,  "cuore"sv,
    "dash"sv,   "dell"sv,  "delta"sv,   "diesel"sv,  "discover"sv, "dolce"sv,  "dove"sv,
    "dream"sv,  "eco"sv,   "edge"sv,    "enel"sv,    "era"sv,      "ever"sv,   "express"sv,
    "fast"sv,   "fresh"sv, "focus"sv,   "for"sv,     "gap"sv,      "ghost"sv,  "gold"sv,
    "good"sv,   "great"sv, "home"sv,    "idea"sv,    "it"sv,       "latte"sv,  "life"sv,
    "line"sv,   "luna"sv,  "mare"sv,    "mars"sv,    "meta"sv,     "mint"sv,   "moka"sv,
    "mondo"sv,  "more"sv,  "nera"sv,    "nero"sv,    "new"sv,      "next"sv,   "notion"sv,
    "nuova"sv,  "one"sv,   "open"sv,    "opera"sv,   "oracle"sv,   "orange"sv, "ora"sv,
    "oro"sv,    "oscar"sv, "pampers"sv, "pane"sv,    "per"sv,      "pixel"sv,  "polo"sv,
    "poste"sv,  "prime"sv, "puma"sv,    "quello"sv,  "questo"sv,   "rosa"sv,   "rossa"sv,
    "rosso"sv,  "scala"sv, "sea"sv,     "seat"sv,    "sera"sv,     "shell"sv,  "signal"sv,
    "slack"sv,  "sole"sv,  "solo"sv,    "sprint"sv,  "square"sv,   "stella"sv, "stripe"sv,
    "subway"sv, "sun"sv,   "target"sv,  "tempo"sv,   "terra"sv,    "the"sv,    "tide"sv,
    "tim"sv,    "time"sv,  "tutto"sv,   "uber"sv,    "una"sv,      "uno"sv,    "vera"sv,
    "vero"sv,   "vino"sv,  "visa"sv,    "visible"sv, "vita"sv,     "viva"sv,   "wave"sv,
    "well"sv,   "wind"sv,  "wish"sv,    "word"sv,    "you"sv,      "zoom"sv};

bool is_common(std::string_view word) {
  return std::find(kCommonWords.begin(), kCommonWords.end(), word) != kCommonWords.end();
}

// The alternatives of a brand's own expression that need no company.
void warn_of_ambiguous_terms(const Expression& expression, Diagnostics& diagnostics) {
  if (expression.op == Op::all && expression.parts.front()->op == Op::any) {
    warn_of_ambiguous_terms(*expression.parts.front(), diagnostics);
    return;
  }
  if (expression.op != Op::any) return;
  for (const ExpressionPtr& part : expression.parts) {
    const bool word = part->op == Op::atom && part->atom.kind == AtomKind::phrase;
    if (word && is_common(part->atom.text)) {
      diagnostics.warning(part->at, "W-AMBIG",
                          fmt::format("'{}' is a common word: write it as ambiguous, with the "
                                      "words that it needs in its company",
                                      part->atom.text));
    }
  }
}

}  // namespace

void lint(const RuleBook& book, Diagnostics& diagnostics) {
  std::unordered_map<std::string, std::uint32_t> seen;
  seen.reserve(book.rule_count);
  for (std::uint32_t i = 0; i < book.rule_count; ++i) {
    const Definition& definition = book.definitions[i];
    if (definition.kind == Definition::Kind::brand) {
      warn_of_ambiguous_terms(*definition.expression, diagnostics);
    }
    const std::string form =
        (definition.ignore_accents ? "~" : "=") + to_text(*definition.expression);
    const auto [first, is_new] = seen.emplace(form, i);
    if (!is_new) {
      diagnostics.info(
          definition.at, "I-DUP",
          fmt::format("{} says the same as {}", definition.id, book.definitions[first->second].id));
    }
  }
}

}  // namespace passaparola::match
