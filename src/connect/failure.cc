#include "connect/failure.h"

#include <array>

namespace passaparola::connect {

std::string_view name_of(Trouble trouble) {
  constexpr std::array<std::string_view, kTroubleCount> kNames{
      "unreachable", "forbidden",    "certificate", "closed",      "silent",  "rate_limited",
      "server",      "unauthorised", "refused",     "cursor_gone", "protocol"};
  return kNames[static_cast<std::size_t>(trouble)];
}

}  // namespace passaparola::connect
