// Both versions of Jetstream's wire (research PROTOCOLS 1): the place that a cursor tells, what is
// asked for there, and what an event says of where it stands. Pure.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace passaparola::connect {

// Where reading goes on: of the newest event of a host. Times of one host are not strictly in
// order, and those of two hosts not the same; sequence numbers are in order, and of one host only.
struct JetstreamPlace {
  std::string host;
  std::int64_t time = 0;      // microseconds
  std::int64_t sequence = 0;  // of the second version; 0: it comes from the first

  bool operator==(const JetstreamPlace&) const = default;
};

// "HOST MICROSECONDS", with " SEQUENCE" behind it in the second version. Reading: nullopt for
// anything else.
std::string to_cursor(const JetstreamPlace& place);
std::optional<JetstreamPlace> parse_place(std::string_view cursor);

struct JetstreamFilter {
  std::vector<std::string> collections, people;  // empty: all
};

// The target of the first version. `begin`: in microseconds; nullopt: live. With `says_hello` the
// filter is not in it, and the server sends nothing before it has it by options_update().
std::string subscribe_target(const JetstreamFilter& filter, std::optional<std::int64_t> begin,
                             bool is_packed, bool says_hello);
std::string options_update(const JetstreamFilter& filter);

// The target of the second version. `begin`: a sequence number, or microseconds, which the server
// tells apart by their size. `dictionary`: 0: not packed.
std::string subscribe_events_target(const JetstreamFilter& filter,
                                    std::optional<std::int64_t> begin, std::uint32_t dictionary);

// What a message says beside what the decoder reads from it.
struct JetstreamMessage {
  std::int64_t time = 0;      // microseconds; 0: it has none
  std::int64_t sequence = 0;  // 0: it has none
  std::string notice;         // the name of an #info of the second version
  std::string error;          // the name of an error, behind which the stream ends
};
JetstreamMessage read_message(simdjson::dom::parser& parser, const std::string& message);

}  // namespace passaparola::connect
