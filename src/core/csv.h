// CSV out (RFC 4180). Spreadsheets run what looks like a formula, and most text is from outside:
// such cells begin with an apostrophe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace passaparola {

// Appends one row to a string, cell by cell.
class CsvRow {
 public:
  explicit CsvRow(std::string& out) : out_(out) {}

  void text(std::string_view text);  // from outside, valid UTF-8
  void number(std::uint64_t number);
  void number(std::optional<std::int64_t> number);  // empty when there is none
  void score(double score);                         // with four decimals
  void flag(bool flag);
  void time(std::optional<Timestamp> at);
  void own(std::string_view cell);  // of the program's own making: no quote, comma or formula
  void end();

 private:
  void separate();

  std::string& out_;
  bool first_ = true;
};

}  // namespace passaparola
