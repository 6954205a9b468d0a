// What a delivery is to send next.
#pragma once

#include <atomic>
#include <optional>

#include "core/result.h"
#include "deliver/deliver.h"

namespace passaparola::deliver {

struct Plan {
  std::optional<Message> message;  // without number and id; none: there is nothing to send now
  // How far it has come, where that is further than before: what is not for this delivery lies
  // behind it.
  std::uint64_t after = 0, alerts_after = 0;
  bool may_gather = false;    // more mentions would fit, and nothing urges
  bool is_too_large = false;  // it is one mention that no message holds
};

// `most`: mentions of one message. Reads the store; gives up early when `is_stopping`. Errors: io,
// corrupt.
Result<Plan> plan_next(const Delivery& delivery, const Services& services, const Progress& progress,
                       bool is_quiet, std::size_t most, const std::atomic<bool>& is_stopping);

// The alert with that number; nullopt: it is kept no more.
Result<std::optional<Alert>> find_alert(const Services& services, std::uint64_t number);

}  // namespace passaparola::deliver
