// Packs: rule files that others import, by path and version. Some ship with the program.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "match/match.h"

namespace passaparola::match {

// The files, and behind them the shipped packs that they (or packs among them) import and that are
// not there: `import "packs/exclusions" @1` finds a file whose path ends with that name first.
std::vector<RuleFile> with_imports(std::span<const RuleFile> files);

// Whether a file of that name is what `import "path"` means.
bool is_named(std::string_view file, std::string_view path);

std::vector<std::string> shipped_packs();  // their paths, for messages

}  // namespace passaparola::match
