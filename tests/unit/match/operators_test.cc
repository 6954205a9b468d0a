// The table of docs/RULES.md for those who come from another language, row by row.
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "core/time.h"
#include "match_fixture.h"

namespace passaparola::match {
namespace {

struct Row {
  std::string theirs, here, finds, does_not_find;
};

std::string trimmed(const std::string& cell) {
  const std::size_t begin = cell.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return cell.substr(begin, cell.find_last_not_of(' ') - begin + 1);
}

std::vector<Row> rows_of_the_table() {
  std::ifstream file(std::filesystem::path(PASSAPAROLA_SOURCE_DIR) / "docs/RULES.md");
  std::vector<Row> rows;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) inside = line == "## If you come from another language";
    if (!inside || !line.starts_with("| ") || line.starts_with("| theirs")) continue;
    std::vector<std::string> cells;
    std::istringstream parts(line.substr(1));
    for (std::string cell; std::getline(parts, cell, '|');) cells.push_back(trimmed(cell));
    EXPECT_EQ(cells.size(), 4U) << line;
    if (cells.size() != 4) continue;
    EXPECT_TRUE(cells[1].starts_with('`') && cells[1].ends_with('`')) << line;
    rows.push_back({cells[0], cells[1].substr(1, cells[1].size() - 2), cells[2], cells[3]});
  }
  return rows;
}

// "[key=value] text"
struct Example {
  explicit Example(const std::string& cell) : text(cell) {
    if (!text.starts_with('[')) return;
    const std::size_t end = text.find("] ");
    const std::size_t equals = text.find('=');
    key = text.substr(1, equals - 1);
    value = text.substr(equals + 1, end - equals - 1);
    text = text.substr(end + 2);
  }

  std::int64_t number() const {
    std::int64_t parsed = -1;
    std::from_chars(value.data(), value.data() + value.size(), parsed);
    return parsed;
  }

  PostView post() {
    PostView made = post_of(text);
    const std::map<std::string, std::string_view*> texts{{"author", &made.author.handle},
                                                         {"url", &made.url},
                                                         {"title", &made.title},
                                                         {"lang", &made.lang},
                                                         {"bio", &made.author.bio},
                                                         {"thread", &made.thread},
                                                         {"parent", &made.reply_to_id},
                                                         {"source", &made.source},
                                                         {"link", &link}};
    const std::map<std::string, std::optional<std::int64_t>*> numbers{
        {"followers", &made.author.followers},
        {"following", &made.author.following},
        {"posts", &made.author.posts},
        {"likes", &made.engagement.likes}};
    if (const auto known = texts.find(key); known != texts.end()) {
      *known->second = value;
    } else if (const auto count = numbers.find(key); count != numbers.end()) {
      *count->second = number();
    } else if (key == "rating") {
      made.rating = Rating{static_cast<double>(number()), 5};
    } else if (key == "kind") {
      const auto kind = parse_post_kind(value);
      EXPECT_TRUE(kind) << value;
      made.kind = *kind;
    } else {
      EXPECT_EQ(key, "") << "an attribute that this test does not know";
    }
    if (key == "link") made.links = {&link, 1};
    return made;
  }

  std::string text, key, value;
  std::string_view link;
};

TEST(OperatorsOfOthers, AreSaidHereAsTheTableSays) {
  const std::vector<Row> rows = rows_of_the_table();
  ASSERT_GE(rows.size(), 60U);
  for (const Row& row : rows) {
    const auto rules = rules_of(
        "import \"packs/exclusions\" @1\nbrand b { terms qqqq }\nrule b.r { " + row.here + " }");
    ASSERT_TRUE(rules) << row.here;
    Example yes(row.finds);
    Example no(row.does_not_find);
    EXPECT_NE(found_in(rules, yes.post()), "-")
        << row.theirs << ": " << row.here << " in " << row.finds;
    EXPECT_EQ(found_in(rules, no.post()), "-")
        << row.theirs << ": " << row.here << " in " << row.does_not_find;
  }
}

}  // namespace
}  // namespace passaparola::match
