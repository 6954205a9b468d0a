// Standings: how the authors of mentions stand with their brands now, for filters that ask it of
// one mention after the other. The same judgement as on the list of a brand's people.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"
#include "core/mention.h"
#include "core/time.h"
#include "store/store.h"

namespace passaparola::advocacy {

// Of an author's AuthorScore what filters ask for.
struct CurrentStanding {
  RelationClass relation = RelationClass::neutral;
  AuthorType type = AuthorType::undetermined;
  double score = 0;                                                    // S in [0, 100]
  double score_low = 0;                                                // S_lo
  std::uint32_t recommendations = 0, defences = 0, active_months = 0;  // in the window
  double first_seen_days = 0;                                          // since the first mention
};

// Reads a history when it is first asked for and keeps what it came to, at most kMaxStandings of
// them. One is used again for mentions that the store had when it was read, and of long histories
// (kLongHistoryMentions) for later ones too; in any case for kStandingSeconds at most. Any thread.
class Standings {
 public:
  // `store` outlives it.
  Standings(const store::Store& store, AdvocacyConfig config,
            std::function<Timestamp()> clock = now);

  // Of the author of a stored mention. May read the store. nullopt: the author is not known, or
  // hidden, or their history could not be read.
  std::optional<CurrentStanding> of(const Mention& mention);

  std::uint64_t histories_read() const { return histories_read_; }

 private:
  struct Known {
    std::optional<CurrentStanding> standing;
    std::uint64_t upto = 0;  // the newest mention of the store when it was read
    Timestamp read_at;
    bool is_long = false;
  };
  Known read(const Mention& mention);

  const store::Store& store_;
  const AdvocacyConfig config_;
  const std::function<Timestamp()> clock_;
  std::atomic<std::uint64_t> histories_read_{0};
  std::mutex mutex_;
  std::unordered_map<std::string, Known> known_;  // by brand, source and author; under mutex_
};

}  // namespace passaparola::advocacy
