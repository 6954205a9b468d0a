// How a source, or whoever posts, may reach the world, from what its configuration says.
#pragma once

#include <string>

#include "connect/socket.h"
#include "core/result.h"

namespace passaparola::connect {

// `ca_file` and `proxy` may be empty. Errors: invalid_file (ca_file), invalid_argument (proxy).
Result<Reach> make_reach(const std::string& ca_file, const std::string& proxy, bool allow_private);

}  // namespace passaparola::connect
