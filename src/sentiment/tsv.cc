#include "sentiment/tsv.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "core/fold.h"
#include "core/limits.h"

namespace passaparola::sentiment {
namespace {

std::vector<std::string_view> split_cells(std::string_view line) {
  std::vector<std::string_view> cells;
  for (;;) {
    const std::size_t tab = line.find('\t');
    cells.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return cells;
    line.remove_prefix(tab + 1);
  }
}

bool is_comment(std::string_view line) {
  return line.empty() || line == "#" || line.starts_with("# ");
}

}  // namespace

Error TsvFile::error(const TsvRow& row, std::string_view message) const {
  return fail(ErrorCode::invalid_argument, fmt::format("{}:{}: {}", name, row.line, message));
}

Result<TsvFile> read_tsv(const std::filesystem::path& path, std::size_t columns) {
  TsvFile file;
  file.name = path.string();
  std::error_code status;
  const auto size = std::filesystem::file_size(path, status);
  if (status) return fail(ErrorCode::not_found, file.name + ": no such lexicon file");
  if (size > kMaxLexiconFileBytes) {
    return fail(ErrorCode::invalid_argument, file.name + ": lexicon file is too large");
  }
  std::ifstream in(path, std::ios::binary);
  file.content = std::make_unique<std::string>(std::istreambuf_iterator<char>(in),
                                               std::istreambuf_iterator<char>());
  if (in.bad()) return fail(ErrorCode::io, file.name + ": cannot be read");
  std::string_view rest = *file.content;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    std::string_view text = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (is_comment(text)) continue;
    TsvRow row{line, split_cells(text)};
    if (!is_valid_utf8(text)) return file.error(row, "not valid UTF-8");
    if (row.cells.size() != columns) {
      return file.error(row, fmt::format("expected {} cells, found {}", columns, row.cells.size()));
    }
    for (const std::string_view cell : row.cells) {
      if (cell.empty()) return file.error(row, "an empty cell");
    }
    file.rows.push_back(std::move(row));
  }
  return file;
}

Result<double> number_in(const TsvFile& file, const TsvRow& row, std::string_view cell, double low,
                         double high) {
  double value = 0;
  const auto [end, status] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (status != std::errc() || end != cell.data() + cell.size() ||
      !(value >= low && value <= high)) {
    return file.error(
        row, fmt::format("expected a number from {} to {}, found \"{}\"", low, high, cell));
  }
  return value;
}

}  // namespace passaparola::sentiment
