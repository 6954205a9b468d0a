#include "app/process.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "core/limits.h"

namespace passaparola::app {
namespace {

constexpr std::size_t kForTheStore = 768;  // its files, sources, and what is open for a moment

}  // namespace

void keep_private() {
  ::umask(0077);
  if (std::getenv("PASSAPAROLA_CORE_DUMPS") != nullptr) return;
  constexpr rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

std::size_t connections_within_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kMaxConnections;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t most = limit.rlim_cur == RLIM_INFINITY ? SIZE_MAX : limit.rlim_cur;
  const std::size_t kept = std::min(kForTheStore, most / 2);
  return std::min(kMaxConnections, most - kept);
}

}  // namespace passaparola::app
