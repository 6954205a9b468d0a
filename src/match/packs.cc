#include "match/packs.h"

#include <algorithm>
#include <array>

#include "match/lexer.h"
#include "match/shipped_packs.h"

namespace passaparola::match {
namespace {

struct Shipped {
  std::string_view path;
  std::string_view (*text)();
};

constexpr std::array kShipped{Shipped{"packs/disclosure", pack_disclosure},
                              Shipped{"packs/exclusions", pack_exclusions}};

// The paths behind every "import" that begins a line. The parser says what is wrong with them.
std::vector<std::string> imports_of(const RuleFile& file) {
  std::vector<std::string> paths;
  constexpr std::string_view kImport = "import";
  const std::string_view text = file.text;
  std::size_t line_end = 0;
  for (std::size_t at = 0; line_end < text.size(); at = line_end + 1) {
    line_end = std::min(text.find('\n', at), text.size());
    if (!text.substr(at).starts_with(kImport)) continue;
    const std::size_t begin = text.find_first_not_of(" \t", at + kImport.size());
    if (begin == std::string_view::npos || text[begin] != '"') continue;
    const std::size_t end = text.find_first_of("\"\n", begin + 1);
    if (end == std::string_view::npos || text[end] != '"') continue;
    paths.emplace_back(text.substr(begin + 1, end - begin - 1));
  }
  return paths;
}

}  // namespace

bool is_named(std::string_view file, std::string_view path) {
  constexpr std::string_view kExtension = ".rules";
  if (file.ends_with(kExtension)) file.remove_suffix(kExtension.size());
  if (path.empty() || !file.ends_with(path)) return false;
  return file.size() == path.size() || file[file.size() - path.size() - 1] == '/';
}

std::vector<RuleFile> with_imports(std::span<const RuleFile> files) {
  std::vector<RuleFile> all(files.begin(), files.end());
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const std::string& path : imports_of(all[i])) {
      const bool known = std::any_of(
          all.begin(), all.end(), [&](const RuleFile& file) { return is_named(file.name, path); });
      if (known) continue;
      for (const Shipped& pack : kShipped) {
        if (!is_named(pack.path, path)) continue;
        all.push_back({std::string(pack.path) + ".rules", std::string(pack.text())});
        break;
      }
    }
  }
  return all;
}

std::vector<std::string> shipped_packs() {
  std::vector<std::string> paths;
  for (const Shipped& pack : kShipped) paths.emplace_back(pack.path);
  return paths;
}

}  // namespace passaparola::match
