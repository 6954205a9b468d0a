#include "ingest/csv_rows.h"

#include <algorithm>
#include <array>

namespace passaparola::ingest {
namespace {

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// `quoted` with every pair of quotes as one.
std::string_view unescaped(std::string_view quoted, Arena& arena) {
  if (quoted.find('"') == std::string_view::npos) return quoted;
  char* const begin = arena.allocate(quoted.size());
  char* to = begin;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    *to++ = quoted[i];
    if (quoted[i] == '"') ++i;
  }
  return {begin, static_cast<std::size_t>(to - begin)};
}

}  // namespace

bool TableReader::next(TableRow& row) {
  if (rest_.empty()) return false;
  const std::string_view from = rest_;
  row.cells.clear();
  row.line = line_;
  row.malformed = false;
  while (take_cell(row)) {
  }
  row.text = without_line_end(from.substr(0, from.size() - rest_.size()));
  return true;
}

bool TableReader::take_cell(TableRow& row) {
  std::string_view cell;
  if (rest_.starts_with('"')) {
    cell = take_quoted(row);
    const std::string_view behind = without_line_end(take_plain());
    if (!behind.empty()) row.malformed = true;
  } else {
    cell = without_line_end(take_plain());
  }
  row.cells.push_back(cell);
  if (rest_.empty()) return false;
  return take(1).front() == separator_;
}

std::string_view TableReader::take_quoted(TableRow& row) {
  take(1);
  std::size_t end = 0;
  while (true) {
    end = rest_.find('"', end);
    if (end == std::string_view::npos) break;
    if (end + 1 >= rest_.size() || rest_[end + 1] != '"') break;
    end += 2;
  }
  if (end == std::string_view::npos) {
    row.malformed = true;
    return take(rest_.size());
  }
  const std::string_view quoted = take(end);
  take(1);
  return unescaped(quoted, arena_);
}

std::string_view TableReader::take_plain() {
  const std::array<char, 2> ends = {separator_, '\n'};
  return take(std::min(rest_.find_first_of({ends.data(), ends.size()}), rest_.size()));
}

std::string_view TableReader::take(std::size_t length) {
  const std::string_view taken = rest_.substr(0, length);
  rest_.remove_prefix(length);
  line_ += static_cast<std::uint64_t>(std::count(taken.begin(), taken.end(), '\n'));
  return taken;
}

char csv_separator(std::string_view line) {
  constexpr std::string_view kSeparators = ",;\t";
  std::array<std::size_t, kSeparators.size()> counts{};
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    const std::size_t known = kSeparators.find(c);
    if (!quoted && known != std::string_view::npos) ++counts[known];
  }
  const auto most = std::max_element(counts.begin(), counts.end()) - counts.begin();
  return kSeparators[static_cast<std::size_t>(most)];
}

}  // namespace passaparola::ingest
