#include "tidy/house_rules.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <regex>

#include "tidy/includes.h"
#include "tidy/source_text.h"

namespace passaparola::tidy {
namespace {

// Written in halves, so that this file does not break its own rules.
const std::regex& unfinished_marks() {
  static const std::regex kMarks(std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X|GTEST_" +
                                 "SKIP)\\b|\\bDIS" + "ABLED_");
  return kMarks;
}

const std::regex& machine_paths() {
  static const std::regex kPaths(std::string("(^|[\\s\"'(=<])/(ho") + "me|wo" + "rk|ro" + "ot|Us" +
                                 "ers|m" + "nt)/");
  return kPaths;
}

std::size_t code_points(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool ends_with_any(std::string_view path, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [path](std::string_view ending) { return path.ends_with(ending); });
}

bool is_code(std::string_view path) { return ends_with_any(path, {".h", ".cc"}); }

bool is_checked(std::string_view path) {
  return is_code(path) || ends_with_any(path, {".cmake", "CMakeLists.txt", ".rules", ".h.in"});
}

class FileCheck {
 public:
  FileCheck(std::string_view path, std::string_view text)
      : path_(path), text_(text), lines_(lines_of(text)) {}

  std::vector<Violation> run() {
    check_lines();
    if (is_code(path_)) check_code();
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Violation& a, const Violation& b) { return a.line < b.line; });
    return std::move(found_);
  }

 private:
  void add(std::size_t line, std::string message) {
    found_.push_back({std::string(path_), line, std::move(message)});
  }

  void check_lines() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::string_view line = lines_[i];
      if (line.find('\t') != std::string_view::npos) add(i + 1, "a tab; indent with spaces");
      if (!line.empty() && (line.back() == ' ' || line.back() == '\r'))
        add(i + 1, "space at the end of the line");
      if (std::regex_search(line.begin(), line.end(), unfinished_marks()))
        add(i + 1, "a mark of unfinished work or a disabled test");
      if (std::regex_search(line.begin(), line.end(), machine_paths()))
        add(i + 1, "an absolute path of one machine");
    }
    if (!text_.empty() && text_.back() != '\n') add(lines_.size(), "no newline at the end");
  }

  void check_code() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::size_t columns = code_points(lines_[i]);
      if (columns > kMaxColumns)
        add(i + 1, "the line has " + std::to_string(columns) + " columns, at most " +
                       std::to_string(kMaxColumns));
    }
    if (lines_.size() > kMaxFileLines)
      add(kMaxFileLines + 1, "the file has " + std::to_string(lines_.size()) + " lines, at most " +
                                 std::to_string(kMaxFileLines));
    const std::string code = code_only(text_);
    for (const Function& function : functions_of(code)) {
      if (function.length > kMaxFunctionLines)
        add(function.line, "the function has " + std::to_string(function.length) +
                               " lines, at most " + std::to_string(kMaxFunctionLines));
    }
    if (path_.ends_with(".h")) check_header(code);
    check_namespaces(code);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::string objection = objection_to_include(path_, lines_[i]);
      if (!objection.empty()) add(i + 1, objection);
    }
  }

  void check_header(const std::string& code) {
    if (text_.find("#pragma once") == std::string_view::npos) add(1, "no #pragma once");
    static const std::regex kUsing(R"(\busing\s+namespace\b)");
    const std::vector<std::string_view> lines = lines_of(code);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (std::regex_search(lines[i].begin(), lines[i].end(), kUsing))
        add(i + 1, "using namespace in a header");
    }
  }

  // The product's name is written out. Forward declarations may open a library's namespace.
  void check_namespaces(const std::string& code) {
    constexpr std::array<std::string_view, 8> kKnown = {"passaparola", "std",      "boost",  "re2",
                                                        "rocksdb",     "simdjson", "spdlog", ""};
    if (!path_.starts_with("src/") && !path_.starts_with("tools/")) return;
    for (const std::string& name : outer_namespaces(code)) {
      const std::string first = name.substr(0, name.find(':'));
      if (std::find(kKnown.begin(), kKnown.end(), first) == kKnown.end())
        add(1, "namespace " + name + " at file level; ours is passaparola, written out");
    }
  }

  std::string_view path_;
  std::string_view text_;
  std::vector<std::string_view> lines_;
  std::vector<Violation> found_;
};

}  // namespace

std::string to_text(const Violation& violation) {
  return violation.file + ":" + std::to_string(violation.line) + ": " + violation.message;
}

std::vector<Violation> check_file(std::string_view path, std::string_view text) {
  return FileCheck(path, text).run();
}

Report check_tree(const std::filesystem::path& root) {
  constexpr std::array<std::string_view, 6> kFolders = {"src",   "tests", "bench",
                                                        "tools", "rules", "cmake"};
  std::vector<std::filesystem::path> paths;
  for (const std::string_view folder : kFolders) {
    if (!std::filesystem::exists(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file() && is_checked(entry.path().generic_string()))
        paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  Report report;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (Violation& violation : check_file(path.lexically_relative(root).generic_string(), text))
      report.violations.push_back(std::move(violation));
    ++report.files;
  }
  return report;
}

}  // namespace passaparola::tidy
