// A server's rules on disk: read as one set, and replaced as one set, so that whenever the machine
// stops the folder holds either all of the old rules or all of the new ones.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "core/result.h"
#include "match/match.h"

namespace passaparola::pipeline {

// Rule files and what they compiled to. The names of the files are relative to their folder, with
// '/', in the order of their paths.
struct RuleSet {
  std::vector<match::RuleFile> files;
  std::shared_ptr<const match::Ruleset> rules;
};

// The set in `path`, a folder or one file. Diagnostics name files by their whole path. Errors: what
// Ruleset::read and Ruleset::compile say. `said` and `earlier` as of Ruleset::compile.
Result<RuleSet> load_rule_set(const std::filesystem::path& path,
                              const match::PatternCompiler& compiler = {},
                              std::vector<match::Diagnostic>* said = nullptr,
                              const match::Ruleset* earlier = nullptr);

// Names files as the folder `path` would (or the one file `path`), and brings them into its order.
// Errors: invalid_argument for no or too many files, a name that leaves the folder, does not end in
// ".rules", is there twice or has other characters than letters, digits, '.', '_', '-' and '/'.
Result<std::vector<match::RuleFile>> as_set_of(const std::filesystem::path& path,
                                               std::vector<match::RuleFile> files);

// Puts `files` (as as_set_of() gave them) in the place of all rule files of `path`. Whatever else
// lies in the folder stays. The folder as it was is kept beside it as "NAME.previous". Durable when
// it returns. Errors: io, no_space; the rules on disk are then the old ones.
Result<void> replace_rule_files(const std::filesystem::path& path,
                                std::span<const match::RuleFile> files);

}  // namespace passaparola::pipeline
