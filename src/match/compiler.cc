#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <unordered_map>

#include "core/check.h"
#include "core/fold.h"
#include "core/hash.h"
#include "core/pace.h"
#include "match/place_index.h"
#include "match/predicate_parser.h"
#include "match/program.h"
#include "match/search_text.h"

namespace passaparola::match {
namespace {

using Atoms = std::vector<std::uint32_t>;

// Can an atom of this kind stand only between word edges of the search text? A host ends where a
// full stop, a space or the like stands, so that it has them too.
bool stands_alone(AtomKind kind) {
  return kind == AtomKind::phrase || kind == AtomKind::hashtag || kind == AtomKind::handle ||
         kind == AtomKind::cashtag || kind == AtomKind::domain;
}

class Compiler {
 public:
  explicit Compiler(const RuleBook& book) : book_(book) {}

  Program run() {
    definitions_.reserve(book_.definitions.size());
    atoms_.reserve(book_.definitions.size());
    for (std::uint32_t i = 0; i < book_.rule_count; ++i) {
      give_way();
      add_rule(i);
    }
    add_literals();
    program_.touched.resize(program_.atoms.size());
    for (std::uint32_t i = 0; i < program_.rules.size(); ++i) {
      give_way();
      const std::optional<Atoms> anchors = anchors_of_rule(i);
      if (!anchors) {
        CHECK(book_.definitions[program_.rules[i].definition].unanchored,
              "resolve() lets no other rule be without anchors");
        program_.unanchored.push_back(i);
        continue;
      }
      for (const std::uint32_t atom : *anchors) program_.touched[atom].push_back(i);
    }
    return std::move(program_);
  }

 private:
  // What the same text means: whether accents count, and where it is sought.
  struct Mode {
    bool ignore_accents = false;
    FieldMask fields = kDefaultFields;
  };

  void add_rule(std::uint32_t index) {
    const Definition& definition = book_.definitions[index];
    ProgramRule rule;
    rule.definition = index;
    rule.brand = definition.brand;
    rule.id = definition.id;
    rule.version = definition.version;
    rule.root = add_definition(index, {definition.ignore_accents, kDefaultFields});
    if (definition.kind == Definition::Kind::brand) {
      rule.tags.push_back("brand." + book_.brands[definition.brand].id);
    }
    for (const Action& action : definition.actions) {
      if (action.kind) {
        rule.actions.push_back({*action.kind, action.name, action.amount});
      } else {
        rule.tags.push_back(action.name);
      }
    }
    program_.rules.push_back(std::move(rule));
    ProgramRule& added = program_.rules.back();
    added.tag_views.assign(added.tags.begin(), added.tags.end());
  }

  std::uint32_t add_node(Node node, std::span<const std::uint32_t> parts) {
    node.first = static_cast<std::uint32_t>(program_.edges.size());
    node.count = static_cast<std::uint32_t>(parts.size());
    program_.edges.insert(program_.edges.end(), parts.begin(), parts.end());
    for (const std::uint32_t part : parts) {
      node.phase = std::max(node.phase, program_.nodes[part].phase);
    }
    program_.nodes.push_back(node);
    return static_cast<std::uint32_t>(program_.nodes.size() - 1);
  }

  // One node for a definition in a mode, however often it is referred to.
  std::uint32_t add_definition(std::uint32_t index, Mode mode) {
    const std::uint64_t key = std::uint64_t{index} << 32 | std::uint64_t{mode.fields} << 1 |
                              (mode.ignore_accents ? 1 : 0);
    if (const auto known = definitions_.find(key); known != definitions_.end()) {
      return known->second;
    }
    const std::uint32_t root = add(*book_.definitions[index].expression, mode);
    Node node;
    node.op = Op::reference;
    node.value = program_.slots++;
    const std::uint32_t added = add_node(node, std::array{root});
    definitions_.emplace(key, added);
    return added;
  }

  // A brand or rule keeps its own way with accents; a let takes that of who refers to it.
  Mode mode_of(const Expression& reference, Mode mode) const {
    const Definition& target = book_.definitions[reference.definition];
    if (target.kind != Definition::Kind::let) mode.ignore_accents = target.ignore_accents;
    return mode;
  }

  std::uint32_t add(const Expression& expression, Mode mode) {
    switch (expression.op) {
      case Op::atom:
        return add_atom_node(expression.atom, mode);
      case Op::reference:
        return add_definition(expression.definition, mode_of(expression, mode));
      case Op::within:
        return add(*expression.parts.front(), {mode.ignore_accents, expression.fields});
      case Op::near:
        return add_near(expression, mode);
      case Op::predicate: {
        Node node;
        node.op = Op::predicate;
        node.phase = phase_of(expression.predicate);
        node.value = static_cast<std::uint32_t>(program_.predicates.size());
        program_.predicates.push_back(expression.predicate);
        return add_node(node, {});
      }
      default:
        break;
    }
    std::vector<std::uint32_t> parts;
    for (const ExpressionPtr& part : expression.parts) parts.push_back(add(*part, mode));
    Node node;
    node.op = expression.op;
    node.value = expression.least;
    return add_node(node, parts);
  }

  // The operands of NEAR become flat sets of atoms.
  std::uint32_t add_near(const Expression& expression, Mode mode) {
    std::vector<std::uint32_t> parts;
    for (const ExpressionPtr& part : expression.parts) {
      std::vector<std::uint32_t> leaves;
      std::vector<std::pair<std::uint32_t, bool>> seen;
      add_operand(*part, mode, leaves, seen);
      Node node;
      node.op = Op::any;
      parts.push_back(add_node(node, leaves));
    }
    Node node;
    node.op = Op::near;
    node.value = static_cast<std::uint32_t>(program_.gaps.size());
    program_.gaps.insert(program_.gaps.end(), expression.gaps.begin(), expression.gaps.end());
    return add_node(node, parts);
  }

  void add_operand(const Expression& expression, Mode mode, std::vector<std::uint32_t>& leaves,
                   std::vector<std::pair<std::uint32_t, bool>>& seen) {
    if (expression.op == Op::atom) {
      leaves.push_back(add_atom_node(expression.atom, mode));
    } else if (expression.op == Op::reference) {
      const Mode target = mode_of(expression, mode);
      const std::pair key(expression.definition, target.ignore_accents);
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) return;
      seen.push_back(key);
      add_operand(*book_.definitions[expression.definition].expression, target, leaves, seen);
    } else {
      CHECK(expression.op == Op::any, "resolve() lets NEAR have words and sets only");
      for (const ExpressionPtr& part : expression.parts) add_operand(*part, mode, leaves, seen);
    }
  }

  std::uint32_t add_atom_node(const Atom& atom, Mode mode) {
    Node node;
    node.op = Op::atom;
    node.fields = fields_of(atom.kind, mode.fields);
    node.value = add_atom(atom, mode.ignore_accents && folds_accents(atom.kind));
    program_.fields |= node.fields;
    return add_node(node, {});
  }

  std::uint32_t add_atom(const Atom& atom, bool ignore_accents) {
    const std::string accentless = ignore_accents ? without_accents(atom.text).text : std::string();
    const std::string& text = ignore_accents ? accentless : atom.text;
    const auto is_same = [&](std::uint32_t place) {
      const ProgramAtom& other = program_.atoms[place];
      return other.atom.text == text && other.atom.kind == atom.kind &&
             other.atom.ignore_case == atom.ignore_case && other.ignore_accents == ignore_accents;
    };
    const auto next = static_cast<std::uint32_t>(program_.atoms.size());
    const std::uint32_t place = atoms_.find_or_add(content_hash64(text), next, is_same);
    if (place != next) return place;
    ProgramAtom& added = program_.atoms.emplace_back();
    added.atom = atom;
    if (ignore_accents) added.atom.text = accentless;
    added.ignore_accents = ignore_accents;
    added.text = to_text(added.atom);
    added.preference = book_.preference_of(added.text);
    program_.has_accentless |= ignore_accents;
    return place;
  }

  void add_literals() {
    PlaceIndex known;
    known.reserve(program_.atoms.size());
    program_.literals.reserve(program_.atoms.size());
    for (std::uint32_t i = 0; i < program_.atoms.size(); ++i) {
      give_way();
      const Atom& atom = program_.atoms[i].atom;
      if (atom.kind == AtomKind::regex) {
        program_.regexes.push_back(i);
      } else if (atom.kind == AtomKind::raw) {
        std::string text;
        append_search_text(atom.text, text);
        add_literal(i, std::move(text), known);
      } else {
        add_literal(i, atom.text, known);
      }
      if (atom.kind != AtomKind::domain) continue;
      for (std::string& form : disguised_hosts(atom.text)) add_literal(i, std::move(form), known);
    }
  }

  void add_literal(std::uint32_t atom, std::string text, PlaceIndex& known) {
    const auto next = static_cast<std::uint32_t>(program_.literals.size());
    const std::uint32_t found = known.find_or_add(
        content_hash64(text), next,
        [&](std::uint32_t place) { return program_.literals[place].text == text; });
    if (found == next) program_.literals.push_back({std::move(text), {}, true, true});
    Literal& literal = program_.literals[found];
    literal.atoms.push_back(atom);
    const AtomKind kind = program_.atoms[atom].atom.kind;
    // A raw text is judged by the original: what stands beside it there may fold to a letter.
    const bool anywhere = kind == AtomKind::substring || kind == AtomKind::raw;
    literal.needs_left_edge &= !anywhere;
    literal.needs_right_edge &= !anywhere && kind != AtomKind::prefix;
    literal.stands_alone &= stands_alone(kind);
  }

  // The root of a rule is a reference to its expression, and hardly ever anybody else's.
  std::optional<Atoms> anchors_of_rule(std::uint32_t rule) {
    return anchors_of(program_.edges[program_.nodes[program_.rules[rule].root].first], true);
  }

  // A small set of atoms of which one must be found if the node is to hold (or, if not positive,
  // to fail); nullopt when there is none. Remembered for definitions.
  std::optional<Atoms> anchors_of(std::uint32_t index, bool positive) {
    const Node& node = program_.nodes[index];
    switch (node.op) {
      case Op::atom:
        return positive ? std::optional(Atoms{node.value}) : std::nullopt;
      case Op::predicate:
        return std::nullopt;
      case Op::near:
        return positive ? fewest(node, positive, 1) : std::nullopt;
      case Op::negate:
        return anchors_of(program_.edges[node.first], !positive);
      case Op::reference: {
        const std::uint64_t key = 2 * std::uint64_t{node.value} + (positive ? 1 : 0);
        if (const auto known = anchors_.find(key); known != anchors_.end()) return known->second;
        return anchors_[key] = anchors_of(program_.edges[node.first], positive);
      }
      default:
        break;
    }
    return fewest(node, positive, needed_parts(node.op, node.count, node.value, positive));
  }

  // The atoms of the `needed` parts that have the fewest, if so many parts have any.
  std::optional<Atoms> fewest(const Node& node, bool positive, std::size_t needed) {
    std::vector<Atoms> found;
    for (std::uint32_t i = 0; i < node.count; ++i) {
      std::optional<Atoms> atoms = anchors_of(program_.edges[node.first + i], positive);
      if (atoms) found.push_back(std::move(*atoms));
    }
    if (found.size() < needed) return std::nullopt;
    std::stable_sort(found.begin(), found.end(),
                     [](const Atoms& a, const Atoms& b) { return a.size() < b.size(); });
    Atoms all;
    for (std::size_t i = 0; i < needed; ++i) {
      all.insert(all.end(), found[i].begin(), found[i].end());
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  const RuleBook& book_;
  Program program_;
  std::unordered_map<std::uint64_t, std::uint32_t> definitions_;     // by place and mode
  PlaceIndex atoms_;                                                 // by text, kind and mode
  std::unordered_map<std::uint64_t, std::optional<Atoms>> anchors_;  // of references, by slot
};

}  // namespace

bool folds_accents(AtomKind kind) {
  return kind != AtomKind::raw && kind != AtomKind::regex && kind != AtomKind::domain;
}

Program compile(const RuleBook& book) { return Compiler(book).run(); }

}  // namespace passaparola::match
