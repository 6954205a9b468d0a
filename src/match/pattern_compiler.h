// Makes the databases of a set of rules: from the cache, else in a process of its own with limits
// of time and memory, else (for library users who name no program) in this process.
#pragma once

#include <vector>

#include "core/result.h"
#include "match/hyperscan_database.h"
#include "match/match.h"

namespace passaparola::match {

// Hyperscan's databases for `patterns`, whose ids differ from each other. Whatever Hyperscan does
// not take, or not within kMaxPatternCompileMs and kMaxPatternCompileBytes, or not within
// kMaxPatternSetCompileMs together with the rest, is in `refused`: RE2 alone looks for it, which
// finds the same and takes longer. Errors: io (the program cannot be started or answers nonsense).
Result<PatternDatabases> compile_patterns(const PatternCompiler& compiler,
                                          std::vector<SoughtPattern> patterns);

}  // namespace passaparola::match
