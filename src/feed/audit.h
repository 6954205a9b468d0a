// The audit log: who did what to which kind of thing, when, and what came of it; never what it said
// or whom it was about. People stand in it as their keyed hash, as in the proofs of erasures.
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.h"
#include "core/result.h"
#include "core/time.h"
#include "feed/exchange.h"
#include "feed/rates.h"
#include "store/store.h"

namespace passaparola::feed {

struct AuditRecord {
  Timestamp at;
  std::string by;       // the caller's name; empty: nobody who is known
  std::string action;   // "rules.change", or the route that was refused
  std::string outcome;  // "done", "refused", "failed"
  unsigned status = 0;
  std::string subject;  // a keyed hash; empty: none
  std::string request_id;
};

// What is to be kept of a request that is answered with `status`; nullopt: nothing.
std::optional<AuditRecord> audit_of(const store::Store& store, const Exchange& exchange,
                                    unsigned status, Timestamp at);

class Audit {
 public:
  // `store` outlives it. `run`: does something on a thread that may block, and is done before the
  // store is closed.
  Audit(store::Store& store, std::function<void(std::function<void()>)> run)
      : store_(store), run_(std::move(run)) {}

  // Keeps the record soon. Of refusals only kAuditedRefusalsPerMinute are; what is not kept is
  // counted. Returns at once.
  void add(AuditRecord record);

  // {"records":[…],"next_after":"…","more":…}: those behind the key `after`, oldest first. May
  // block.
  Result<std::string> page_json(std::string_view after, std::size_t limit) const;

  std::uint64_t lost() const;  // not kept: too many, or the store could not be written

 private:
  void write_waiting();
  void drop_old(Timestamp at);

  store::Store& store_;
  const std::function<void(std::function<void()>)> run_;
  Rates refusals_{kAuditedRefusalsPerMinute};
  mutable std::mutex mutex_;
  std::vector<AuditRecord> waiting_;
  bool is_writing_ = false;
  std::uint64_t lost_ = 0;
  std::uint64_t number_ = 0;                 // of the next record
  std::optional<Timestamp> dropped_old_at_;  // of who writes
};

}  // namespace passaparola::feed
