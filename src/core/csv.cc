#include "core/csv.h"

#include <fmt/format.h>

#include "core/fold.h"

namespace passaparola {
namespace {

// Would a spreadsheet take the cell for a formula? Folding unmasks full-width signs and drops
// invisible characters; leading blanks and control characters do not protect.
bool looks_like_formula(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '\t' || text.front() == '\r') return true;
  for (const char c : folded(text)) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F) continue;
    return c == '=' || c == '+' || c == '-' || c == '@';
  }
  return false;
}

void add_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '\0') continue;  // some readers end the file there
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

}  // namespace

void CsvRow::text(std::string_view text) {
  separate();
  if (looks_like_formula(text)) {
    add_quoted(out_, fmt::format("'{}", text));
  } else if (text.find_first_of(std::string_view(",\"\r\n\t\0", 6)) != std::string_view::npos) {
    add_quoted(out_, text);
  } else {
    out_.append(text);
  }
}

void CsvRow::number(std::uint64_t number) { own(fmt::format("{}", number)); }
void CsvRow::number(std::optional<std::int64_t> number) {
  own(number ? fmt::format("{}", *number) : "");
}
void CsvRow::score(double score) { own(fmt::format("{:.4f}", score)); }
void CsvRow::flag(bool flag) { own(flag ? "true" : "false"); }
void CsvRow::time(std::optional<Timestamp> at) { own(at ? format_rfc3339(*at) : ""); }

void CsvRow::own(std::string_view cell) {
  separate();
  out_.append(cell);
}

void CsvRow::end() {
  out_.append("\r\n");
  first_ = true;
}

void CsvRow::separate() {
  if (!first_) out_.push_back(',');
  first_ = false;
}

}  // namespace passaparola
