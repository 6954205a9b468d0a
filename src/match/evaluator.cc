#include "match/evaluator.h"

#include <algorithm>

namespace passaparola::match {

Evaluator::Evaluator(const Program& program)
    : program_(program),
      ranges_(program.atoms.size()),
      memories_(program.slots),
      seen_(program.rules.size()) {}

void Evaluator::begin(Subject& subject, std::span<const Occurrence> occurrences) {
  if (++post_ == 0) {  // after four billion posts nothing remembered may look new
    std::fill(ranges_.begin(), ranges_.end(), Range{});
    std::fill(memories_.begin(), memories_.end(), Memory{});
    std::fill(seen_.begin(), seen_.end(), 0);
    post_ = 1;
  }
  subject_ = &subject;
  occurrences_ = occurrences;
  scoring_ = 0;
  for (std::uint32_t i = 0; i < occurrences.size(); ++i) {
    Range& range = ranges_[occurrences[i].atom];
    if (range.post != post_) range = {post_, i, 0};
    ++range.count;
  }
}

const Evaluator::Judgement& Evaluator::judge() {
  judgement_.holding.clear();
  judgement_.pending.clear();
  for (std::size_t i = 0; i < occurrences_.size(); ++i) {
    if (i > 0 && occurrences_[i].atom == occurrences_[i - 1].atom) continue;
    for (const std::uint32_t rule : program_.touched[occurrences_[i].atom]) touch(rule);
  }
  for (const std::uint32_t rule : program_.unanchored) touch(rule);
  std::sort(judgement_.holding.begin(), judgement_.holding.end());
  std::sort(judgement_.pending.begin(), judgement_.pending.end());
  return judgement_;
}

void Evaluator::touch(std::uint32_t rule) {
  if (seen_[rule] == post_) return;
  seen_[rule] = post_;
  const std::uint32_t root = program_.rules[rule].root;
  const Truth truth = evaluate(root);
  if (truth == Truth::yes) judgement_.holding.push_back(rule);
  const bool may_hold = truth == Truth::unknown && program_.nodes[root].phase >= Phase::scored;
  if (may_hold) judgement_.pending.push_back(rule);
}

bool Evaluator::holds(std::uint32_t rule) {
  return evaluate(program_.rules[rule].root) == Truth::yes;
}

std::span<const Occurrence> Evaluator::occurrences_of(std::uint32_t atom) const {
  const Range& range = ranges_[atom];
  if (range.post != post_) return {};
  return occurrences_.subspan(range.first, range.count);
}

std::span<const std::uint32_t> Evaluator::parts_of(const Node& node) const {
  return std::span(program_.edges).subspan(node.first, node.count);
}

Truth Evaluator::evaluate(std::uint32_t index) {
  const Node& node = program_.nodes[index];
  switch (node.op) {
    case Op::atom: {
      const auto found = occurrences_of(node.value);
      return to_truth(std::any_of(found.begin(), found.end(), [&](const Occurrence& occurrence) {
        return (node.fields & bit(occurrence.field)) != 0;
      }));
    }
    case Op::predicate:
      return subject_->holds(program_.predicates[node.value]);
    case Op::negate:
      return negated(evaluate(program_.edges[node.first]));
    case Op::near:
      return to_truth(!near(node).empty());
    case Op::reference: {
      Memory& memory = memories_[node.value];
      const bool outdated = node.phase >= Phase::scored && memory.scoring != scoring_;
      if (memory.post != post_ || outdated) {
        const Truth truth = evaluate(program_.edges[node.first]);
        memory.post = post_;
        memory.scoring = scoring_;
        memory.truth = truth;
      }
      return memory.truth;
    }
    case Op::at_least:
      return evaluate_at_least(node);
    default:
      break;
  }
  Truth truth = node.op == Op::all ? Truth::yes : Truth::no;
  for (const std::uint32_t part : parts_of(node)) {
    const Truth one = evaluate(part);
    truth = node.op == Op::all ? std::min(truth, one) : std::max(truth, one);
    if (truth == (node.op == Op::all ? Truth::no : Truth::yes)) break;
  }
  return truth;
}

Truth Evaluator::evaluate_at_least(const Node& node) {
  std::uint32_t yes = 0;
  std::uint32_t unknown = 0;
  for (const std::uint32_t part : parts_of(node)) {
    const Truth truth = evaluate(part);
    yes += truth == Truth::yes ? 1 : 0;
    unknown += truth == Truth::unknown ? 1 : 0;
    if (yes == node.value) return Truth::yes;
  }
  return yes + unknown >= node.value ? Truth::unknown : Truth::no;
}

Evaluator::Operand Evaluator::operand_of(const Node& node) {
  Operand operand;
  for (const std::uint32_t part : parts_of(node)) {
    const Node& leaf = program_.nodes[part];
    for (const Occurrence& occurrence : occurrences_of(leaf.value)) {
      if ((leaf.fields & bit(occurrence.field)) == 0) continue;
      const auto [first, last] =
          subject_->text().tokenized(occurrence.field).places_of(occurrence.begin, occurrence.end);
      operand.push_back({occurrence, first, last});
    }
  }
  return operand;
}

namespace {

// The neighbours that an operand of NEAR may have: at most `distance` words apart, in the same
// field, not overlapping. Sorted keys make it n log n.
class Neighbours {
 public:
  template <typename Operand>
  Neighbours(const Operand& others, std::uint32_t distance) : reach_(2 * distance) {
    for (const auto& other : others) {
      begins_.push_back(key(other.occurrence.field, other.first));
      ends_.push_back(key(other.occurrence.field, other.last));
    }
    std::sort(begins_.begin(), begins_.end());
    std::sort(ends_.begin(), ends_.end());
  }

  // Does one of them begin behind `placed`?
  template <typename Placed>
  bool follow(const Placed& placed) const {
    const Field field = placed.occurrence.field;
    return holds(begins_, key(field, placed.last) + 1, key(field, placed.last) + reach_);
  }

  // Does one of them end before `placed`?
  template <typename Placed>
  bool precede(const Placed& placed) const {
    if (placed.first == 0) return false;
    const Field field = placed.occurrence.field;
    const std::uint32_t lowest = placed.first > reach_ ? placed.first - reach_ : 0;
    return holds(ends_, key(field, lowest), key(field, placed.first) - 1);
  }

 private:
  static std::uint64_t key(Field field, std::uint32_t place) {
    return (static_cast<std::uint64_t>(field) << 40) + place;
  }
  static bool holds(const std::vector<std::uint64_t>& keys, std::uint64_t low, std::uint64_t high) {
    const auto found = std::lower_bound(keys.begin(), keys.end(), low);
    return found != keys.end() && *found <= high;
  }

  std::uint64_t reach_;
  std::vector<std::uint64_t> begins_;
  std::vector<std::uint64_t> ends_;
};

}  // namespace

// The occurrences of every operand that take part in a chain from the first to the last; empty when
// there is no chain.
std::vector<Evaluator::Operand> Evaluator::near(const Node& node) {
  std::vector<Operand> operands;
  for (const std::uint32_t part : parts_of(node)) {
    operands.push_back(operand_of(program_.nodes[part]));
    if (operands.back().empty()) return {};
  }
  const auto keep = [&](std::size_t i, std::size_t beside) {
    const Gap gap = program_.gaps[node.value + std::min(i, beside)];
    const Neighbours neighbours(operands[beside], gap.distance);
    const bool may_follow = !gap.ordered || i < beside;
    const bool may_precede = !gap.ordered || beside < i;
    std::erase_if(operands[i], [&](const Placed& placed) {
      return !((may_follow && neighbours.follow(placed)) ||
               (may_precede && neighbours.precede(placed)));
    });
  };
  for (std::size_t i = 1; i < operands.size(); ++i) keep(i, i - 1);
  for (std::size_t i = operands.size() - 1; i-- > 0;) keep(i, i + 1);
  if (operands.front().empty()) return {};
  return operands;
}

void Evaluator::collect(std::uint32_t rule, bool pending, std::vector<Occurrence>& out) {
  collects_pending_ = pending;
  if (++collection_ == 0) {
    for (Memory& memory : memories_) memory.collected[0] = memory.collected[1] = 0;
    collection_ = 1;
  }
  collect_node(program_.rules[rule].root, true, out);
}

void Evaluator::collect_atom(const Node& node, std::vector<Occurrence>& out) const {
  for (const Occurrence& occurrence : occurrences_of(node.value)) {
    if ((node.fields & bit(occurrence.field)) != 0) out.push_back(occurrence);
  }
}

// Goes into what is true where truth is wanted, and into what is false under NOT.
void Evaluator::collect_node(std::uint32_t index, bool positive, std::vector<Occurrence>& out) {
  const Node& node = program_.nodes[index];
  if (node.op == Op::reference) {
    std::uint32_t& collected = memories_[node.value].collected[positive ? 1 : 0];
    if (collected == collection_) return;
    collected = collection_;
  }
  if (node.op == Op::predicate || (!positive && (node.op == Op::atom || node.op == Op::near))) {
    return;
  }
  const Truth truth = evaluate(index);
  const bool may_hold = collects_pending_ && node.phase >= Phase::scored;
  if (truth == Truth::unknown ? !may_hold : (truth == Truth::yes) != positive) return;
  if (node.op == Op::atom) {
    collect_atom(node, out);
  } else if (node.op == Op::near) {
    for (const Operand& operand : near(node)) {
      for (const Placed& placed : operand) out.push_back(placed.occurrence);
    }
  } else {
    const bool inside = node.op == Op::negate ? !positive : positive;
    for (const std::uint32_t part : parts_of(node)) collect_node(part, inside, out);
  }
}

}  // namespace passaparola::match
