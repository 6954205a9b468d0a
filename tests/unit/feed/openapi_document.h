// What web/openapi.json says of every operation.
#pragma once

#include <set>
#include <string>

namespace passaparola::feed {

struct Operation {
  std::string path;
  std::string method;
  std::string proof;                 // what is asked: "bearer", "signature" or nothing
  std::string role{};                // of the bearer; empty: none said
  bool in_workspace = true;          // somebody limited to some brands may ask
  std::string body_type{};           // the first that a body may have; empty: no body
  std::set<std::string> statuses{};  // of its answers, such as "200"
  auto operator<=>(const Operation&) const = default;
};

std::set<Operation> documented(const std::string& json);

}  // namespace passaparola::feed
