// The [[source]] tables of the configuration.
#pragma once

#include <toml++/toml.h>
#include <string>
#include <vector>

#include "connect/connect.h"
#include "core/result.h"

namespace passaparola::app {

// Every source, checked, its secret read from where the table says. `file` is named in errors,
// with the line. Errors: invalid_argument, io.
Result<std::vector<connect::SourceConfig>> read_sources(const toml::table& root,
                                                        const std::string& file);

}  // namespace passaparola::app
