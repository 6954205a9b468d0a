#include "unit/feed/openapi_document.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <cctype>

namespace passaparola::feed {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string proof_of(simdjson::dom::element operation) {
  simdjson::dom::array security;
  if (operation["security"].get(security) != simdjson::SUCCESS) return "bearer";
  for (const auto scheme : security) {
    for (const auto [name, scopes] : scheme.get_object()) return std::string(name);
  }
  return "";
}

std::string body_type_of(simdjson::dom::element operation) {
  simdjson::dom::object types;
  if (operation["requestBody"]["content"].get(types) != simdjson::SUCCESS) return "";
  for (const auto [type, schema] : types) return std::string(type);
  return "";
}

std::set<std::string> statuses_of(simdjson::dom::element operation) {
  std::set<std::string> statuses;
  simdjson::dom::object answers;
  if (operation["responses"].get(answers) != simdjson::SUCCESS) return statuses;
  for (const auto [status, answer] : answers) statuses.emplace(status);
  return statuses;
}

}  // namespace

std::set<Operation> documented(const std::string& json) {
  std::set<Operation> operations;
  simdjson::dom::parser parser;
  simdjson::dom::object paths;
  EXPECT_EQ(parser.parse(json)["paths"].get(paths), simdjson::SUCCESS);
  for (const auto [path, item] : paths) {
    for (const auto [name, described] : item.get_object()) {
      if (name == "parameters") continue;
      std::string_view role;
      bool in_workspace = true;
      (void)described["x-role"].get(role);
      (void)described["x-workspace"].get(in_workspace);
      operations.insert({std::string(path), upper(name), proof_of(described), std::string(role),
                         in_workspace, body_type_of(described), statuses_of(described)});
    }
  }
  return operations;
}

}  // namespace passaparola::feed
