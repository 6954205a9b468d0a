// Rules of X's filtered stream (PROTOCOLS 3): what is asked for there so that our own rules get to
// see it. They find more than ours and never less, as far as words go: the rules decide. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connect/connect.h"

namespace passaparola::connect {

struct XRule {
  std::string value, tag;
  std::string id;  // that X gave it
  bool operator==(const XRule&) const = default;
};

// A rule, or several when one would be too long, for each that has words; tagged as ours.
std::vector<XRule> x_rules_of(const std::vector<Wanted>& wanted);

// Those of an answer; nullopt: it is none.
std::optional<std::vector<XRule>> parse_x_rules(const std::string& body);

// What to do so that, of the rules tagged as ours, exactly `wanted` are there. Others are let be.
struct XRuleChange {
  std::vector<XRule> add;
  std::vector<std::string> remove;  // ids
};
XRuleChange x_rule_change(const std::vector<XRule>& there, const std::vector<XRule>& wanted);

// Bodies of the requests for such a change.
std::string x_add_body(const std::vector<XRule>& add);
std::string x_remove_body(const std::vector<std::string>& remove);

}  // namespace passaparola::connect
