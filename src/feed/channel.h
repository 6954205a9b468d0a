// The channels of a live subscription.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace passaparola::feed {

enum class Channel : std::uint8_t {
  mentions,  // the feed itself
  stats,     // how many there are, brand by brand; only the newest figures count
  alerts,    // a brand's warning level came or went
  changes,   // what became of mentions and people that a reader may have seen
};
inline constexpr std::size_t kChannelCount = 4;

std::string_view name_of(Channel channel);
std::optional<Channel> parse_channel(std::string_view name);

}  // namespace passaparola::feed
