// Warnings and hints about rules that will do what they say, but perhaps not what was meant.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/hash.h"
#include "core/pace.h"
#include "match/patterns.h"
#include "match/place_index.h"
#include "match/predicate_parser.h"
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

// `a -a`, `likes<2 likes>5`: an AND that nothing can satisfy.
class Contradictions {
 public:
  explicit Contradictions(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void look(const Expression& expression) {
    for (const ExpressionPtr& part : expression.parts) look(*part);
    if (expression.op == Op::all) look_at_parts(expression);
  }

 private:
  void look_at_parts(const Expression& all) {
    std::vector<std::string> wanted;
    std::vector<std::string> refused;
    std::vector<const Predicate*> numbers;
    gather(all, wanted, refused, numbers);
    for (const std::string& text : refused) {
      if (std::find(wanted.begin(), wanted.end(), text) == wanted.end()) continue;
      return report(all, "the same is asked for and excluded");
    }
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (!are_apart(*numbers[i], *numbers[k])) continue;
        return report(all, fmt::format("no {} is in both ranges", name_of(numbers[i]->kind)));
      }
    }
  }

  // The parts of AND, and of the ANDs inside of it.
  void gather(const Expression& all, std::vector<std::string>& wanted,
              std::vector<std::string>& refused, std::vector<const Predicate*>& numbers) const {
    for (const ExpressionPtr& part : all.parts) {
      if (part->op == Op::all) {
        gather(*part, wanted, refused, numbers);
      } else if (part->op == Op::negate) {
        refused.push_back(to_text(*part->parts.front()));
      } else {
        wanted.push_back(to_text(*part));
        const bool number = part->op == Op::predicate && part->predicate.values.empty();
        if (number && !part->predicate.outside) numbers.push_back(&part->predicate);
      }
    }
  }

  static bool are_apart(const Predicate& a, const Predicate& b) {
    if (a.kind != b.kind) return false;
    const double low = std::max(a.low, b.low);
    const double high = std::min(a.high, b.high);
    const bool open = (a.low == low && a.low_open) || (b.low == low && b.low_open) ||
                      (a.high == high && a.high_open) || (b.high == high && b.high_open);
    return low > high || (low == high && open);
  }

  void report(const Expression& expression, std::string_view why) {
    diagnostics_.error(expression.at, "E-EMPTY", fmt::format("this can never hold: {}", why));
  }

  Diagnostics& diagnostics_;
};

// What costs more than words do.
class Costs {
 public:
  explicit Costs(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void look(const Definition& definition) {
    look(*definition.expression);
    if (definition.unanchored) {
      diagnostics_.warning(definition.at, "W-COST",
                           fmt::format("{} is judged for every post", definition.id));
    }
    const bool asks_history = definition.phase == Phase::author;
    if (asks_history && (definition.unanchored || has_common_anchor(*definition.expression))) {
      diagnostics_.warning(definition.at, "W-PHASE4",
                           fmt::format("{} reads the author's history wherever a common word "
                                       "stands: ask for something rarer first",
                                       definition.id));
    }
  }

 private:
  void look(const Expression& expression) {
    for (const ExpressionPtr& part : expression.parts) look(*part);
    if (expression.op != Op::atom || expression.atom.kind != AtomKind::regex) return;
    if (expression.atom.pattern->has_prefilter()) return;
    diagnostics_.warning(expression.at, "W-COST",
                         "this expression is tried on every text, for nothing in it can be looked "
                         "for first");
  }

  // A common word that is enough of an anchor: not one that stands beside something else.
  static bool has_common_anchor(const Expression& expression) {
    const auto common = [](const ExpressionPtr& part) { return has_common_anchor(*part); };
    switch (expression.op) {
      case Op::atom:
        return expression.atom.kind == AtomKind::phrase && is_common(expression.atom.text);
      case Op::any:
        return std::any_of(expression.parts.begin(), expression.parts.end(), common);
      case Op::all:
        return std::all_of(expression.parts.begin(), expression.parts.end(),
                           [&](const ExpressionPtr& part) {
                             const bool anchors = part->op == Op::atom || part->op == Op::any ||
                                                  part->op == Op::reference || part->op == Op::near;
                             return !anchors || common(part);
                           });
      default:
        return false;
    }
  }

  Diagnostics& diagnostics_;
};

void warn_of_cashtags(const Expression& expression, Diagnostics& diagnostics) {
  for (const ExpressionPtr& part : expression.parts) warn_of_cashtags(*part, diagnostics);
  const bool looks_like_one = expression.op == Op::reference && expression.name.size() <= 6 &&
                              std::all_of(expression.name.begin(), expression.name.end(),
                                          [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!looks_like_one) return;
  diagnostics.warning(expression.at, "W-CASHTAG",
                      fmt::format("${} is the name that is defined; the cashtag is written "
                                  "cashtag:{}",
                                  expression.name, expression.name));
}

}  // namespace

void lint(const RuleBook& book, Diagnostics& diagnostics) {
  // The form of rules by which doubles are found.
  const auto write_form = [&](std::uint32_t rule, std::string& form) {
    form = book.definitions[rule].ignore_accents ? "~" : "=";
    append_text(*book.definitions[rule].expression, form);
  };
  PlaceIndex seen;
  seen.reserve(book.rule_count);
  std::string form;
  std::string other;
  for (std::uint32_t i = 0; i < book.definitions.size(); ++i) {
    give_way();
    const Definition& definition = book.definitions[i];
    Contradictions(diagnostics).look(*definition.expression);
    Costs(diagnostics).look(definition);
    warn_of_cashtags(*definition.expression, diagnostics);
    if (i >= book.rule_count) continue;
    if (definition.kind == Definition::Kind::brand) {
      warn_of_ambiguous_terms(*definition.expression, diagnostics);
    }
    write_form(i, form);
    const std::uint32_t first = seen.find_or_add(content_hash64(form), i, [&](std::uint32_t rule) {
      write_form(rule, other);
      return form == other;
    });
    if (first != i) {
      diagnostics.info(
          definition.at, "I-DUP",
          fmt::format("{} says the same as {}", definition.id, book.definitions[first].id));
    }
  }
}

}  // namespace passaparola::match
