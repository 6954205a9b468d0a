#include "core/crash_point.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>

#include "core/check.h"

namespace passaparola {
namespace {

struct Wanted {
  std::string name;  // empty: none
  long passages = 1;
};

Wanted from_environment() {
  Wanted wanted;
  const char* value = std::getenv("PASSAPAROLA_CRASH_AT");
  if (value == nullptr) return wanted;
  wanted.name = value;
  const std::size_t colon = wanted.name.find(':');
  if (colon == std::string::npos) return wanted;
  wanted.passages = std::atol(wanted.name.c_str() + colon + 1);
  wanted.name.resize(colon);
  return wanted;
}

}  // namespace

void crash_point(std::string_view name) {
  static const Wanted wanted = from_environment();
  if (wanted.name.empty()) [[likely]]
    return;
  CHECK(std::find(kCrashPoints.begin(), kCrashPoints.end(), name) != kCrashPoints.end(),
        "a crash point is not in the list");
  static std::atomic<long> passages{0};
  if (wanted.name != name || passages.fetch_add(1) + 1 < wanted.passages) return;
  ::kill(::getpid(), SIGKILL);
  ::pause();
}

}  // namespace passaparola
