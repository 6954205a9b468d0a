// Leases: who looks at a mention now, so that two people do not answer one post. Soft: in memory,
// gone after kTriageLeaseSeconds unless taken again. Thread-safe.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/result.h"
#include "core/time.h"

namespace passaparola::feed {

struct Lease {
  std::string by;
  Timestamp until;
};

class Leases {
 public:
  // Who holds a mention at `at`; nullopt: nobody.
  std::optional<Lease> of(const std::string& mention_id, Timestamp at) const;

  // For `by` from `at` on; again, longer. Errors: in_use (somebody else holds it, named in the
  // message), overloaded.
  Result<Lease> take(const std::string& mention_id, const std::string& by, Timestamp at);

  // Nothing happens when somebody else holds it.
  void release(const std::string& mention_id, const std::string& by);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Lease> held_;
};

// What is said to who may not change a mention because `lease` is another's.
Error held_by(const Lease& lease);

}  // namespace passaparola::feed
