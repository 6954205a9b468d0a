// What messages say (docs/FEED_PROTOCOL.md, "Deliveries"). Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "deliver/deliver.h"

namespace passaparola::deliver {

std::string mention_json(const Mention& mention, std::uint32_t store);

// {"type":"mentions","delivery":…,"items":[…],"cursor":…}
std::string mentions_body(std::string_view delivery, std::span<const store::StoredMention> mentions,
                          std::uint32_t store, std::uint64_t to);
// The bytes that stand around the items, at most, and between two of them.
inline constexpr std::size_t kBytesAroundItems = 256;

// {"type":"alert","delivery":…,"alert":{…}}
std::string alert_body(std::string_view delivery, std::string_view alert_json);

}  // namespace passaparola::deliver
