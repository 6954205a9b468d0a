// The [[delivery]] tables of the configuration, and their secrets.
#pragma once

#include <toml++/toml.h>
#include <string>
#include <vector>

#include "app/config.h"
#include "core/result.h"
#include "deliver/deliver.h"
#include "feed/feed.h"

namespace passaparola::app {

// Every delivery, checked but for its secrets and its filter, so that commands that ask for
// something else of the configuration need not have them. `file` is named in errors, with the line,
// the delivery and the key. Errors: invalid_argument.
Result<std::vector<DeliveryConfig>> read_deliveries(const toml::table& root,
                                                    const std::string& file);

// The same with their secrets and filters, in that order. Errors, which never repeat a secret:
// invalid_argument, io.
Result<std::vector<deliver::Delivery>> load_deliveries(const std::vector<DeliveryConfig>& configs,
                                                       const feed::CompileFilter& compile);

}  // namespace passaparola::app
