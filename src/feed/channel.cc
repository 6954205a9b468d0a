#include "feed/channel.h"

#include <algorithm>
#include <array>

namespace passaparola::feed {
namespace {

using std::string_view_literals::operator""sv;
constexpr std::array kNames{"mentions"sv, "stats"sv, "alerts"sv, "changes"sv};
static_assert(kNames.size() == kChannelCount);

}  // namespace

std::string_view name_of(Channel channel) { return kNames[static_cast<std::size_t>(channel)]; }

std::optional<Channel> parse_channel(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Channel>(found - kNames.begin());
}

}  // namespace passaparola::feed
