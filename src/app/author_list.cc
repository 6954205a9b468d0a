#include "app/author_list.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <string_view>

#include "core/limits.h"
#include "feed/erasures.h"

namespace passaparola::app {
namespace {

Result<store::AuthorId> author_in(std::string_view line) {
  if (line.starts_with('{')) return feed::read_author(line);
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos || line.find('\t', tab + 1) != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument,
                R"(a line is a source, a tab and an id, or {"source":"…","id":"…"})");
  }
  store::AuthorId author{std::string(line.substr(0, tab)), std::string(line.substr(tab + 1))};
  const auto checked = feed::check_author(author);
  if (!checked) return checked.error();
  return author;
}

// A mark at the begin of a file that some editors leave would be taken for a part of the source.
std::string_view trimmed(std::string_view line, bool is_first) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (is_first && line.starts_with(mark)) line.remove_prefix(mark.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Result<std::vector<store::AuthorId>> read_from(std::istream& in, const std::string& name) {
  std::vector<store::AuthorId> authors;
  std::string bytes;
  for (std::size_t number = 1; std::getline(in, bytes); ++number) {
    const std::string_view line = trimmed(bytes, number == 1);
    if (line.empty()) continue;
    auto author = author_in(line);
    if (!author) {
      return fail(ErrorCode::invalid_file, fmt::format("{}:{}: {}; nobody was erased", name, number,
                                                       author.error().message));
    }
    authors.push_back(*std::move(author));
  }
  // Half a list would look like a whole one.
  if (in.bad()) return fail(ErrorCode::io, fmt::format("{}: reading failed", name));
  return authors;
}

}  // namespace

Result<std::vector<store::AuthorId>> read_author_list(const std::string& path) {
  if (path == "-") return read_from(std::cin, "standard input");
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::io, fmt::format("{}: cannot be opened", path));
  return read_from(file, path);
}

}  // namespace passaparola::app
