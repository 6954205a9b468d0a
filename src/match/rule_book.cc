#include "match/rule_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/fold.h"
#include "core/limits.h"

namespace passaparola::match {
namespace {

// Gives every rule its brand, and brings the definitions into their final order.
void order(RuleBook& book, Diagnostics& diagnostics) {
  for (Definition& definition : book.definitions) {
    if (definition.kind == Definition::Kind::let) continue;
    const std::string brand = definition.id.substr(0, definition.id.find('.'));
    if (const auto found = book.brand_of.find(brand); found != book.brand_of.end()) {
      definition.brand = found->second;
    } else {
      diagnostics.error(
          definition.at, "E-BRAND",
          fmt::format("there is no brand {}: expected a brand block of that name", brand));
    }
  }
  // A let has no brand: kUnresolved sorts it behind every rule.
  const auto key = [](const Definition& d) {
    return std::tuple(d.brand, d.kind != Definition::Kind::brand);
  };
  const auto before = [&](const Definition& a, const Definition& b) { return key(a) < key(b); };
  if (!std::is_sorted(book.definitions.begin(), book.definitions.end(), before)) {
    std::stable_sort(book.definitions.begin(), book.definitions.end(), before);
  }
  book.rule_count = 0;
  for (std::uint32_t i = 0; i < book.definitions.size(); ++i) {
    book.definition_of[book.definitions[i].id] = i;
    if (book.definitions[i].kind != Definition::Kind::let) ++book.rule_count;
  }
}

bool is_cashtag(std::string_view name) {
  return !name.empty() && name.size() <= 6 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// A pass over a book; each visit_… follows references once.
class Resolver {
 public:
  Resolver(RuleBook& book, std::span<const RuleFile> files, Diagnostics& diagnostics)
      : book_(book), files_(files), diagnostics_(diagnostics) {}

  void run() {
    for (Definition& definition : book_.definitions) bind(*definition.expression);
    if (diagnostics_.has_errors()) return;
    depth_.assign(book_.definitions.size(), kUnseen);
    for (std::uint32_t i = 0; i < book_.definitions.size(); ++i) measure(i, 0);
    if (diagnostics_.has_errors()) return;
    for (const Definition& definition : book_.definitions) check_near(*definition.expression);
    anchors_.assign(2 * book_.definitions.size(), kUnseen);
    for (std::uint32_t i = 0; i < book_.rule_count; ++i) {
      if (!is_anchored(*book_.definitions[i].expression, true)) report_unanchored(i);
    }
  }

 private:
  static constexpr std::uint32_t kUnseen = 0xFFFFFFFF;
  static constexpr std::uint32_t kOpen = 0xFFFFFFFE;

  const Definition& definition_of(const Expression& reference) const {
    return book_.definitions[reference.definition];
  }

  std::uint32_t find(const std::string& id) const {
    const auto found = book_.definition_of.find(id);
    return found == book_.definition_of.end() ? kUnresolved : found->second;
  }

  void bind(Expression& expression) {
    for (const ExpressionPtr& part : expression.parts) bind(*part);
    if (expression.op != Op::reference) return;
    const std::string& name = expression.name;
    if (name.find('.') != std::string::npos) {
      expression.definition = find(name);
    } else {
      expression.definition = find(pack_of(files_[expression.at.file].name) + "." + name);
      if (expression.definition == kUnresolved) expression.definition = find(name + ".mention");
    }
    if (expression.definition != kUnresolved) return;
    if (is_cashtag(name)) {
      expression.op = Op::atom;
      expression.atom = {AtomKind::cashtag, true, "$" + folded(name), nullptr};
      return;
    }
    diagnostics_.error(expression.at, "E-NAME",
                       fmt::format("there is no let, brand or rule named {}", name));
  }

  // The levels of references below a definition; refuses circles and depths beyond the limit.
  std::uint32_t measure(std::uint32_t index, std::size_t above) {
    const Definition& definition = book_.definitions[index];
    if (depth_[index] == kOpen) {
      diagnostics_.error(
          definition.at, "E-CYCLE",
          fmt::format("{} refers to itself, directly or through others", definition.id));
      return 0;
    }
    if (depth_[index] != kUnseen) return depth_[index];
    if (above > kMaxExpressionDepth) {
      report_depth(definition);
      return 0;
    }
    depth_[index] = kOpen;
    const std::uint32_t levels = measure_parts(*definition.expression, above);
    depth_[index] = levels;
    if (levels > kMaxExpressionDepth) report_depth(definition);
    return levels;
  }

  std::uint32_t measure_parts(const Expression& expression, std::size_t above) {
    if (expression.op == Op::reference) {
      if (diagnostics_.has_errors()) return 0;
      return 1 + measure(expression.definition, above + 1);
    }
    std::uint32_t levels = 0;
    for (const ExpressionPtr& part : expression.parts) {
      levels = std::max(levels, measure_parts(*part, above));
    }
    return levels;
  }

  void report_depth(const Definition& definition) {
    diagnostics_.error(
        definition.at, "E-LIMIT",
        fmt::format("references are nested deeper than {} levels", kMaxExpressionDepth));
  }

  void check_near(const Expression& expression) {
    for (const ExpressionPtr& part : expression.parts) {
      if (expression.op == Op::near) {
        std::vector<std::uint32_t> seen;
        if (!is_near_operand(*part, seen)) {
          diagnostics_.error(part->at, "E-NEAR",
                             "NEAR takes words, phrases, tags, sets [a, b] and groups with OR of "
                             "those");
        }
      } else {
        check_near(*part);
      }
    }
  }

  bool is_near_operand(const Expression& expression, std::vector<std::uint32_t>& seen) const {
    switch (expression.op) {
      case Op::atom:
        return expression.atom.kind != AtomKind::domain;
      case Op::reference:
        if (std::find(seen.begin(), seen.end(), expression.definition) != seen.end()) return true;
        seen.push_back(expression.definition);
        return is_near_operand(*definition_of(expression).expression, seen);
      case Op::any:
        return std::all_of(expression.parts.begin(), expression.parts.end(),
                           [&](const ExpressionPtr& part) { return is_near_operand(*part, seen); });
      default:
        return false;
    }
  }

  // Can it hold (or, if not positive, fail) only for a post in which an atom was found?
  bool is_anchored(const Expression& expression, bool positive) {
    const auto anchored = [&](const ExpressionPtr& part) { return is_anchored(*part, positive); };
    const auto& parts = expression.parts;
    switch (expression.op) {
      case Op::atom:
      case Op::near:
        return positive;
      case Op::predicate:
        return false;
      case Op::negate:
        return is_anchored(*parts.front(), !positive);
      case Op::within:
        return is_anchored(*parts.front(), positive);
      case Op::reference: {
        std::uint32_t& known = anchors_[2 * expression.definition + (positive ? 1 : 0)];
        if (known == kUnseen) {
          known = is_anchored(*definition_of(expression).expression, positive) ? 1 : 0;
        }
        return known == 1;
      }
      default:
        break;
    }
    const bool one_is_enough = (expression.op == Op::all) == positive;
    return one_is_enough ? std::any_of(parts.begin(), parts.end(), anchored)
                         : std::all_of(parts.begin(), parts.end(), anchored);
  }

  void report_unanchored(std::uint32_t index) {
    const Definition& definition = book_.definitions[index];
    diagnostics_.error(definition.expression->at, "E-UNANCHORED",
                       fmt::format("{} could hold for a post in which none of its words stands: "
                                   "every alternative needs a word, phrase, tag, handle, domain or "
                                   "$brand",
                                   definition.id));
  }

  RuleBook& book_;
  std::span<const RuleFile> files_;
  Diagnostics& diagnostics_;
  std::vector<std::uint32_t> depth_;
  std::vector<std::uint32_t> anchors_;
};

}  // namespace

void resolve(RuleBook& book, std::span<const RuleFile> files, Diagnostics& diagnostics) {
  order(book, diagnostics);
  Resolver(book, files, diagnostics).run();
}

RuleBook read_rule_book(std::span<const RuleFile> files, Diagnostics& diagnostics) {
  RuleBook book;
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    parse_rule_file(i, files[i], book, diagnostics);
  }
  if (!diagnostics.has_errors()) resolve(book, files, diagnostics);
  if (!diagnostics.has_errors()) lint(book, diagnostics);
  return book;
}

}  // namespace passaparola::match
