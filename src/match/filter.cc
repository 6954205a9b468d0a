#include <fmt/format.h>

#include <algorithm>

#include "core/limits.h"
#include "match/expression_parser.h"
#include "match/reference.h"

namespace passaparola::match {

struct Filter::Compiled {
  ExpressionPtr expression;  // null: everything holds
  bool asks_author = false;
};

namespace {

const RuleBook& no_rules() {
  static const RuleBook book;
  return book;
}

// A filter knows no names: what looks like one is a cashtag, or wrong.
void bind(Expression& expression) {
  for (const ExpressionPtr& part : expression.parts) bind(*part);
  if (expression.op == Op::near) {
    for (const ExpressionPtr& part : expression.parts) {
      const bool fits =
          part->op == Op::atom ? part->atom.kind != AtomKind::domain : part->op == Op::any;
      if (!fits) fail_at(part->at, "E-NEAR", "NEAR takes words, phrases and sets [a, b]");
    }
  }
  if (expression.op != Op::reference) return;
  for (const char c : expression.name) {
    if (c < 'A' || c > 'Z') {
      fail_at(expression.at, "E-NAME",
              fmt::format("a filter has no ${}; a brand's mentions are brand:{}", expression.name,
                          expression.name));
    }
  }
  expression.op = Op::atom;
  expression.atom = {AtomKind::cashtag, true, "$" + folded(expression.name), nullptr, 0};
}

// What is dear to know comes last: the evaluator stops where the rest decides.
void put_cheap_first(Expression& expression) {
  for (const ExpressionPtr& part : expression.parts) put_cheap_first(*part);
  if (expression.op != Op::all && expression.op != Op::any) return;
  const auto phase = [](const ExpressionPtr& part) { return phase_of(no_rules(), *part); };
  std::stable_sort(
      expression.parts.begin(), expression.parts.end(),
      [&](const ExpressionPtr& a, const ExpressionPtr& b) { return phase(a) < phase(b); });
}

}  // namespace

Result<Filter> Filter::compile(std::string_view where) {
  const RuleFile file{"where", std::string(where)};
  Diagnostics diagnostics({&file, 1});
  auto compiled = std::make_shared<Compiled>();
  try {
    if (where.size() > kMaxFilterBytes) {
      fail_at({}, "E-LIMIT", fmt::format("a filter has at most {} bytes", kMaxFilterBytes));
    }
    if (!is_valid_utf8(where)) fail_at({}, "E-ENCODING", "the filter is not valid UTF-8");
    Lexer lexer(0, file.text);
    PatternSupply supply{kMaxFilterPatternBytes};
    ExpressionParser parser(lexer, diagnostics, Language::filter, supply);
    if (lexer.peek().kind != LexemeKind::end) {
      compiled->expression = parser.parse();
      const Lexeme end = lexer.take();
      if (end.kind != LexemeKind::end) fail_expected(end, "an operator or the end");
      bind(*compiled->expression);
      put_cheap_first(*compiled->expression);
      compiled->asks_author = phase_of(no_rules(), *compiled->expression) == Phase::author;
    }
  } catch (const SyntaxError& error) {
    diagnostics.error(error.at, error.code, error.message);
    for (const Diagnostic& diagnostic : diagnostics.take()) {
      if (diagnostic.severity == Diagnostic::Severity::error) {
        return fail(ErrorCode::invalid_argument, fmt::format("column {}: {}: {}", diagnostic.column,
                                                             diagnostic.code, diagnostic.message));
      }
    }
  }
  Filter filter;
  filter.compiled_ = std::move(compiled);
  return filter;
}

bool Filter::asks_author() const { return compiled_ && compiled_->asks_author; }

bool Filter::operator()(const Mention& mention) const { return holds(mention, nullptr); }

bool Filter::holds(const Mention& mention, const AuthorOf& author_of) const {
  if (!compiled_ || !compiled_->expression) return true;
  Knowledge knowledge;
  if (compiled_->asks_author) knowledge.author_of = author_of;
  Subject subject;
  subject.reset(mention, &knowledge);
  return Reference(no_rules(), subject).evaluate(*compiled_->expression, {}) == Truth::yes;
}

}  // namespace passaparola::match
