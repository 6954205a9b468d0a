// CHECK: a promise of our own code that does not hold stops the process with the place and a
// reason. Bad input never reaches a CHECK; it is an Error (core/result.h).
#pragma once

namespace passaparola {
[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               const char* reason) noexcept;
}

#define CHECK(condition, reason)                                             \
  do {                                                                       \
    if (!(condition)) [[unlikely]]                                           \
      ::passaparola::check_failed(__FILE__, __LINE__, #condition, (reason)); \
  } while (false)
