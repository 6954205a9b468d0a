#include "make_corpus/confusion.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "make_corpus/people.h"

namespace passaparola::make_corpus {
namespace {

namespace dom = simdjson::dom;
using Key = std::tuple<std::string, std::string, std::string>;  // brand, source, author id

std::string string_at(dom::element object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

struct Answer {
  std::string relation, type;
  bool defends = false;
};

// Rows and columns by name, in the order in which they were met.
class Table {
 public:
  void count(const std::string& row, const std::string& column) {
    ++cells_[{row, column}];
    note(rows_, row);
    note(columns_, column);
  }

  std::string text(std::string_view title) const {
    std::string out = fmt::format("| {} |", title);
    for (const std::string& column : columns_) out += fmt::format(" {} |", column);
    out += "\n|---|";
    for (std::size_t i = 0; i < columns_.size(); ++i) out += "--:|";
    out += '\n';
    for (const std::string& row : rows_) {
      out += fmt::format("| {} |", row);
      for (const std::string& column : columns_) {
        const auto cell = cells_.find({row, column});
        out += cell == cells_.end() ? " |" : fmt::format(" {} |", cell->second);
      }
      out += '\n';
    }
    return out + '\n';
  }

 private:
  static void note(std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }

  std::map<std::pair<std::string, std::string>, std::size_t> cells_;
  std::vector<std::string> rows_, columns_;
};

// The style that a planted advocate was written in; empty: none of the four.
std::string_view type_of(std::string_view role) {
  if (role == name_of(Role::advocate_helper)) return "educator";
  if (role == name_of(Role::advocate_reviewer)) return "validator";
  if (role == name_of(Role::advocate_speaker)) return "status-seeker";
  if (role == name_of(Role::advocate_collaborator)) return "collaborator";
  return {};
}

Result<void> read_answer(const std::string& text, std::map<Key, Answer>& answers,
                         std::set<std::string>& brands) {
  dom::parser parser;
  dom::element document;
  dom::array people;
  if (parser.parse(simdjson::padded_string(text)).get(document) != simdjson::SUCCESS ||
      document["advocates"].get(people) != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_argument, "an answer is not what advocates --format json gives");
  }
  const std::string brand = string_at(document, "brand");
  brands.insert(brand);
  for (const dom::element person : people) {
    dom::element author;
    if (person["author"].get(author) != simdjson::SUCCESS) continue;
    std::uint64_t defences = 0;
    if (person["defences"].get(defences) != simdjson::SUCCESS) defences = 0;
    answers[{brand, string_at(author, "source"), string_at(author, "id")}] = {
        string_at(person, "class"), string_at(person, "type"), defences > 0};
  }
  return {};
}

}  // namespace

Result<std::string> confusion(std::string_view truth, std::span<const std::string> texts) {
  std::map<Key, Answer> answers;
  std::set<std::string> asked;
  for (const std::string& text : texts) {
    const auto read = read_answer(text, answers, asked);
    if (!read) return read.error();
  }
  dom::parser parser;
  dom::element document;
  dom::array brands;
  if (parser.parse(simdjson::padded_string(truth)).get(document) != simdjson::SUCCESS ||
      document["brands"].get(brands) != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_argument, "the truth has no list 'brands'");
  }
  Table classes, types, defenders;
  for (const dom::element brand : brands) {
    const std::string id = string_at(brand, "id");
    dom::array people;
    if (!asked.contains(id) || brand["people"].get(people) != simdjson::SUCCESS) continue;
    for (const dom::element person : people) {
      const std::string role = string_at(person, "role");
      const auto found =
          answers.find({id, string_at(person, "source"), string_at(person, "author_id")});
      const Answer none{"none", "none", false};
      const Answer& answer = found == answers.end() ? none : found->second;
      classes.count(role, answer.relation);
      if (!type_of(role).empty()) types.count(std::string(type_of(role)), answer.type);
      const bool defends =
          role == name_of(Role::defender) || role == name_of(Role::advocate_defender);
      defenders.count(defends ? "planted defenders" : "others",
                      answer.defends ? "a defence seen" : "none seen");
    }
  }
  return classes.text("planted as") + types.text("style") + defenders.text("people");
}

}  // namespace passaparola::make_corpus
