#include "feed/leases.h"

#include <fmt/format.h>

#include "core/limits.h"

namespace passaparola::feed {

std::optional<Lease> Leases::of(const std::string& mention_id, Timestamp at) const {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(mention_id);
  if (held == held_.end() || held->second.until <= at) return std::nullopt;
  return held->second;
}

Result<Lease> Leases::take(const std::string& mention_id, const std::string& by, Timestamp at) {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(mention_id);
  if (held != held_.end() && held->second.until > at && held->second.by != by) {
    return held_by(held->second);
  }
  if (held == held_.end() && held_.size() >= kMaxTriageLeases) {
    std::erase_if(held_, [at](const auto& one) { return one.second.until <= at; });
    if (held_.size() >= kMaxTriageLeases) {
      return fail(ErrorCode::overloaded, "too many mentions are looked at: try later");
    }
  }
  constexpr std::int64_t milliseconds =
      static_cast<std::int64_t>(kTriageLeaseSeconds) * kMillisecondsPerSecond;
  Lease lease{by, {at.milliseconds + milliseconds}};
  held_[mention_id] = lease;
  return lease;
}

void Leases::release(const std::string& mention_id, const std::string& by) {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(mention_id);
  if (held != held_.end() && held->second.by == by) held_.erase(held);
}

Error held_by(const Lease& lease) {
  return fail(ErrorCode::in_use,
              fmt::format("{} is at this mention until {}", lease.by, format_rfc3339(lease.until)));
}

}  // namespace passaparola::feed
