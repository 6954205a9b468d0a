#include "advocacy/setting_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"

namespace passaparola::advocacy {
namespace {

constexpr double kMostDays = 36'600;  // a hundred years: times stay numbers
constexpr double kMostCount = std::numeric_limits<std::uint32_t>::max();
constexpr double kMostExact = 9'007'199'254'740'992;  // 2^53: what a double holds without a gap
constexpr double kMostDraws = 100'000;                // of the bootstrap: each reads every author
constexpr std::size_t kMostCompared = 64;             // bytes of a name that is looked for

// What scores, evidence and time are divided by.
bool divides(std::string_view name) {
  return name.ends_with("_scale") || name.starts_with("half_life") ||
         name.starts_with("consistency_months") || name == "influence_responders" ||
         name == "types.steady_months" || name == "types.people_helped" || name == "window_days";
}

// Parts of one. Not the weights of the types' signals, which are names in two tables.
bool is_share(std::string_view name) {
  if (std::count(name.begin(), name.end(), '.') == 2) return false;
  return name.ends_with("_share") || name.ends_with("_penalty") || name.ends_with("authenticity") ||
         name.ends_with("_floor") || name.ends_with("_depth") || name == "explicit_act_polarity" ||
         name == "weak_opinion_evidence" || name == "levels.micro_returning" ||
         name == "relations.inauthentic_below" || name == "types.share" || name == "types.score" ||
         name == "types.margin" || name == "types.known" || name.starts_with("types.moderate_");
}

// Insertions, deletions and exchanges of one letter that make one of the other.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t exchanged = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({exchanged, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

SettingRange range_of(std::string_view name, bool whole) {
  SettingRange range;
  range.whole = whole;
  range.above = divides(name);
  if (name == "niche_topics") {
    range.least = 1;  // the entropy of one is 0, and something is divided by it
    range.above = true;
  }
  if (name == "balance.draws") {
    range.most = kMostDraws;
  } else if (whole) {
    range.most = name.ends_with("_audience") || name == "balance.seed" ? kMostExact : kMostCount;
  } else if (is_share(name)) {
    range.most = 1;
  } else if (name.ends_with("_days") || name.starts_with("half_life")) {
    range.most = kMostDays;
  }
  return range;
}

std::string out_of_range(const SettingRange& range, double value) {
  const bool is_enough = range.above ? value > range.least : value >= range.least;
  const bool fits = !range.whole || value == std::trunc(value);
  if (is_enough && value <= range.most && fits) return {};
  return fmt::format("must be a {} {} {} to {:.0f}", range.whole ? "whole number" : "number",
                     range.above ? "above" : "from", range.least, range.most);
}

std::string nearest_setting(std::string_view name) {
  name = name.substr(0, kMostCompared);
  std::string nearest;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for_each_setting(default_config(), [&](std::string_view known, double) {
    const std::size_t edits = edits_between(name, known);
    if (edits >= least) return;
    least = edits;
    nearest = known;
  });
  return nearest;
}

}  // namespace passaparola::advocacy
