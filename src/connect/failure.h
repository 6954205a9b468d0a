// Why a source cannot be read right now, as far as it decides what is done next.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace passaparola::connect {

enum class Trouble : std::uint8_t {
  unreachable,   // no address, no connection, or it broke
  forbidden,     // an address that sources may not reach
  certificate,   // the other side cannot prove who it is
  closed,        // it ended in good order
  silent,        // nothing came for longer than it should
  rate_limited,  // too many requests, or connections that it believes open
  server,        // it is not well: 5xx
  unauthorised,  // it wants another key, or none of ours will do: 401, 403
  refused,       // it does not want the request: other 4xx
  cursor_gone,   // it does not have what comes after our cursor any more
  protocol,      // what it says is not what its protocol says
};
inline constexpr std::size_t kTroubleCount = 11;
std::string_view name_of(Trouble trouble);  // in /sources and metrics: do not rename

struct Failure {
  Trouble trouble = Trouble::unreachable;
  std::string message;  // one line for a person; never with a secret or the text of a post
  std::optional<std::chrono::milliseconds> retry_after;  // what the other side asks for
};

[[noreturn]] inline void throw_exception_from_error(const Failure& failure,
                                                    const boost::source_location&) {
  throw std::logic_error(failure.message);
}

template <typename T>
using Reached = boost::system::result<T, Failure>;

}  // namespace passaparola::connect
