// Deliveries as JSON, for GET /deliveries (docs/FEED_PROTOCOL.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "deliver/deliver.h"
#include "feed/feed.h"

namespace passaparola::app {

// `store`: its id, which makes cursors. `deliveries` outlive what is given.
feed::Deliveries answers_of(deliver::Deliveries& deliveries, std::uint32_t store);

}  // namespace passaparola::app
