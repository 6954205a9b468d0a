#include "match/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/fold.h"

namespace passaparola::match {
namespace {

// A line is shown up to here, and no control character of it reaches a terminal.
constexpr std::size_t kShownBytes = 400;

std::string shown(std::string_view line) {
  std::string out;
  for (std::size_t at = 0; at < line.size() && out.size() < kShownBytes;) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(line, at);
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    const bool bidi = (c >= 0x200E && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
                      (c >= 0x2066 && c <= 0x2069);
    if (control || bidi) {
      out += ' ';
    } else if (c == U'\uFFFD') {
      out += "\uFFFD";  // also for bytes that are no UTF-8
    } else {
      out.append(line, begin, at - begin);
    }
  }
  return out;
}

std::uint32_t code_points(std::string_view text) {
  std::uint32_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) next_code_point(text, at);
  return count;
}

std::string_view name_of(Diagnostic::Severity severity) {
  switch (severity) {
    case Diagnostic::Severity::warning:
      return "warning";
    case Diagnostic::Severity::info:
      return "info";
    default:
      return "error";
  }
}

}  // namespace

std::string to_text(const Diagnostic& diagnostic) {
  std::string out =
      fmt::format("{}:{}:{}: {} {}: {}", diagnostic.file, diagnostic.line, diagnostic.column,
                  name_of(diagnostic.severity), diagnostic.code, diagnostic.message);
  const std::size_t caret = diagnostic.column == 0 ? 0 : diagnostic.column - 1;
  if (caret > code_points(diagnostic.source)) return out;
  return out + "\n  " + diagnostic.source + "\n  " + std::string(caret, ' ') + "^";
}

void Diagnostics::add(Place at, Diagnostic::Severity severity, std::string_view code,
                      std::string message) {
  if (severity == Diagnostic::Severity::error) ++errors_;
  if (full()) return;
  const RuleFile& file = files_[at.file];
  const std::string_view text = file.text;
  const std::size_t offset = std::min<std::size_t>(at.offset, text.size());
  const std::size_t before = text.substr(0, offset).rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t end = std::min(text.find('\n', offset), text.size());
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = code;
  diagnostic.file = file.name;
  diagnostic.line = 1 + static_cast<std::uint32_t>(std::count(
                            text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
  diagnostic.column = 1 + code_points(text.substr(begin, offset - begin));
  diagnostic.message = shown(message);
  diagnostic.source = shown(text.substr(begin, end - begin));
  found_.push_back({at, std::move(diagnostic)});
}

void Diagnostics::error(Place at, std::string_view code, std::string message) {
  add(at, Diagnostic::Severity::error, code, std::move(message));
}
void Diagnostics::warning(Place at, std::string_view code, std::string message) {
  add(at, Diagnostic::Severity::warning, code, std::move(message));
}
void Diagnostics::info(Place at, std::string_view code, std::string message) {
  add(at, Diagnostic::Severity::info, code, std::move(message));
}

std::vector<Diagnostic> Diagnostics::take() {
  std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
    return a.at.file != b.at.file ? a.at.file < b.at.file : a.at.offset < b.at.offset;
  });
  std::vector<Diagnostic> out;
  out.reserve(found_.size());
  for (Found& found : found_) out.push_back(std::move(found.diagnostic));
  found_.clear();
  return out;
}

}  // namespace passaparola::match
