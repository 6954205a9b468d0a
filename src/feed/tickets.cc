#include "feed/tickets.h"

#include <algorithm>

#include "core/limits.h"

namespace passaparola::feed {
namespace {

constexpr std::int64_t kGoodFor = kTicketSeconds * 1'000;

}  // namespace

// A clock that was set back makes none good for longer.
bool Tickets::is_good(const Given& given, Timestamp at) {
  return at >= given.at && at.milliseconds < given.at.milliseconds + kGoodFor;
}

Result<Tickets::Ticket> Tickets::give(const Caller& caller, Timestamp at) {
  const std::lock_guard lock(mutex_);
  std::erase_if(given_, [at](const auto& entry) { return !is_good(entry.second, at); });
  const auto is_theirs = [&caller](const auto& entry) {
    return entry.second.caller.name == caller.name;
  };
  const auto theirs = std::count_if(given_.begin(), given_.end(), is_theirs);
  if (given_.size() >= kMaxTickets || static_cast<std::size_t>(theirs) >= kMaxTicketsOfCaller) {
    return fail(ErrorCode::overloaded, "too many tickets were asked for and not used yet");
  }
  Ticket ticket{new_token(), {at.milliseconds + kGoodFor}};
  given_[hash_token(ticket.text)] = {caller, at};
  return ticket;
}

std::optional<Caller> Tickets::take(std::string_view ticket, Timestamp at) {
  const std::lock_guard lock(mutex_);
  const auto found = given_.find(hash_token(ticket));
  if (found == given_.end()) return std::nullopt;
  const Given given = std::move(found->second);
  given_.erase(found);
  if (!is_good(given, at)) return std::nullopt;
  return given.caller;
}

}  // namespace passaparola::feed
