#include "pipeline/rule_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "core/limits.h"

namespace passaparola::pipeline {
namespace {

namespace fs = std::filesystem;
using match::RuleFile;

Error failed(const fs::path& path, int error) {
  const ErrorCode code = error == ENOSPC || error == EDQUOT ? ErrorCode::no_space : ErrorCode::io;
  return fail(code, fmt::format("{}: {}", path.string(), std::strerror(error)));
}

Error failed(const fs::path& path, const std::error_code& error) {
  return failed(path, error.value());
}

// Makes what a file holds, or which names a folder holds, survive a power cut.
Result<void> sync(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed(path, errno);
  const int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  // Some file systems cannot sync a folder, and need not.
  if (error != 0 && error != EINVAL) return failed(path, error);
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return failed(path, errno);
  int error = 0;
  while (error == 0 && !text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (error == 0 && ::fsync(file) != 0) error = errno;
  if (::close(file) != 0 && error == 0) error = errno;
  if (error != 0) return failed(path, error);
  return {};
}

bool is_rule_file(const fs::directory_entry& entry) { return entry.path().extension() == ".rules"; }

// Lexicons and notes may lie among the rules: the new folder has them too.
Result<void> keep_others(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::recursive_directory_iterator entry(from, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const fs::path target = to / entry->path().lexically_relative(from);
    if (entry->is_symlink()) {
      if (!is_rule_file(*entry)) fs::copy_symlink(entry->path(), target, error);
    } else if (entry->is_directory()) {
      fs::create_directory(target, entry->path(), error);
    } else if (entry->is_regular_file() && !is_rule_file(*entry)) {
      std::error_code cannot_link;
      fs::create_hard_link(entry->path(), target, cannot_link);
      if (cannot_link) fs::copy_file(entry->path(), target, error);
    }
    if (error) return failed(target, error);
  }
  if (error) return failed(from, error);
  return {};
}

// A folder in which nothing is left but folders says nothing to anybody.
void remove_empty_folders(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory() && !entry->is_symlink()) folders.push_back(entry->path());
  }
  std::for_each(folders.rbegin(), folders.rend(), [](const fs::path& inner) {
    ::rmdir(inner.c_str());  // refused when something is in it
  });
}

Result<void> sync_folders(const fs::path& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->is_directory() || entry->is_symlink()) continue;
    if (auto synced = sync(entry->path()); !synced) return synced;
  }
  if (error) return failed(folder, error);
  return sync(folder);
}

// Whether the file at `path` is a plain one that holds just `text`.
bool holds_text(const fs::path& path, std::string_view text) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(path, error))) return false;
  if (fs::file_size(path, error) != text.size() || error) return false;
  std::ifstream in(path, std::ios::binary);
  std::string held(text.size(), '\0');
  in.read(held.data(), static_cast<std::streamsize>(held.size()));
  return in && held == text;
}

Result<void> make_folder(const fs::path& old, const fs::path& next,
                         std::span<const RuleFile> files) {
  std::error_code error;
  fs::create_directory(next, old, error);  // with the rights of the old one
  if (error) return failed(next, error);
  if (auto kept = keep_others(old, next); !kept) return kept;
  for (const RuleFile& file : files) {
    const fs::path path = next / file.name;
    fs::create_directories(path.parent_path(), error);
    if (error) return failed(path, error);
    // What did not change is on disk already: another name for it costs no wait for the disk.
    const fs::path known = old / file.name;
    if (holds_text(known, file.text)) {
      std::error_code cannot_link;
      fs::create_hard_link(known, path, cannot_link);
      if (!cannot_link) continue;
    }
    if (auto written = write_file(path, file.text); !written) return written;
  }
  remove_empty_folders(next);
  return sync_folders(next);
}

// `next` takes the place of `path` in one step, and `path` that of `next`.
Result<void> exchange(const fs::path& path, const fs::path& next, const fs::path& previous) {
  if (::renameat2(AT_FDCWD, next.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return failed(path, errno);
  // A file system without exchange: two steps, between which the rules are in `previous`.
  std::error_code ignored;
  fs::remove_all(previous, ignored);
  if (::rename(path.c_str(), previous.c_str()) != 0) return failed(path, errno);
  if (::rename(next.c_str(), path.c_str()) == 0) return {};
  const int error = errno;
  ::rename(previous.c_str(), path.c_str());
  return failed(path, error);
}

bool is_good_name(std::string_view name) {
  if (name.size() > kMaxRuleFileNameBytes || !name.ends_with(".rules")) return false;
  while (!name.empty()) {
    const auto slash = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, slash);
    const bool plain = std::all_of(part.begin(), part.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '.' || c == '_' || c == '-';
    });
    if (!plain || part.empty() || part.front() == '.') return false;
    if (slash + 1 == name.size()) return false;
    name.remove_prefix(std::min(slash + 1, name.size()));
  }
  return true;
}

}  // namespace

Result<RuleSet> load_rule_set(const fs::path& path, const match::PatternCompiler& compiler,
                              std::vector<match::Diagnostic>* said, const match::Ruleset* earlier) {
  auto files = match::Ruleset::read(path);
  if (!files) return files.error();
  auto rules = match::Ruleset::compile(*files, compiler, said, earlier);
  if (!rules) return rules.error();
  std::error_code error;
  const bool is_folder = fs::is_directory(path, error);
  for (RuleFile& file : *files) {
    const fs::path name(file.name);
    file.name = (is_folder ? name.lexically_relative(path) : name.filename()).generic_string();
  }
  return RuleSet{*std::move(files), *std::move(rules)};
}

Result<std::vector<RuleFile>> as_set_of(const fs::path& path, std::vector<RuleFile> files) {
  if (files.empty()) return fail(ErrorCode::invalid_argument, "a set of rules has a file");
  if (files.size() > kMaxRuleFiles) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("a set of rules has at most {} files", kMaxRuleFiles));
  }
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (files.size() != 1) {
      return fail(ErrorCode::invalid_argument,
                  "this server's rules are one file and not a folder: send one file");
    }
    files.front().name = path.filename().string();
    return files;
  }
  for (const RuleFile& file : files) {
    if (is_good_name(file.name)) continue;
    return fail(ErrorCode::invalid_argument,
                "a file's name ends in .rules, has only letters, digits, '.', '_', '-' and '/', "
                "and stays inside of the folder");
  }
  std::sort(files.begin(), files.end(), [](const RuleFile& a, const RuleFile& b) {
    return fs::path(a.name) < fs::path(b.name);
  });
  const auto same = [](const RuleFile& a, const RuleFile& b) { return a.name == b.name; };
  if (std::adjacent_find(files.begin(), files.end(), same) != files.end()) {
    return fail(ErrorCode::invalid_argument, "two files have the same name");
  }
  return files;
}

Result<void> replace_rule_files(const fs::path& path, std::span<const RuleFile> files) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);  // a link stays a link
  if (error) return failed(path, error);
  fs::path next = real;
  next += ".next";
  fs::path previous = real;
  previous += ".previous";
  fs::remove_all(next, error);  // of a run that was cut short
  if (error) return failed(next, error);
  const bool is_folder = fs::is_directory(real, error);
  auto made = is_folder ? make_folder(real, next, files) : write_file(next, files.front().text);
  if (made) made = exchange(real, next, previous);
  if (!made) {
    fs::remove_all(next, error);
    return made;
  }
  if (auto synced = sync(real.parent_path()); !synced) return synced;
  if (fs::exists(next, error)) {  // what was there, by the exchange
    fs::remove_all(previous, error);
    fs::rename(next, previous, error);
  }
  return {};
}

}  // namespace passaparola::pipeline
