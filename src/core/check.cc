#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace passaparola {

void check_failed(const char* file, int line, const char* condition, const char* reason) noexcept {
  std::fprintf(stderr, "passaparola: broken invariant at %s:%d: %s (%s)\n", file, line, condition,
               reason);
  std::abort();
}

}  // namespace passaparola
