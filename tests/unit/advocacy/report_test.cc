// CSV and table with hostile names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/advocacy/parse_json.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "core/terminal.h"
#include "unit/advocacy/histories.h"

namespace passaparola::advocacy {
namespace {

using testing::HasSubstr;

IdentifyReport report_on(const std::vector<std::string>& names) {
  IdentifyReport report;
  report.brand = "moka_nera";
  report.as_of = kAsOf;
  report.authors_seen = names.size();
  for (const std::string& name : names) {
    RankedAuthor ranked;
    ranked.rank = static_cast<std::uint32_t>(report.authors.size() + 1);
    ranked.author.source = "bluesky";
    ranked.author.id = "id";
    ranked.author.handle = name;
    ranked.author.name = name;
    ranked.score = score_of({said(Act::recommend, 3), said(Act::recommend, 40)});
    report.authors.push_back(std::move(ranked));
  }
  return report;
}

// The cells of RFC 4180 text.
std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    std::string& cell = rows.back().back();
    if (quoted) {
      if (csv[i] != '"') {
        cell.push_back(csv[i]);
      } else if (i + 1 < csv.size() && csv[i + 1] == '"') {
        cell.push_back(csv[++i]);
      } else {
        quoted = false;
      }
    } else if (csv[i] == '"') {
      quoted = true;
    } else if (csv[i] == ',') {
      rows.back().emplace_back();
    } else if (csv[i] == '\r' && i + 1 < csv.size() && csv[i + 1] == '\n') {
      ++i;
      rows.emplace_back(1);
    } else {
      cell.push_back(csv[i]);
    }
  }
  rows.pop_back();
  return rows;
}

// The strings of a hostile suite, one or more levels of arrays deep; empty without the data.
void collect(const rapidjson::Value& value, std::vector<std::string>& out) {
  if (value.IsString()) out.emplace_back(value.GetString(), value.GetStringLength());
  if (value.IsArray()) {
    for (const auto& item : value.GetArray()) collect(item, out);
  }
}

std::vector<std::string> hostile(const std::string& file) {
  const std::filesystem::path path =
      std::filesystem::path(PASSAPAROLA_DATA_DIR) / "suites" / "hostile" / file;
  std::vector<std::string> strings;
  if (!std::filesystem::exists(path)) {
    std::cout << "no shared data: " << file << " not read\n";
    return strings;
  }
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  rapidjson::Document json;
  json.Parse(text.str().c_str());
  EXPECT_FALSE(json.HasParseError()) << file;
  if (!json.HasParseError()) collect(json, strings);
  EXPECT_FALSE(strings.empty()) << file;
  return strings;
}

void expect_no_formulas(const std::vector<std::string>& names) {
  const auto rows = cells_of(to_csv(report_on(names)));
  ASSERT_EQ(rows.size(), names.size() + 1);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), rows[0].size());
    for (const std::string& cell : row) {
      const std::size_t first = cell.find_first_not_of(" \n\v\f");
      if (first == std::string::npos) continue;
      EXPECT_EQ(std::string("=+-@\t\r").find(cell[first]), std::string::npos) << cell;
      EXPECT_EQ(cell.find('\0'), std::string::npos);
      for (const char* wide : {"＝", "＋", "－", "＠"}) {
        EXPECT_FALSE(cell.starts_with(wide)) << cell;
      }
    }
  }
}

TEST(Csv, NoCellIsAFormula) {
  expect_no_formulas({"=1+1", "+1", "-2", "@SUM(1)", "\t=1", "\r=1", "\uFF1D1", "\uFF0B1",
                      "\uFF0D1", "\uFF201", " =1", "\u200B=1", std::string("\0=1", 3), "\n=1"});
  expect_no_formulas(hostile("csv_formula.json"));
}

TEST(Csv, QuotesAreKept) {
  const auto rows = cells_of(to_csv(report_on({"a,b\"c\nd", "plain"})));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0][4], "name");
  EXPECT_EQ(rows[1][4], "a,b\"c\nd");
  EXPECT_EQ(rows[2][4], "plain");
  EXPECT_EQ(rows[2][8], "advocate");
}

void expect_harmless(const std::vector<std::string>& names) {
  const std::string table = to_table(report_on(names), true);
  std::istringstream lines(table);
  std::size_t authors = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(terminal_safe(line), line);
    EXPECT_LE(display_width(line), 80U) << line;
    authors += line.find("candidate") != std::string::npos && line[3] != ' ' && line[4] == ' ';
  }
  EXPECT_EQ(authors, names.size());
}

TEST(Table, NothingFromOutsideReachesTheTerminal) {
  expect_harmless(
      {"\x1b[2J", "\u202Eevil", "a\nb", std::string(500, 'x'), "日本語", "\xff\xfe", ""});
  expect_harmless(hostile("terminal_escapes.json"));
}

TEST(Table, SaysWhoAndHowMuch) {
  const std::string table = to_table(report_on({"anna"}), false);
  EXPECT_THAT(table, HasSubstr("moka_nera on 2026-11-30: 1 people, of 1 histories read\n"));
  EXPECT_THAT(table, HasSubstr("   1 anna @anna "));
  EXPECT_THAT(table, HasSubstr("candidate"));
  EXPECT_THAT(to_table(report_on({"anna"}), true), HasSubstr("next: advocate: one more"));
  EXPECT_THAT(to_table(report_on({}), false), HasSubstr("Nobody yet."));
}

}  // namespace
}  // namespace passaparola::advocacy
