#include "match/syntax.h"

#include <fmt/format.h>

namespace passaparola::match {

std::string to_text(const Atom& atom) {
  switch (atom.kind) {
    case AtomKind::prefix:
      return atom.text + "*";
    case AtomKind::domain:
      return "domain:" + atom.text;
    case AtomKind::substring:
      return "substr:\"" + atom.text + "\"";
    case AtomKind::raw:
      return "raw:\"" + atom.text + "\"";
    case AtomKind::regex:
      return "/" + atom.text + (atom.ignore_case ? "/i" : "/");
    default:
      return atom.text;
  }
}

namespace {

std::string to_text(const Predicate& predicate) {
  std::string out = fmt::format("?{}", static_cast<int>(predicate.kind));
  for (const std::string& value : predicate.values) out += ":" + value;
  if (predicate.values.empty()) {
    out +=
        fmt::format("{}{}..{}{}{}", predicate.low_open ? '(' : '[', predicate.low, predicate.high,
                    predicate.high_open ? ')' : ']', predicate.outside ? "!" : "");
  }
  return out;
}

}  // namespace

void append_text(const Expression& expression, std::string& out) {
  switch (expression.op) {
    case Op::atom:
      out += std::to_string(static_cast<int>(expression.atom.kind));
      out += '"';
      out += match::to_text(expression.atom);
      out += '"';
      return;
    case Op::predicate:
      out += to_text(expression.predicate);
      return;
    case Op::reference:
      out += fmt::format("${}", expression.definition);
      return;
    default:
      break;
  }
  out += fmt::format("({}", static_cast<int>(expression.op));
  if (expression.op == Op::at_least) out += fmt::format(" {} of", expression.least);
  if (expression.op == Op::within) out += fmt::format(" in {}", expression.fields);
  for (std::size_t i = 0; i < expression.parts.size(); ++i) {
    out += ' ';
    append_text(*expression.parts[i], out);
    if (i >= expression.gaps.size()) continue;
    out +=
        fmt::format(" {}{}", expression.gaps[i].ordered ? '>' : '/', expression.gaps[i].distance);
  }
  out += ')';
}

std::vector<std::string> disguised_hosts(std::string_view host) {
  std::vector<std::string> forms;
  for (const std::string_view stop :
       {"[.]", "(.)", "{.}", " dot ", " (dot) ", "(dot)", " [dot] ", "[dot]", " punto "}) {
    std::string form;
    for (const char c : host) {
      if (c == '.') {
        form += stop;
      } else {
        form += c;
      }
    }
    if (form != host) forms.push_back(std::move(form));
  }
  return forms;
}

std::string to_text(const Expression& expression) {
  std::string out;
  append_text(expression, out);
  return out;
}

}  // namespace passaparola::match
