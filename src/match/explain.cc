// Explanation: the clauses of every rule of a brand, each with what it says of the post.
#include <fmt/format.h>

#include <algorithm>

#include "match/compiled.h"
#include "match/predicate_parser.h"
#include "match/reference.h"

namespace passaparola::match {
namespace {

constexpr std::size_t kMaxLines = 2'000;  // a person reads no more

std::string_view name_of(Truth truth) {
  switch (truth) {
    case Truth::yes:
      return "yes";
    case Truth::unknown:
      return "unknown";
    default:
      return "no";
  }
}

std::string describe(const Predicate& predicate) {
  const std::string name(match::name_of(predicate.kind));
  if (!predicate.values.empty()) {
    return fmt::format("{}:{}", name, fmt::join(predicate.values, ","));
  }
  return fmt::format("{}{}{}{}..{}{}", predicate.outside ? "not " : "", name,
                     predicate.low_open ? ":(" : ":[", predicate.low, predicate.high,
                     predicate.high_open ? ")" : "]");
}

std::string describe_gaps(const Expression& expression) {
  std::string out;
  for (const Gap& gap : expression.gaps) {
    out += fmt::format("{}{}/{}", out.empty() ? "" : ", ", gap.ordered ? "onear" : "near",
                       gap.distance);
  }
  return out + ":";
}

class Explainer {
 public:
  Explainer(const RuleBook& book, Subject& subject, std::span<const Mention> mentions)
      : book_(book), subject_(subject), mentions_(mentions), reference_(book, subject) {}

  std::string run() {
    for (std::uint32_t i = 0; i < book_.rule_count; ++i) {
      const Definition& rule = book_.definitions[i];
      const Reference::Mode mode{rule.ignore_accents, kDefaultFields};
      look_at_brand(rule.brand);
      line(0, reference_.evaluate(i, mode), rule.id);
      walk(*rule.expression, mode, 1);
    }
    if (lines_ > kMaxLines) out_ += fmt::format("… and {} more lines\n", lines_ - kMaxLines);
    return std::move(out_);
  }

 private:
  // What a rule asks of the scored mention is answered by that of its own brand.
  void look_at_brand(std::uint32_t brand) {
    if (brand == brand_) return;
    brand_ = brand;
    const auto mention = std::find_if(
        mentions_.begin(), mentions_.end(),
        [&](const Mention& candidate) { return candidate.brand == book_.brands[brand].id; });
    subject_.set_scored(mention == mentions_.end() ? nullptr : &*mention);
    reference_.forget();
  }

  void line(std::size_t level, Truth truth, std::string_view what) {
    if (++lines_ > kMaxLines) return;
    out_ += fmt::format("{:{}}{} {}\n", "", 2 * level, what, name_of(truth));
  }

  // What is written, with the words of the post that it found.
  std::string atom_line(const Expression& expression, Reference::Mode mode) {
    std::string text = to_text(expression.atom);
    const std::vector<ReferenceMatch> found = reference_.find(expression.atom, mode);
    if (found.empty()) return text + ":";
    const ReferenceMatch& first = found.front();
    const std::string_view in = field_text(subject_.post(), first.field, first.link);
    return text + fmt::format(" ({} in {}, the first \"{}\" at {}):", found.size(),
                              passaparola::name_of(first.field),
                              in.substr(first.begin, first.end - first.begin), first.begin);
  }

  std::string describe_node(const Expression& expression, Reference::Mode mode) {
    switch (expression.op) {
      case Op::all:
        return "all of:";
      case Op::any:
        return "any of:";
      case Op::negate:
        return "not:";
      case Op::near:
        return describe_gaps(expression);
      case Op::at_least:
        return fmt::format("at least {} of:", expression.least);
      case Op::within:
        return "in one field only:";
      case Op::reference:
        return "$" + expression.name + ":";
      case Op::predicate:
        return describe(expression.predicate) + ":";
      default:
        return atom_line(expression, mode);
    }
  }

  void walk(const Expression& expression, Reference::Mode mode, std::size_t level) {
    if (lines_ > kMaxLines) return;
    line(level, reference_.evaluate(expression, mode), describe_node(expression, mode));
    if (expression.op == Op::within) mode.fields = expression.fields;
    for (const ExpressionPtr& part : expression.parts) walk(*part, mode, level + 1);
    // A brand or rule that is referred to has its own clauses above or below; a let has not.
    if (expression.op == Op::reference) {
      const Definition& target = book_.definitions[expression.definition];
      if (target.kind == Definition::Kind::let) {
        walk(*target.expression, reference_.mode_of(expression, mode), level + 1);
      }
    }
  }

  const RuleBook& book_;
  Subject& subject_;
  std::span<const Mention> mentions_;
  std::uint32_t brand_ = kUnresolved;
  Reference reference_;
  std::string out_;
  std::size_t lines_ = 0;
};

}  // namespace

std::string explain(const Ruleset& ruleset, const PostView& post, std::span<const Mention> mentions,
                    const Knowledge& knowledge) {
  Subject subject;
  subject.reset(post, &knowledge);
  return Explainer(ruleset.compiled().book, subject, mentions).run();
}

}  // namespace passaparola::match
