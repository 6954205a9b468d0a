// How far a delivery has come, as it is kept in the store: never ahead of what was acknowledged.
// A message is kept before it is first sent, so that it is the same one, under the same id, however
// often it must be sent and whatever happens meanwhile. It names what it tells of and holds none of
// it: what is erased is not in the next attempt. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace passaparola::deliver {

struct Message {
  std::uint64_t number = 0;            // among those of its delivery, rising
  std::string id;                      // the webhook-id
  std::vector<std::uint64_t> seqs;     // its mentions, in the order of the feed
  std::uint64_t to = 0;                // with it, everything up to this seq has been told
  std::uint64_t alert = 0;             // the number of the alert that it is; 0: it is mentions
  bool is_urgent = false;              // a crisis in quiet hours: it has overtaken others
  bool is_repeat = false;              // it was on the list of what could not be delivered
  unsigned tries = 0;                  // that failed
  std::chrono::milliseconds spent{0};  // on trying and waiting

  bool operator==(const Message&) const = default;
};

struct Progress {
  std::uint64_t after = 0;         // mentions up to this seq have been told
  std::uint64_t alerts_after = 0;  // alerts up to this number have been told
  std::uint64_t crises_after = 0;  // further on, of those that are a crisis: in quiet hours
  std::uint64_t next_number = 1;   // of a message
  bool is_off = false;             // nothing is wanted there any more
  // Of what could not be delivered, those with a number in (redo_after, redo_until] are to be
  // sent again.
  std::uint64_t redo_after = 0, redo_until = 0;
  std::vector<Message> messages;  // under way; the first is tried, a second waits for it

  bool operator==(const Progress&) const = default;
};

std::string to_record(const Progress& progress);
std::optional<Progress> read_progress(std::string_view record);  // nullopt: damaged

// A message that could not be delivered.
struct Undelivered {
  Message message;
  std::string error;  // in words; no secrets, nothing of the message
  Timestamp at;
};

std::string to_record(const Undelivered& undelivered);
std::optional<Undelivered> read_undelivered(std::string_view record);  // nullopt: damaged

}  // namespace passaparola::deliver
