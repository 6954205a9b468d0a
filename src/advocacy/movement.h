// Movement: the people of a class at two moments: who came, rose, stayed, fell and left.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "advocacy/advocacy.h"

namespace passaparola::advocacy {

// Of the class, and wanted by the filter, at one moment or both; rose and fell go by the level.
enum class Movement : std::uint8_t { came, rose, stayed, fell, left };
inline constexpr std::size_t kMovements = 5;
std::string_view name_of(Movement movement);

struct Standing {
  double score_low = 0;
  Level level = Level::none;
  RelationClass relation = RelationClass::neutral;
};

struct Moved {
  Movement movement = Movement::stayed;
  store::AuthorRecord author;
  Standing before, after;
};

struct MovementReport {
  std::string brand;
  Timestamp before, after;
  std::string config_hash;
  std::array<std::uint64_t, kMovements> counts{};  // of everybody
  std::vector<Moved> people;  // by movement, the largest S_lo of both first, at most `top` of each
};

// Compares query.as_of with `before`. Reads everybody's history. Errors: not_found (no such brand),
// and those of the store.
Result<MovementReport> compare(const store::Store& store, const IdentifyQuery& query,
                               Timestamp before, const AdvocacyConfig& config);

std::string formatted(const MovementReport& report, ReportFormat format);

}  // namespace passaparola::advocacy
