// The deliveries of a running server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "core/result.h"
#include "deliver/deliver.h"
#include "feed/feed.h"
#include "store/store.h"

namespace passaparola::app {

// Begins to deliver what `configs` say. `store` outlives them. Errors: those of load_deliveries()
// and deliver::Deliveries::start().
Result<std::unique_ptr<deliver::Deliveries>> start_deliveries(
    const std::vector<DeliveryConfig>& configs, const feed::CompileFilter& compile,
    store::Store& store);

std::string deliveries_metrics(const deliver::Deliveries& deliveries);  // Prometheus text

}  // namespace passaparola::app
