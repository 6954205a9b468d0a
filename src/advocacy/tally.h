// What is counted over an author's judged mentions, and the level, the relation class and the next
// gate that follow from it (FEATURES D.3, D.4). Inside of the advocacy module.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"
#include "advocacy/judgement.h"

namespace passaparola::advocacy {

// Things that happened on days: how many, on how many distinct UTC days. Fed in time order.
struct DayCount {
  std::uint32_t count = 0;
  std::uint32_t days = 0;
  std::int64_t first_day = 0;
  std::int64_t last_day = std::numeric_limits<std::int64_t>::min();

  void add(Timestamp at);
  std::int64_t span_days() const { return count == 0 ? 0 : last_day - first_day; }
};

// Mentions in the window, counted by what they are.
struct Tally {
  DayCount all;
  DayCount grade;     // recommend, defend, help or testimonial that counts
  DayCount outward;   // recommend, defend or help that counts
  DayCount positive;  // authentic positive opinions
  DayCount negative;
  DayCount purchases;
  std::uint32_t testimonials = 0;
  std::uint32_t paid_labels = 0;  // said to be advertising by text or platform
  std::uint32_t labelled = 0;     // the same or with an affiliate link
  std::uint32_t commercial = 0;
  std::uint32_t well_spoken = 0;           // mentions with an act that speaks well of the brand
  std::uint32_t well_spoken_rewarded = 0;  // of them, with a code, an affiliate link or a gift
  std::uint32_t repeated_texts = 0;
  std::uint32_t declared_bot = 0;
  std::uint32_t bursts = 0;            // that came with those of the same others, again and again
  std::uint32_t registered_codes = 0;  // of a referral programme
  std::uint32_t unauthentic = 0;       // g = 0
  std::uint32_t busiest_day = 0;       // mentions on the busiest UTC day
  bool affiliated = false;             // the brand's own account or somebody employed by it

  double share(std::uint32_t part) const {
    return all.count == 0 ? 0 : static_cast<double>(part) / all.count;
  }
};

Tally tally(std::span<const Judgement> judgements);

// By the gates alone; `score` has all but level, relation, at_risk, lapsed and next_gate.
Level level_by_gates(const AuthorScore& score, const Tally& counted, const AdvocacyConfig& config);

// The first rule of D.4 that fires. `level` is the level by gates. referral_partner is never
// given: it needs a register of referral codes, which does not exist.
RelationClass relation_of(const AuthorScore& score, const Tally& counted, Level level,
                          std::optional<std::int64_t> followers, const AdvocacyConfig& config);

// What is missing for the next level, in words; empty for a champion.
std::string next_gate_of(const AuthorScore& score, const Tally& counted,
                         const AdvocacyConfig& config);

}  // namespace passaparola::advocacy
