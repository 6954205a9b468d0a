#include "make_corpus/judge.h"

#include <simdjson.h>

#include <map>
#include <set>
#include <utility>

#include "core/json.h"

namespace passaparola::make_corpus {
namespace {

using Key = std::pair<std::string, std::string>;  // source, author id
namespace dom = simdjson::dom;

std::string_view string_at(dom::element object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

Role role_named(std::string_view name) {
  for (std::size_t role = 0; role < kRoleCount; ++role) {
    if (name_of(static_cast<Role>(role)) == name) return static_cast<Role>(role);
  }
  return Role::ordinary;
}

Result<std::map<Key, Role>> planted_people(dom::element truth, std::string_view brand) {
  dom::array brands;
  if (truth["brands"].get(brands) != simdjson::SUCCESS)
    return fail(ErrorCode::invalid_argument, "the truth has no list 'brands'");
  for (const dom::element entry : brands) {
    if (string_at(entry, "id") != brand) continue;
    dom::array people;
    if (entry["people"].get(people) != simdjson::SUCCESS)
      return fail(ErrorCode::invalid_argument, "the truth's brand has no list 'people'");
    std::map<Key, Role> planted;
    for (const dom::element person : people) {
      planted[{std::string(string_at(person, "source")),
               std::string(string_at(person, "author_id"))}] =
          role_named(string_at(person, "role"));
    }
    return planted;
  }
  return fail(ErrorCode::not_found, "the truth knows no brand '" + std::string(brand) + "'");
}

Result<std::set<Key>> listed_people(dom::element answer, std::string_view brand) {
  dom::array entries;
  if (answer["advocates"].get(entries) != simdjson::SUCCESS)
    return fail(ErrorCode::invalid_argument, "the answer has no list 'advocates'");
  if (string_at(answer, "brand") != brand)
    return fail(ErrorCode::invalid_argument, "the answer is about '" +
                                                 std::string(string_at(answer, "brand")) +
                                                 "', not '" + std::string(brand) + "'");
  std::set<Key> listed;
  for (const dom::element entry : entries) {
    dom::element author;
    if (entry["author"].get(author) != simdjson::SUCCESS)
      return fail(ErrorCode::invalid_argument, "an entry of the answer has no 'author'");
    const std::string_view relation = string_at(entry, "class");
    if (!relation.empty() && relation != "advocate") continue;
    listed.emplace(string_at(author, "source"), string_at(author, "id"));
  }
  return listed;
}

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double Verdict::recall() const { return share(found, planted); }
double Verdict::precision() const { return share(found + at_risk_found, listed); }

Result<Verdict> judge(std::string_view truth, std::string_view advocates, std::string_view brand) {
  dom::parser truth_parser;
  dom::parser answer_parser;
  dom::element truth_document;
  dom::element answer_document;
  if (truth_parser.parse(simdjson::padded_string(truth)).get(truth_document))
    return fail(ErrorCode::invalid_argument, "the truth is not JSON");
  if (answer_parser.parse(simdjson::padded_string(advocates)).get(answer_document))
    return fail(ErrorCode::invalid_argument, "the answer is not JSON");
  const auto planted = planted_people(truth_document, brand);
  if (!planted) return planted.error();
  const auto listed = listed_people(answer_document, brand);
  if (!listed) return listed.error();

  Verdict verdict;
  verdict.brand = brand;
  verdict.listed = listed->size();
  for (const auto& [key, role] : *planted) {
    ++verdict.planted_by_role[static_cast<std::size_t>(role)];
    if (is_advocate(role)) ++verdict.planted;
    if (role == Role::at_risk) ++verdict.at_risk;
  }
  for (const Key& key : *listed) {
    const auto person = planted->find(key);
    const Role role = person == planted->end() ? Role::ordinary : person->second;
    ++verdict.listed_by_role[static_cast<std::size_t>(role)];
    if (is_advocate(role)) ++verdict.found;
    if (role == Role::at_risk) ++verdict.at_risk_found;
    if (is_paid(role)) ++verdict.paid_listed;
  }
  return verdict;
}

std::string to_text(const Verdict& verdict) {
  const auto number = [](std::size_t n) { return std::to_string(n); };
  std::string out = "brand " + verdict.brand + "\n";
  out +=
      "planted advocates found: " + number(verdict.found) + " of " + number(verdict.planted) + "\n";
  out += "planted advocates who turned critical, listed: " + number(verdict.at_risk_found) +
         " of " + number(verdict.at_risk) + "\n";
  out += "listed as advocates: " + number(verdict.listed) + ", of whom " + number(verdict.wrong()) +
         " are not\n";
  out += "paid people ranked as advocates: " + number(verdict.paid_listed) + "\n";
  for (std::size_t role = 0; role < kRoleCount; ++role) {
    const std::size_t listed = verdict.listed_by_role[role];
    const std::size_t planted = verdict.planted_by_role[role];
    if (listed == 0 && planted == 0) continue;
    out += "  " + std::string(name_of(static_cast<Role>(role))) + ": " + number(listed) + " listed";
    if (planted > 0) out += " of " + number(planted) + " planted";
    out += "\n";
  }
  return out;
}

std::string to_json(const Verdict& verdict) {
  const auto count = [](std::size_t n) { return static_cast<std::uint64_t>(n); };
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("brand", verdict.brand);
  writer.field("planted", count(verdict.planted));
  writer.field("found", count(verdict.found));
  writer.field("recall", rounded(verdict.recall()));
  writer.field("listed", count(verdict.listed));
  writer.field("wrong", count(verdict.wrong()));
  writer.field("precision", rounded(verdict.precision()));
  writer.field("at_risk", count(verdict.at_risk));
  writer.field("at_risk_found", count(verdict.at_risk_found));
  writer.field("paid_listed", count(verdict.paid_listed));
  writer.key("roles");
  writer.StartObject();
  for (std::size_t role = 0; role < kRoleCount; ++role) {
    writer.key(name_of(static_cast<Role>(role)));
    writer.StartObject();
    writer.field("planted", count(verdict.planted_by_role[role]));
    writer.field("listed", count(verdict.listed_by_role[role]));
    writer.EndObject();
  }
  writer.EndObject();
  writer.EndObject();
  return out;
}

}  // namespace passaparola::make_corpus
