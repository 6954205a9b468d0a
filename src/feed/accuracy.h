// Measured accuracy: how often the program's answers are what people say of the same mentions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "store/store.h"

namespace passaparola::feed {

// How many of so many were right.
struct Share {
  std::uint64_t right = 0;
  std::uint64_t of = 0;
  void add(bool is_right) {
    right += is_right ? 1 : 0;
    ++of;
  }
};

// The answers of the program beside those of people.
class Agreement {
 public:
  void add(const store::CorrectedMention& mention);

  // As members of the object being written (docs/FEED_PROTOCOL.md, "Measured accuracy").
  void write(JsonWriter& writer) const;

 private:
  static constexpr std::size_t kLabels = 5;        // of the program, which may abstain
  static constexpr std::size_t kPersonLabels = 4;  // of people, who may not

  void add_acts(const ActSet& said, const ActSet& right);

  std::uint64_t corrected_ = 0;
  Share about_brand_;  // of those where people said whether the mention is about the brand
  Share labels_;       // of those that are not said to be about something else
  Share decided_;      // of those, the ones where the program did not abstain
  std::array<std::array<std::uint64_t, kPersonLabels>, kLabels> confusion_{};  // program, person
  std::map<std::string, Share> languages_;
  std::uint64_t with_acts_ = 0;  // mentions whose acts people said
  Share acts_;                   // of the acts that the program said of those
  std::uint64_t missed_acts_ = 0;
};

// "measured_accuracy":{…} of the mentions of `brand` that `is_wanted`, as a member of the object
// being written. Errors: corrupt, io.
Result<void> write_measured_accuracy(JsonWriter& writer, const store::Store& store,
                                     std::string_view brand,
                                     const std::function<bool(Timestamp)>& is_wanted);

}  // namespace passaparola::feed
