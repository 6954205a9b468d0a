// A C++ source as the house rules see it: its lines, and the same text with everything that is not
// code (comments, strings, characters) blanked out, so that braces can be counted.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace passaparola::tidy {

std::vector<std::string_view> lines_of(std::string_view text);

// `text` with comments and the inside of literals replaced by spaces. Same size, same newlines.
std::string code_only(std::string_view text);

struct Function {
  std::size_t line = 0;    // 1-based, of the opening brace
  std::size_t length = 0;  // lines from the opening to the closing brace
};

// Functions at file, namespace or class level, as a brace scanner sees them; `code` comes from
// code_only. A lambda or block inside belongs to the function around it.
std::vector<Function> functions_of(std::string_view code);

// Names of the namespaces that stand at file level; an unnamed one is empty.
std::vector<std::string> outer_namespaces(std::string_view code);

}  // namespace passaparola::tidy
