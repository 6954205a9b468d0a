// What is kept of what people do with mentions, and the small records of the server, as the store
// takes and gives them (store.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"
#include "core/triage.h"

namespace passaparola::store {

// What somebody does with mentions: what is nullopt or empty stays as it is.
struct TriageChange {
  std::optional<TriageState> state;
  std::optional<std::string> assignee;  // empty: nobody
  std::string note;
  std::string by;
  Timestamp at;
  std::optional<std::uint64_t> over;  // only if this is its version
};
struct TriageOutcome {
  bool is_found = false;    // else there is no such mention, or its author is hidden
  bool is_stale = false;    // somebody else did something meanwhile: nothing was changed
  bool is_changed = false;  // else it was so before
  std::string brand;        // of the mention
  Triage triage;            // as it is now
};

// Small things that the server keeps beside the mentions; what keys and values mean only who
// keeps them knows.
enum class RecordKind : char {
  alert = 'a',
  delivery = 'd',     // how far each has come
  audit = 'l',        // who did what
  rules = 'r',        // sets of rules that came into force, and their files
  undelivered = 'u',  // what could not be delivered
  view = 'v',         // saved ones
};
struct Record {
  std::string key, value;
};
using VisitRecord = std::function<bool(std::string_view key, std::string_view value)>;

}  // namespace passaparola::store
