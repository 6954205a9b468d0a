#include "match/pattern_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <vector>

#include "core/hash.h"
#include "core/limits.h"
#include "match/descriptor.h"
#include "match/sealed.h"

namespace passaparola::match {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".patterns";
constexpr std::string_view kUnfinishedEnding = ".unfinished";
constexpr std::chrono::hours kUnfinishedAge{1};  // then its writer is surely gone

// A regular file of ours that nobody else can write.
bool is_own(int file) {
  struct stat status {};
  return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::optional<std::string> read_own(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file || !is_own(file.get())) return std::nullopt;
  std::string bytes;
  if (!read_all(file.get(), kMaxPatternDatabaseBytes, bytes)) return std::nullopt;
  ::futimens(file.get(), nullptr);  // used now
  return bytes;
}

}  // namespace

const std::size_t PatternCache::kDefaultMostBytes = kMaxPatternCacheBytes;

PatternCache::PatternCache(fs::path folder, std::size_t most_bytes)
    : folder_(std::move(folder)), most_bytes_(most_bytes) {
  if (folder_.empty()) return;
  std::error_code ignored;
  if (folder_.has_parent_path()) fs::create_directories(folder_.parent_path(), ignored);
  ::mkdir(folder_.c_str(), 0700);
}

fs::path PatternCache::path_of(std::string_view key) const {
  return folder_ / (std::string(key) + std::string(kEnding));
}

std::optional<std::string> PatternCache::find(std::string_view key) const {
  if (folder_.empty()) return std::nullopt;
  const std::optional<std::string> sealed = read_own(path_of(key));
  if (!sealed) return std::nullopt;
  const Result<std::string_view> payload = unseal(key, *sealed);
  if (!payload) return std::nullopt;
  return std::string(*payload);
}

void PatternCache::keep(std::string_view key, std::string_view payload) const {
  if (folder_.empty() || payload.size() > most_bytes_) return;
  const HashKey random = random_key();
  const std::string name = to_hex({reinterpret_cast<const char*>(random.data()), random.size()});
  const fs::path unfinished = folder_ / (name + std::string(kUnfinishedEnding));
  {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const Descriptor file(::open(unfinished.c_str(), kFlags, 0600));
    if (!file) return;
    if (!write_all(file.get(), seal(key, payload)) || ::fsync(file.get()) != 0) {
      ::unlink(unfinished.c_str());
      return;
    }
  }
  if (::rename(unfinished.c_str(), path_of(key).c_str()) != 0) {
    ::unlink(unfinished.c_str());
    return;
  }
  const Descriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) ::fsync(folder.get());
  trim();
}

void PatternCache::trim() const {
  struct Kept {
    fs::file_time_type used;
    std::size_t size;
    fs::path path;
  };
  std::vector<Kept> kept;
  std::size_t bytes = 0;
  std::error_code error;
  const auto long_ago = fs::file_time_type::clock::now() - kUnfinishedAge;
  fs::directory_iterator entry(folder_, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code gone;
    const fs::path& path = entry->path();
    const auto used = entry->last_write_time(gone);
    if (gone) continue;
    if (path.extension() == kUnfinishedEnding && used < long_ago) fs::remove(path, gone);
    if (path.extension() != kEnding) continue;
    const auto size = entry->file_size(gone);
    if (gone) continue;
    bytes += size;
    kept.push_back({used, size, path});
  }
  std::sort(kept.begin(), kept.end(), [](const Kept& a, const Kept& b) {
    return a.used != b.used ? a.used < b.used : a.path < b.path;
  });
  for (const Kept& oldest : kept) {
    if (bytes <= most_bytes_) return;
    std::error_code gone;
    fs::remove(oldest.path, gone);
    bytes -= oldest.size;
  }
}

}  // namespace passaparola::match
