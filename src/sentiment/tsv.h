// Lexicon files: UTF-8 text, one row a line, cells apart by tabs. Lines that begin with "# " and
// empty lines are comments.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace passaparola::sentiment {

struct TsvRow {
  std::size_t line = 0;  // from 1
  std::vector<std::string_view> cells;
};

struct TsvFile {
  std::string name;                      // as errors show it
  std::unique_ptr<std::string> content;  // the cells point into it
  std::vector<TsvRow> rows;

  // An error that names this file and the row's line.
  Error error(const TsvRow& row, std::string_view message) const;
};

// Every row has exactly `columns` cells, none of them empty. Fails on a missing file, one over
// kMaxLexiconFileBytes, invalid UTF-8 and a wrong number of cells.
Result<TsvFile> read_tsv(const std::filesystem::path& path, std::size_t columns);

// The whole cell as a number in [low, high].
Result<double> number_in(const TsvFile& file, const TsvRow& row, std::string_view cell, double low,
                         double high);

}  // namespace passaparola::sentiment
