// Result<T>: a value or an Error, for operations that may fail for reasons outside our code.
// Carried up to the one place that has the policy; never used for bugs (core/check.h).
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace passaparola {

enum class ErrorCode {
  invalid_argument,  // the caller asked for something that makes no sense: exit 2, HTTP 400
  invalid_file,  // a rule, lexicon or configuration file says something that makes no sense: exit 1
  not_found,     // no such file, store, brand, author or mention
  in_use,        // the store belongs to another process, the address to another server
  corrupt,       // our own bytes are not what we wrote
  unsupported,   // a format version that this program does not know
  no_space,      // the disk is full or nearly so
  io,            // the operating system refused a read, a write or a socket
  overloaded,    // a bounded queue is full: try later
  cancelled,     // we are shutting down
};

// One line for a person, without a trailing full stop or newline.
struct Error {
  ErrorCode code = ErrorCode::io;
  std::string message;
};

// Found by boost::system::result when value() is called on an error: a bug in the caller.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw std::logic_error(error.message);
}

template <typename T>
using Result = boost::system::result<T, Error>;

inline Error fail(ErrorCode code, std::string message) { return Error{code, std::move(message)}; }

}  // namespace passaparola
