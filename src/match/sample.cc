#include "match/sample.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/limits.h"
#include "match/compiled.h"
#include "match/packs.h"
#include "match/reference.h"

namespace passaparola::match {
namespace {

// A NOT among the parts of an AND of some rule, and whether it ever excluded a post that the rest
// of the AND let through.
struct Exclusion {
  std::uint32_t definition = 0;
  const Expression* all = nullptr;
  const Expression* negation = nullptr;
  bool fired = false;
};

void find_exclusions(std::uint32_t definition, const Expression& expression,
                     std::vector<Exclusion>& out) {
  for (const ExpressionPtr& part : expression.parts) {
    if (expression.op == Op::all && part->op == Op::negate) {
      out.push_back({definition, &expression, part.get()});
    }
    find_exclusions(definition, *part, out);
  }
}

}  // namespace

struct Sample::State {
  State(std::span<const RuleFile> given, const Ruleset& rules, Knowledge known)
      : files(with_imports(given)),
        book(rules.compiled().book),
        knowledge(std::move(known)),
        matcher(std::shared_ptr<const Ruleset>(std::shared_ptr<void>(), &rules), knowledge),
        counts(book.rule_count) {
    for (std::uint32_t i = 0; i < book.rule_count; ++i) {
      find_exclusions(i, *book.definitions[i].expression, exclusions);
    }
  }

  // By the reference engine, for a bounded number of questions.
  void look_at_exclusions(const PostView& post) {
    Subject subject;
    subject.reset(post, &knowledge);
    Reference reference(book, subject);
    for (Exclusion& exclusion : exclusions) {
      if (exclusion.fired || questions >= kMaxSampleQuestions) continue;
      ++questions;
      const Definition& rule = book.definitions[exclusion.definition];
      const Reference::Mode mode{rule.ignore_accents, kDefaultFields};
      if (reference.evaluate(*exclusion.negation, mode) != Truth::no) continue;
      exclusion.fired = std::all_of(exclusion.all->parts.begin(), exclusion.all->parts.end(),
                                    [&](const ExpressionPtr& part) {
                                      return part.get() == exclusion.negation ||
                                             reference.evaluate(*part, mode) == Truth::yes;
                                    });
    }
  }

  std::vector<RuleFile> files;
  const RuleBook& book;
  Knowledge knowledge;
  Matcher matcher;
  Arena arena;
  std::vector<PostMatch> matches;
  std::vector<std::uint64_t> counts;  // by definition
  std::vector<Exclusion> exclusions;
  std::uint64_t posts = 0;
  std::uint64_t questions = 0;
};

Sample::Sample(std::span<const RuleFile> files, const Ruleset& ruleset, Knowledge knowledge)
    : state_(std::make_unique<State>(files, ruleset, std::move(knowledge))) {}
Sample::~Sample() = default;

void Sample::add(std::span<const PostView> posts) {
  State& s = *state_;
  s.arena.reset();
  s.matches.clear();
  s.matcher.find(posts, s.arena, s.matches);
  for (const PostMatch& match : s.matches) {
    for (const RuleHit& rule : match.rules) ++s.counts[*s.book.find(rule.id)];
  }
  for (const PostView& post : posts) {
    if (post.op != PostOp::create && post.op != PostOp::update) continue;
    ++s.posts;
    if (!s.exclusions.empty()) s.look_at_exclusions(post);
  }
}

std::uint64_t Sample::posts() const { return state_->posts; }

std::vector<RuleRate> Sample::rates() const {
  std::vector<RuleRate> rates;
  for (std::size_t i = 0; i < state_->counts.size(); ++i) {
    rates.push_back({state_->book.definitions[i].id, state_->counts[i]});
  }
  return rates;
}

std::vector<Diagnostic> Sample::diagnostics() const {
  const State& s = *state_;
  Diagnostics diagnostics(s.files);
  if (s.posts == 0) return {};
  for (std::size_t i = 0; i < s.counts.size(); ++i) {
    const Definition& rule = s.book.definitions[i];
    const double share = static_cast<double>(s.counts[i]) / static_cast<double>(s.posts);
    const double allowed = rule.unanchored.value_or(kBroadShare);
    if (share <= allowed) continue;
    diagnostics.warning(rule.at, "W-BROAD",
                        fmt::format("{} holds for {:.2f} % of the sample, more than {:.2f} %",
                                    rule.id, 100 * share, 100 * allowed));
  }
  // Exclusions that were not asked about often enough are not judged.
  const bool all_asked = s.questions < kMaxSampleQuestions && s.posts >= kMinSamplePosts;
  for (const Exclusion& exclusion : s.exclusions) {
    if (!all_asked || exclusion.fired) continue;
    diagnostics.warning(exclusion.negation->at, "W-DEADNOT",
                        fmt::format("this excluded none of the {} posts of the sample", s.posts));
  }
  return diagnostics.take();
}

}  // namespace passaparola::match
