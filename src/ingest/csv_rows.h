// CSV in: the rows of a table, whatever its cells mean.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/arena.h"

namespace passaparola::ingest {

struct TableRow {
  std::vector<std::string_view> cells;  // without their quotes; they live as long as the arena
  std::string_view text;                // the row as written, without the end of its last line
  std::uint64_t line = 0;               // where it begins; 1-based
  bool malformed = false;  // text behind a closing quote, or a quote that nothing closes
};

class TableReader {
 public:
  // `text` must outlive what is read.
  TableReader(std::string_view text, char separator, Arena& arena)
      : rest_(text), separator_(separator), arena_(arena) {}

  // The next row, or false at the end. A line without a character is a row of one empty cell. A
  // quote that nothing closes takes all that follows into its row.
  bool next(TableRow& row);

 private:
  // Takes one cell and whatever ends it; true when another follows in the same row.
  bool take_cell(TableRow& row);
  std::string_view take_quoted(TableRow& row);
  // Up to the separator or the end of the line, neither of which is taken.
  std::string_view take_plain();
  std::string_view take(std::size_t length);

  std::string_view rest_;
  char separator_;
  Arena& arena_;
  std::uint64_t line_ = 1;
};

// Comma, semicolon or tab: the one that `line` holds most of outside of quotes.
char csv_separator(std::string_view line);

}  // namespace passaparola::ingest
