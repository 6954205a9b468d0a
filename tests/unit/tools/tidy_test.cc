#include "tidy/house_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tidy/includes.h"
#include "tidy/source_text.h"

namespace passaparola::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> told(std::string_view path, std::string_view text) {
  std::vector<std::string> out;
  for (const Violation& violation : check_file(path, text)) out.push_back(to_text(violation));
  return out;
}

std::string function_of_lines(std::size_t count) {
  std::string out = "int f() {\n";
  for (std::size_t i = 2; i < count; ++i) out += "  ++n;\n";
  return out + "}\n";
}

TEST(Tidy, LeavesATidyFileAlone) {
  EXPECT_THAT(told("src/core/a.h", "#pragma once\n\nnamespace passaparola {\nint f();\n}\n"),
              IsEmpty());
}

TEST(Tidy, CountsColumnsInCodePoints) {
  const std::string accents = "// " + std::string(97, 'e') + "\n";
  std::string wide = "// ";
  for (int i = 0; i < 97; ++i) wide += "è";
  EXPECT_THAT(told("src/core/a.cc", accents), IsEmpty());
  EXPECT_THAT(told("src/core/a.cc", wide + "\n"), IsEmpty());
  EXPECT_THAT(told("src/core/a.cc", "\n" + wide + "è\n"),
              ElementsAre("src/core/a.cc:2: the line has 101 columns, at most 100"));
}

TEST(Tidy, MeasuresFunctions) {
  EXPECT_THAT(told("src/core/a.cc", function_of_lines(70)), IsEmpty());
  EXPECT_THAT(told("src/core/a.cc", "\n" + function_of_lines(71)),
              ElementsAre("src/core/a.cc:2: the function has 71 lines, at most 70"));
}

TEST(Tidy, MeasuresMethodsAndLeavesClassesAndTablesAlone) {
  std::string many;
  for (int i = 0; i < 80; ++i) many += "  {1, 2},\n";
  EXPECT_THAT(told("src/core/a.cc", "const int kTable[][2] = {\n" + many + "};\n"), IsEmpty());
  EXPECT_THAT(told("src/core/a.cc", "struct S {\n" + function_of_lines(71) + "};\n"),
              ElementsAre(HasSubstr(":2: the function has 71 lines")));
  std::string methods;
  for (int i = 0; i < 80; ++i) methods += "  int f() { return 1; }\n";
  EXPECT_THAT(told("src/core/a.cc", "class alignas(8) S {\n" + methods + "};\n"), IsEmpty());
  EXPECT_THAT(told("src/core/a.cc", "struct S g(\n    int n) {\n" + std::string(80, '\n') + "}\n"),
              ElementsAre(HasSubstr("the function has 82 lines")));
}

TEST(Tidy, IsNotFooledByBracesInText) {
  const std::string text =
      "int f() {\n  call(\"{\", '{', '\\'', R\"x(} } \" {)x\");  // {\n  /* { */ n = "
      "1'000'000;\n}\n";
  const std::vector<Function> functions = functions_of(code_only(text));
  ASSERT_EQ(functions.size(), 1U);
  EXPECT_EQ(functions[0].line, 1U);
  EXPECT_EQ(functions[0].length, 4U);
}

TEST(Tidy, CodeOnlyKeepsSizeAndLinesWhateverTheText) {
  for (const std::string text : {"\"never closed", "/* never\nclosed", "R\"(never\nclosed", "'",
                                 "\"a\\", "// end", "R\"", "\"\\\"{\" }"}) {
    const std::string code = code_only(text);
    EXPECT_EQ(code.size(), text.size()) << text;
    EXPECT_EQ(lines_of(code).size(), lines_of(text).size()) << text;
  }
}

TEST(Tidy, LimitsFiles) {
  EXPECT_THAT(told("src/core/a.cc", std::string(500, '\n')), IsEmpty());
  EXPECT_THAT(told("tests/unit/a.cc", std::string(501, '\n')),
              ElementsAre("tests/unit/a.cc:501: the file has 501 lines, at most 500"));
}

TEST(Tidy, SeesTabsAndTrailingSpace) {
  EXPECT_THAT(told("src/core/a.cc", "\tint a;\nint b; \n"),
              ElementsAre("src/core/a.cc:1: a tab; indent with spaces",
                          "src/core/a.cc:2: space at the end of the line"));
  EXPECT_THAT(told("rules/brands/a.rules", "brand a {\n\tterms a\n}"),
              ElementsAre("rules/brands/a.rules:2: a tab; indent with spaces",
                          "rules/brands/a.rules:3: no newline at the end"));
}

TEST(Tidy, SeesMarksOfUnfinishedWork) {
  for (const std::string& mark :
       {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X",
        std::string("GTEST_") + "SKIP()", std::string("DIS") + "ABLED_Works"}) {
    EXPECT_THAT(told("tests/unit/a.cc", "// " + mark + "\n"),
                ElementsAre(HasSubstr("unfinished work")))
        << mark;
  }
  EXPECT_THAT(told("tests/unit/a.cc", "// a todo list, mastodon, XXXL\n"), IsEmpty());
}

TEST(Tidy, SeesPathsOfOneMachine) {
  const std::string path = std::string("\"/ho") + "me/anna/data\"";
  EXPECT_THAT(told("src/core/a.cc", "const char* p = " + path + ";\n"),
              ElementsAre(HasSubstr("absolute path")));
  EXPECT_THAT(told("src/core/a.cc", "// see https://site.example" + path.substr(1, 5) + "\n"),
              IsEmpty());
}

TEST(Tidy, HeadersNeedTheirGuardAndNoUsing) {
  EXPECT_THAT(told("src/core/a.h", "int f();\n"), ElementsAre("src/core/a.h:1: no #pragma once"));
  EXPECT_THAT(told("src/core/a.h", "#pragma once\nusing namespace std;\n// using namespace x\n"),
              ElementsAre("src/core/a.h:2: using namespace in a header"));
}

TEST(Tidy, TheProductsNameIsWrittenOut) {
  EXPECT_THAT(told("src/core/a.cc", "namespace pp::core {\n}\n"),
              ElementsAre(HasSubstr("namespace pp::core")));
  EXPECT_THAT(told("src/store/a.h",
                   "#pragma once\nnamespace rocksdb {\nclass DB;\n}\n"
                   "namespace passaparola::store {\nnamespace detail {\n}\n}\n"),
              IsEmpty());
}

TEST(Includes, StagesDoNotIncludeEachOther) {
  EXPECT_EQ(objection_to_include("src/match/a.cc", "#include \"store/store.h\""),
            "match may not include store");
  EXPECT_EQ(objection_to_include("src/core/a.h", "#include \"match/match.h\""),
            "core may not include match");
  EXPECT_EQ(objection_to_include("src/store/a.cc", "#include \"advocacy/advocacy.h\""),
            "store may not include advocacy");
  EXPECT_EQ(objection_to_include("src/feed/a.cc", "#include \"advocacy/advocacy.h\""), "");
  EXPECT_EQ(objection_to_include("src/match/a.cc", "#include \"match/lexer.h\""), "");
  EXPECT_EQ(objection_to_include("src/match/a.cc", "#include \"core/post.h\""), "");
  EXPECT_EQ(objection_to_include("src/app/a.cc", "#include \"feed/feed.h\""), "");
  EXPECT_EQ(objection_to_include("src/app/a.cc", "#include \"connect/connect.h\""), "");
  EXPECT_EQ(objection_to_include("src/app/a.cc", "#include \"connect/socket.h\""),
            "connect/socket.h is no header that connect shows");
  EXPECT_EQ(objection_to_include("src/connect/a.cc", "#include \"connect/socket.h\""), "");
  // Inside of a closed module headers may say what they are made of; its face may not.
  EXPECT_EQ(objection_to_include("src/connect/socket.h", "#include <boost/asio/awaitable.hpp>"),
            "");
  EXPECT_NE(objection_to_include("src/connect/connect.h", "#include <boost/asio/awaitable.hpp>"),
            "");
}

TEST(Includes, LibrariesStayInTheirModulesSources) {
  EXPECT_EQ(objection_to_include("src/match/a.cc", "#include <hs.h>"), "");
  EXPECT_EQ(objection_to_include("src/match/a.h", "#include <re2/re2.h>"),
            "<re2/re2.h> belongs in a .cc file, not in a header");
  EXPECT_EQ(objection_to_include("src/feed/stream.h", "#include <boost/asio/buffer.hpp>"), "");
  EXPECT_EQ(objection_to_include("src/feed/a.cc", "#include \"feed/stream.h\""), "");
  EXPECT_EQ(objection_to_include("src/feed/a.h", "#include \"feed/stream.h\""),
            "feed/stream.h belongs in a .cc file, not in a header");
  EXPECT_EQ(objection_to_include("src/feed/a.cc", "#  include <rocksdb/db.h>  // why"),
            "<rocksdb/db.h> does not belong in feed");
  EXPECT_NE(objection_to_include("src/match/a.cc", "#include <tbb/task_arena.h>"), "");
  EXPECT_NE(objection_to_include("src/store/a.cc", "#include <boost/asio/io_context.hpp>"), "");
  EXPECT_NE(objection_to_include("src/ingest/a.cc", "#include <boost/beast/http.hpp>"), "");
  EXPECT_EQ(objection_to_include("src/connect/a.cc", "#include <boost/beast/http.hpp>"), "");
  EXPECT_EQ(objection_to_include("src/core/a.h", "#include <boost/system/result.hpp>"), "");
  EXPECT_EQ(objection_to_include("tests/unit/a.cc", "#include <rocksdb/db.h>"), "");
}

}  // namespace
}  // namespace passaparola::tidy
