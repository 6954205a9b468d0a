#include "match/rule_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/fold.h"
#include "core/hash.h"
#include "core/limits.h"
#include "core/pace.h"
#include "match/packs.h"
#include "match/predicate_parser.h"
#include "match/program.h"

namespace passaparola::match {
namespace {

// Gives every rule its brand, and brings the definitions into their final order.
void order(RuleBook& book, Diagnostics& diagnostics) {
  const std::pair<const std::string, std::uint32_t>* last = nullptr;  // neighbours share brands
  for (Definition& definition : book.definitions) {
    if (definition.kind == Definition::Kind::let) continue;
    const std::string_view id = definition.id;
    const std::string_view brand = id.substr(0, id.find('.'));
    if (last == nullptr || last->first != brand) {
      const auto found = book.brand_of.find(std::string(brand));
      last = found == book.brand_of.end() ? nullptr : &*found;
    }
    if (last != nullptr) {
      definition.brand = last->second;
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
  const bool moves = !std::is_sorted(book.definitions.begin(), book.definitions.end(), before);
  if (moves) {
    std::stable_sort(book.definitions.begin(), book.definitions.end(), before);
    book.note_places();
  }
  book.rule_count = 0;
  for (const Definition& definition : book.definitions) {
    if (definition.kind != Definition::Kind::let) ++book.rule_count;
  }
}

bool is_cashtag(std::string_view name) {
  return !name.empty() && name.size() <= 6 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// A pass over a book; each visit_… follows references once.
class Resolver {
 public:
  Resolver(RuleBook& book, Diagnostics& diagnostics) : book_(book), diagnostics_(diagnostics) {}

  void run() {
    for (Definition& definition : book_.definitions) {
      give_way();
      bind(*definition.expression);
    }
    if (diagnostics_.has_errors()) return;
    // Each is judged as soon as it is measured, while its tree is at hand: trees are larger than
    // any cache. What stands in a circle must not be followed.
    depth_.assign(book_.definitions.size(), kUnseen);
    anchors_.assign(2 * book_.definitions.size(), kUnseen);
    has_phase_.resize(book_.definitions.size());
    for (std::uint32_t i = 0; i < book_.definitions.size(); ++i) {
      give_way();
      measure(i, 0);
      if (!is_bounded_) continue;
      set_phase(i);
      const Definition& definition = book_.definitions[i];
      check_near(*definition.expression);
      if (i >= book_.rule_count || definition.unanchored) continue;
      if (!is_anchored(*definition.expression, true)) report_unanchored(i);
    }
  }

 private:
  static constexpr std::uint32_t kUnseen = 0xFFFFFFFF;
  static constexpr std::uint32_t kOpen = 0xFFFFFFFE;

  const Definition& definition_of(const Expression& reference) const {
    return book_.definitions[reference.definition];
  }

  std::uint32_t find(std::string_view id) const { return book_.find(id).value_or(kUnresolved); }

  // By the text that matches are published with, in either way with accents.
  void note_preference(const Atom& atom) {
    Atom accentless = atom;
    if (folds_accents(atom.kind)) accentless.text = without_accents(atom.text).text;
    for (const Atom& form : {atom, accentless}) {
      std::uint8_t& known = book_.preferences[to_text(form)];
      known = std::max(known, atom.preference);
    }
  }

  void bind(Expression& expression) {
    for (const ExpressionPtr& part : expression.parts) bind(*part);
    if (expression.op == Op::atom && expression.atom.preference > 0) {
      note_preference(expression.atom);
    }
    if (expression.op != Op::reference) return;
    const std::string& name = expression.name;
    if (name.find('.') != std::string::npos) {
      expression.definition = find(name);
    } else {
      expression.definition = find(book_.packs[expression.at.file].name + "." + name);
      if (expression.definition == kUnresolved) expression.definition = find(name + ".mention");
    }
    if (expression.definition != kUnresolved) return;
    if (is_cashtag(name)) {
      expression.op = Op::atom;
      expression.atom = {AtomKind::cashtag, true, "$" + folded(name), nullptr, 0};
      return;
    }
    diagnostics_.error(expression.at, "E-NAME",
                       fmt::format("there is no let, brand or rule named {}", name));
  }

  // The levels of references below a definition; refuses circles and depths beyond the limit.
  std::uint32_t measure(std::uint32_t index, std::size_t above) {
    const Definition& definition = book_.definitions[index];
    if (depth_[index] == kOpen) {
      is_bounded_ = false;
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
      if (!is_bounded_) return 0;
      return 1 + measure(expression.definition, above + 1);
    }
    std::uint32_t levels = 0;
    for (const ExpressionPtr& part : expression.parts) {
      levels = std::max(levels, measure_parts(*part, above));
    }
    return levels;
  }

  void set_phase(std::uint32_t index) {
    if (has_phase_[index]) return;
    has_phase_[index] = true;
    Definition& definition = book_.definitions[index];
    set_phases_below(*definition.expression);
    definition.phase = phase_of(book_, *definition.expression);
  }

  void set_phases_below(const Expression& expression) {
    if (expression.op == Op::reference) set_phase(expression.definition);
    for (const ExpressionPtr& part : expression.parts) set_phases_below(*part);
  }

  void report_depth(const Definition& definition) {
    is_bounded_ = false;
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
    const auto needed = needed_parts(expression.op, parts.size(), expression.least, positive);
    return static_cast<std::size_t>(std::count_if(parts.begin(), parts.end(), anchored)) >= needed;
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
  Diagnostics& diagnostics_;
  bool is_bounded_ = true;  // no circle and no excessive depth was met
  std::vector<std::uint32_t> depth_;
  std::vector<bool> has_phase_;
  std::vector<std::uint32_t> anchors_;
};

}  // namespace

namespace {

void check_imports(const RuleBook& book, std::span<const RuleFile> files,
                   Diagnostics& diagnostics) {
  for (const Import& import : book.imports) {
    const auto file = std::find_if(files.begin(), files.end(), [&](const RuleFile& candidate) {
      return is_named(candidate.name, import.path);
    });
    if (file == files.end()) {
      diagnostics.error(import.at, "E-IMPORT",
                        fmt::format("there is no {} among the files, and none ships; those that do "
                                    "are {}",
                                    import.path, fmt::join(shipped_packs(), ", ")));
      continue;
    }
    const std::uint32_t version =
        book.packs[static_cast<std::size_t>(file - files.begin())].version;
    if (import.version == 0 || import.version == version) continue;
    diagnostics.error(
        import.at, "E-IMPORT",
        fmt::format("version {} of {} is asked for, {} has {}", import.version, import.path,
                    file->name, version == 0 ? "none" : fmt::format("version {}", version)));
  }
}

}  // namespace

Phase phase_of(const RuleBook& book, const Expression& expression) {
  if (expression.op == Op::predicate) return phase_of(expression.predicate);
  if (expression.op == Op::reference) return book.definitions[expression.definition].phase;
  Phase phase = Phase::text;
  for (const ExpressionPtr& part : expression.parts) phase = std::max(phase, phase_of(book, *part));
  return phase;
}

std::optional<std::uint32_t> RuleBook::find(std::string_view id) const {
  return places.find(content_hash64(id),
                     [&](std::uint32_t place) { return definitions[place].id == id; });
}

bool RuleBook::add(Definition definition) {
  const auto next = static_cast<std::uint32_t>(definitions.size());
  const auto is_same = [&](std::uint32_t place) { return definitions[place].id == definition.id; };
  if (places.find_or_add(content_hash64(definition.id), next, is_same) != next) return false;
  definitions.push_back(std::move(definition));
  return true;
}

void RuleBook::note_places() {
  places = PlaceIndex();
  places.reserve(definitions.size());
  for (std::uint32_t i = 0; i < definitions.size(); ++i) {
    places.find_or_add(content_hash64(definitions[i].id), i, [](std::uint32_t) { return false; });
  }
}

void resolve(RuleBook& book, std::span<const RuleFile> files, Diagnostics& diagnostics) {
  check_imports(book, files, diagnostics);
  order(book, diagnostics);
  Resolver(book, diagnostics).run();
}

RuleBook read_rule_book(std::span<const RuleFile> files, Diagnostics& diagnostics,
                        KnownPatterns known) {
  RuleBook book;
  PatternSupply supply{kMaxPatternSetBytes, std::move(known)};
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    parse_rule_file(i, files[i], book, supply, diagnostics);
  }
  if (!diagnostics.has_errors()) resolve(book, files, diagnostics);
  if (!diagnostics.has_errors()) lint(book, diagnostics);
  return book;
}

}  // namespace passaparola::match
