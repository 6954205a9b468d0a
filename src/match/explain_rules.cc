// What rules compiled to: for the person who wonders why a rule is slow, wide or silent.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/limits.h"
#include "match/compiled.h"
#include "match/predicate_parser.h"

namespace passaparola::match {
namespace {

constexpr std::size_t kMaxAtomsShown = 40;  // of one rule; a person reads no more

// Every atom below a node of the program, once each.
std::vector<std::uint32_t> atoms_below(const Program& program, std::uint32_t root) {
  std::vector<bool> seen(program.nodes.size(), false);
  std::vector<std::uint32_t> open{root};
  std::vector<std::uint32_t> atoms;
  while (!open.empty()) {
    const std::uint32_t index = open.back();
    open.pop_back();
    if (seen[index]) continue;
    seen[index] = true;
    const Node& node = program.nodes[index];
    if (node.op == Op::atom) atoms.push_back(node.value);
    for (std::uint32_t i = 0; i < node.count; ++i) open.push_back(program.edges[node.first + i]);
  }
  std::sort(atoms.begin(), atoms.end());
  atoms.erase(std::unique(atoms.begin(), atoms.end()), atoms.end());
  return atoms;
}

std::string_view told(Phase phase) {
  switch (phase) {
    case Phase::text:
      return "the words alone";
    case Phase::envelope:
      return "the words, then questions about the post (phase 2)";
    case Phase::scored:
      return "the words and the post, then what the scored mention says (phase 3)";
    case Phase::author:
      return "words, post and mention, then the author's history (phase 4)";
  }
  return {};
}

std::string written(const Predicate& predicate) {
  const std::string name(match::name_of(predicate.kind));
  if (!predicate.values.empty()) {
    return fmt::format("{}:{}", name, fmt::join(predicate.values, ","));
  }
  return fmt::format("{}{}:{}{}..{}{}", predicate.outside ? "-" : "", name,
                     predicate.low_open ? "(" : "", predicate.low, predicate.high,
                     predicate.high_open ? ")" : "");
}

std::string written(FieldMask fields) {
  std::vector<std::string_view> names;
  for (const Field field : {Field::text, Field::title, Field::bio, Field::quote, Field::links}) {
    if ((fields & bit(field)) != 0) names.push_back(passaparola::name_of(field));
  }
  return fmt::format("{}", fmt::join(names, ","));
}

// An expression as a person would write it, with every group in parentheses.
std::string written(const Expression& expression) {
  const auto& parts = expression.parts;
  const auto joined = [&](std::string_view between) {
    std::string text = parts.size() > 1 ? "(" : "";
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) text += between;
      text += written(*parts[i]);
      if (i < expression.gaps.size()) {
        const Gap gap = expression.gaps[i];
        text += fmt::format(" {}/{} ", gap.ordered ? "ONEAR" : "NEAR", gap.distance);
      }
    }
    return text + (parts.size() > 1 ? ")" : "");
  };
  switch (expression.op) {
    case Op::atom: {
      const std::string text = to_text(expression.atom);
      const bool is_phrase = expression.atom.kind == AtomKind::phrase;
      return is_phrase && text.find(' ') != std::string::npos ? '"' + text + '"' : text;
    }
    case Op::predicate:
      return written(expression.predicate);
    case Op::reference:
      return "$" + expression.name;
    case Op::negate:
      return "-" + joined("");
    case Op::within:
      return fmt::format("in {} only: {}", written(expression.fields), joined(""));
    case Op::any:
      return joined(" OR ");
    case Op::near:
      return joined("");
    case Op::at_least:
      return fmt::format("atleast({}, {})", expression.least, joined(", "));
    default:
      return joined(" ");
  }
}

std::string_view action_name(RuleAction::Kind kind) {
  if (kind == RuleAction::Kind::score) return "score";
  return kind == RuleAction::Kind::route ? "route" : "alert";
}

class Explainer {
 public:
  explicit Explainer(const Ruleset::Compiled& compiled)
      : book_(compiled.book), program_(compiled.program) {
    wakers_.resize(program_.rules.size());
    for (std::uint32_t atom = 0; atom < program_.touched.size(); ++atom) {
      for (const std::uint32_t rule : program_.touched[atom]) wakers_[rule].push_back(atom);
    }
  }

  void add(std::uint32_t index) {
    const ProgramRule& rule = program_.rules[index];
    const Definition& definition = book_.definitions[rule.definition];
    const std::vector<std::uint32_t> atoms = atoms_below(program_, rule.root);
    line("{} version {} (brand {})", rule.id, rule.version, book_.brands[rule.brand].id);
    line("  expression  {}", written(*definition.expression));
    if (definition.ignore_accents) line("  accents     ignored");
    line("  woken by    {}", definition.unanchored ? "every post" : shown(wakers_[index]));
    line("  atoms       {}: {}", atoms.size(), shown(atoms));
    line("  decided by  {}", told(program_.nodes[rule.root].phase));
    if (!definition.owner.empty()) line("  owner       {}", definition.owner);
    if (definition.priority > 0) line("  priority    {}", definition.priority);
    for (const RuleAction& action : rule.actions) {
      const bool score = action.kind == RuleAction::Kind::score;
      line("  {:<11} {}{}", action_name(action.kind), action.name,
           score ? fmt::format(" {:+}", action.amount) : "");
    }
    if (!rule.tags.empty()) line("  tags        {}", fmt::join(rule.tags, ", "));
  }

  bool is_full() const { return lines_ >= kMaxRuleExplanationLines; }
  std::string take() { return std::move(out_); }

 private:
  template <typename... Parts>
  void line(fmt::format_string<Parts...> format, Parts&&... parts) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Parts>(parts)...);
    out_ += '\n';
    ++lines_;
  }

  std::string shown(const std::vector<std::uint32_t>& atoms) const {
    std::string text;
    const std::size_t count = std::min(atoms.size(), kMaxAtomsShown);
    for (std::size_t i = 0; i < count; ++i) {
      text += (i == 0 ? "" : ", ") + program_.atoms[atoms[i]].text;
    }
    if (atoms.size() > count) text += fmt::format(" and {} more", atoms.size() - count);
    return text;
  }

  const RuleBook& book_;
  const Program& program_;
  std::vector<std::vector<std::uint32_t>> wakers_;  // by rule: atoms that wake it
  std::string out_;
  std::size_t lines_ = 0;
};

}  // namespace

std::vector<RuleInfo> rules_of(const Ruleset& ruleset) {
  std::vector<RuleInfo> rules;
  for (const ProgramRule& rule : ruleset.compiled().program.rules) {
    rules.push_back({rule.id, rule.version, rule.brand});
  }
  return rules;
}

Result<std::string> explain_rules(const Ruleset& ruleset, std::string_view rule) {
  const Ruleset::Compiled& compiled = ruleset.compiled();
  Explainer explainer(compiled);
  bool found = rule.empty();
  for (std::uint32_t i = 0; i < compiled.program.rules.size(); ++i) {
    const ProgramRule& candidate = compiled.program.rules[i];
    const bool is_asked =
        rule.empty() || candidate.id == rule || compiled.book.brands[candidate.brand].id == rule;
    if (!is_asked || explainer.is_full()) continue;
    found = true;
    explainer.add(i);
  }
  if (!found) {
    return fail(ErrorCode::not_found, fmt::format("there is no rule and no brand {}", rule));
  }
  return explainer.take();
}

}  // namespace passaparola::match
