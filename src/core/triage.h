// Triage: what people do with a mention. It stands beside what the program says of it, and goes on
// when the post is edited; a delete or an erasure of the post takes it away.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace passaparola {

enum class TriageState : std::uint8_t { fresh, open, waiting, done, dismissed };
inline constexpr std::size_t kTriageStateCount = 5;

std::string_view name_of(TriageState state);  // "new", "open", …
std::optional<TriageState> parse_triage_state(std::string_view name);

// What one person did at one time, and what the mention was from then on.
struct TriageStep {
  Timestamp at;
  std::string by;  // the name of a token, or "local"
  TriageState state = TriageState::fresh;
  std::string assignee;  // who answers for it; empty: nobody
  std::string note;      // what was said with it: why it was dismissed, what was answered
  bool operator==(const TriageStep&) const = default;
};

struct Triage {
  std::uint64_t version = 0;      // how many steps there were; 0: nobody did anything
  Timestamp state_since;          // since when it is in its state
  std::vector<TriageStep> steps;  // oldest first; the newest kMaxTriageSteps

  TriageState state() const { return steps.empty() ? TriageState::fresh : steps.back().state; }
  std::string_view assignee() const {
    return steps.empty() ? std::string_view() : std::string_view(steps.back().assignee);
  }
  bool operator==(const Triage&) const = default;
};

}  // namespace passaparola
