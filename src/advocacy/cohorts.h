// Cohorts: the people of a brand by the month in which they were first seen, and how many of those
// who became advocates still are (FEATURES D.10, retention of advocates).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "advocacy/advocacy.h"

namespace passaparola::advocacy {

struct Cohort {
  std::int64_t month = 0;    // core/time.h
  std::uint64_t people = 0;  // first seen in it
  std::uint64_t became = 0;  // of them, advocates at any time up to as_of
  std::uint64_t still = 0;   // of those, advocates as of as_of
};

struct CohortReport {
  std::string brand;
  Timestamp as_of;
  std::string config_hash;
  std::vector<Cohort> cohorts;  // oldest first; months without anybody are left out
};

// When the author first was an advocate, looked at after each day with an act towards other people
// and at `as_of`; nullopt: never. Pure.
std::optional<Timestamp> became_advocate(const store::AuthorHistory& history, Timestamp as_of,
                                         const AdvocacyConfig& config);

// Reads everybody's history. Errors: not_found (no such brand), and those of the store.
Result<CohortReport> cohorts(const store::Store& store, const std::string& brand, Timestamp as_of,
                             const AdvocacyConfig& config);

std::string formatted(const CohortReport& report, ReportFormat format);

}  // namespace passaparola::advocacy
