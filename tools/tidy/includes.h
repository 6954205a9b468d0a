// Who may include whom: docs/ARCHITECTURE.md as a table.
#pragma once

#include <string>
#include <string_view>

namespace passaparola::tidy {

// What is wrong with this line as an include of the file at `path` (relative to the root); empty
// when it is none or allowed. Only files under src/ are bound.
std::string objection_to_include(std::string_view path, std::string_view line);

}  // namespace passaparola::tidy
