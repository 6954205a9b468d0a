// The house rules, checked over the text of the sources.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace passaparola::tidy {

inline constexpr std::size_t kMaxColumns = 100;  // code points
inline constexpr std::size_t kMaxFunctionLines = 70;
inline constexpr std::size_t kMaxFileLines = 500;

struct Violation {
  std::string file;      // relative to the root, with slashes
  std::size_t line = 0;  // 1-based
  std::string message;
  bool operator==(const Violation&) const = default;
};

// "src/core/fold.cc:12: the line has 104 columns, at most 100"
std::string to_text(const Violation& violation);

// One file. `path` is relative to the root ("src/match/scan.cc"): where a file lies decides which
// rules hold. Pure.
std::vector<Violation> check_file(std::string_view path, std::string_view text);

struct Report {
  std::size_t files = 0;
  std::vector<Violation> violations;  // by file, then line
};

// Every file of ours under src, tests, bench, tools, rules and cmake. Throws
// std::filesystem::filesystem_error when a folder cannot be read.
Report check_tree(const std::filesystem::path& root);

}  // namespace passaparola::tidy
