#include "core/csv.h"

#include <gtest/gtest.h>

namespace passaparola {
namespace {

std::string cell(std::string_view text) {
  std::string out;
  CsvRow(out).text(text);
  return out;
}

TEST(Csv, TextIsQuotedWhereItMustBe) {
  EXPECT_EQ(cell("plain text"), "plain text");
  EXPECT_EQ(cell(""), "");
  EXPECT_EQ(cell("a,b"), "\"a,b\"");
  EXPECT_EQ(cell("she said \"no\""), "\"she said \"\"no\"\"\"");
  EXPECT_EQ(cell("two\r\nlines"), "\"two\r\nlines\"");
  EXPECT_EQ(cell(std::string_view("a\0b", 3)), "\"ab\"");
}

TEST(Csv, NothingFromOutsideIsAFormula) {
  for (const char* text : {"=1+1", "+1", "-1", "@sum", "  =1", "\t=1", "\rx", "\x01=1",
                           "\xEF\xBC\x9D"
                           "1" /* full-width = */,
                           "\xE2\x80\x8B=1" /* zero-width space */}) {
    EXPECT_EQ(cell(text).substr(0, 2), "\"'") << text;
  }
  EXPECT_EQ(cell("a=1"), "a=1");
}

TEST(Csv, ARowIsCellsInOrder) {
  std::string out;
  CsvRow row(out);
  row.number(std::uint64_t{7});
  row.number(std::optional<std::int64_t>());
  row.number(std::optional<std::int64_t>(-3));
  row.score(-0.25);
  row.flag(true);
  row.time(Timestamp{0});
  row.end();
  row.own("next");
  row.end();
  EXPECT_EQ(out, "7,,-3,-0.2500,true,1970-01-01T00:00:00.000Z\r\nnext\r\n");
}

}  // namespace
}  // namespace passaparola
