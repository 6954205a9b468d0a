// The figures of FEATURES D.10 that posts alone can give, of one brand in a window.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "advocacy/advocacy.h"
#include "core/json.h"

namespace passaparola::advocacy {

// A share with what it is of.
struct Part {
  std::uint64_t part = 0, of = 0;

  void add(bool is_part) {
    part += is_part ? 1 : 0;
    ++of;
  }
};

// Reviews by their stars of five, rounded to the nearest whole one (FEATURES D.5).
struct StarCounts {
  std::uint64_t five = 0, four = 0, lower = 0;
  double sum = 0;  // of all stars, as they were given

  std::uint64_t reviews() const { return five + four + lower; }
};

struct Kpis {
  std::uint64_t mentions = 0, authors = 0;
  std::uint64_t own_words = 0;        // UGC: no repost, not by the brand's own voice
  Part detailed, two_sided, laconic;  // of reviews; laconic: of hardly more than two words
  StarCounts stars;
  Part voice_mentions, voice_authors;                   // of those of all brands
  Part recommendations;                                 // of authentic mentions with an opinion
  std::uint64_t defenders = 0, critics = 0;             // distinct authentic authors
  std::array<std::uint64_t, 4> levels{};                // people at the end of the window, by level
  std::array<std::uint64_t, kAuthorTypes + 1> types{};  // of advocates and champions
  std::map<std::string, std::uint64_t> channels;        // of the same
  std::uint64_t became = 0, lapsed = 0, at_risk = 0;
  std::uint64_t reached = 0;  // distinct people who answered advocates in the window
};

// Reads the history of everybody who has a mention of the brand before `to`, and counts the authors
// of the other brands, or of those among `voices` when there are any. Errors: not_found (no such
// brand), and those of the store.
Result<Kpis> kpis(const store::Store& store, const std::string& brand, Timestamp from, Timestamp to,
                  const AdvocacyConfig& config, const std::vector<std::string>& voices = {});

// "kpi": {…}, as a member of the object being written.
void write_kpis(JsonWriter& writer, const Kpis& kpis);

}  // namespace passaparola::advocacy
