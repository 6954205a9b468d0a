// Judge: what the identification job's answer is worth, measured against the planted truth.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/result.h"
#include "make_corpus/people.h"

namespace passaparola::make_corpus {

struct Verdict {
  std::string brand;
  std::size_t planted = 0;        // advocates in the truth
  std::size_t found = 0;          // of them, listed as advocates
  std::size_t listed = 0;         // people that the job calls advocates
  std::size_t at_risk = 0;        // planted advocates who turned critical
  std::size_t at_risk_found = 0;  // of them, listed as advocates at whatever level
  std::size_t paid_listed = 0;    // influencers, code pushers, incentivised called advocates
  std::array<std::size_t, kRoleCount> listed_by_role{};   // of those listed
  std::array<std::size_t, kRoleCount> planted_by_role{};  // of the truth; ordinary stays 0

  // Listed people who are neither planted advocates nor advocates at risk.
  std::size_t wrong() const { return listed - found - at_risk_found; }
  double recall() const;     // found / planted
  double precision() const;  // (found + at_risk_found) / listed
};

// `truth` is truth.json; `advocates` is the JSON of `advocates --format json` (PRODUCT "Command
// line"). An entry whose class is given and is not "advocate" is not counted as listed. A person
// who is listed twice counts once. Errors: not JSON, or not of that shape, or no such brand.
Result<Verdict> judge(std::string_view truth, std::string_view advocates, std::string_view brand);

std::string to_text(const Verdict& verdict);  // for a person, several lines
std::string to_json(const Verdict& verdict);  // one line

}  // namespace passaparola::make_corpus
