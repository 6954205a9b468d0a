// Files and folders: exports that somebody puts there, and logs that grow. A file of lines is
// followed as it grows; a document is read whole, again when it has changed. Files are never
// changed or moved.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "connect/file_place.h"
#include "connect/settings.h"
#include "connect/source.h"
#include "core/hash.h"
#include "core/limits.h"
#include "core/terminal.h"

namespace passaparola::connect {
namespace {

namespace fs = std::filesystem;
using boost::asio::awaitable;

constexpr std::size_t kHeadBytes = 256;
constexpr std::size_t kMostFiles = 500;
constexpr std::size_t kPlaceBytes = 110;  // of one file in the cursor, at most
static_assert(kMostFiles * kPlaceBytes <= kMaxCursorBytes);

Failure cannot(std::string_view verb, const std::string& path) {
  return {Trouble::unreachable,
          fmt::format("cannot {} {}: {}", verb, terminal_safe(path), std::strerror(errno)),
          {}};
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor_ >= 0 && ::fstat(descriptor_, &status_) != 0) status_ = {};
  }
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  bool is_regular() const { return S_ISREG(status_.st_mode); }
  std::string name() const { return fmt::format("{}:{}", status_.st_dev, status_.st_ino); }
  std::uint64_t size() const { return static_cast<std::uint64_t>(status_.st_size); }
  std::int64_t modified() const {
    return status_.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status_.st_mtim.tv_nsec;
  }

  // Fewer bytes than asked for at the end; nullopt: it cannot be read.
  std::optional<std::string> read(std::uint64_t from, std::size_t count) const {
    std::string bytes(count, '\0');
    std::size_t got = 0;
    while (got < count) {
      const ssize_t some =
          ::pread(descriptor_, bytes.data() + got, count - got, static_cast<off_t>(from + got));
      if (some < 0 && errno == EINTR) continue;
      if (some < 0) return std::nullopt;
      if (some == 0) break;
      got += static_cast<std::size_t>(some);
    }
    bytes.resize(got);
    return bytes;
  }

 private:
  const int descriptor_;
  struct stat status_ {};
};

std::string head_of(std::string_view head) { return content_hash_hex(head).substr(0, 16); }

class FilesSource : public Source {
 public:
  FilesSource(std::vector<std::string> paths, ingest::Format format, std::chrono::seconds interval)
      : paths_(std::move(paths)), format_(format), interval_(interval) {}

  ingest::Format format() const override { return format_; }

  awaitable<Failure> run(Run& run) override {
    while (true) {
      places_ = parse_file_places(run.cursor());
      const auto files = list();
      if (!files) co_return files.error();
      run.reading(paths_.front());
      FilePlaces there;
      for (const std::string& file : *files) {
        const auto failed = co_await look(run, file, there);
        if (failed) co_return *failed;
      }
      if (there.size() < places_.size()) co_await forget_others(run, there);
      co_await run.sleep(interval_);
    }
  }

 private:
  // Every file below the paths, in order; those that are being written under another name and
  // hidden ones are none.
  Reached<std::vector<std::string>> list() const {
    std::vector<std::string> files;
    for (const std::string& path : paths_) {
      std::error_code error;
      if (!fs::is_directory(path, error)) {
        files.push_back(path);
        continue;
      }
      for (fs::recursive_directory_iterator it(path, error), end; !error && it != end;
           it.increment(error)) {
        const std::string name = it->path().filename();
        if (name.starts_with('.')) {
          if (it->is_directory(error)) it.disable_recursion_pending();
          continue;
        }
        const bool is_unfinished =
            name.ends_with(".tmp") || name.ends_with(".part") || name.ends_with('~');
        if (!is_unfinished && it->is_regular_file(error)) files.push_back(it->path());
      }
      if (error) {
        errno = error.value();
        return cannot("list", path);
      }
    }
    std::sort(files.begin(), files.end());
    if (files.size() <= kMostFiles) return files;
    return Failure{Trouble::refused,
                   fmt::format("{} has more than {} files: move away those that are read",
                               terminal_safe(paths_.front()), kMostFiles),
                   {}};
  }

  // Reads what is new of one file.
  awaitable<std::optional<Failure>> look(Run& run, const std::string& path, FilePlaces& there) {
    const OpenFile file(path);
    if (!file.is_open()) {
      // It may have gone since it was listed.
      if (errno == ENOENT && paths_.front() != path) co_return std::nullopt;
      co_return cannot("open", path);
    }
    if (!file.is_regular()) co_return std::nullopt;
    const std::string name = file.name();
    FilePlace place = places_[name];
    const auto head = file.read(0, kHeadBytes);
    if (!head) co_return cannot("read", path);
    const std::size_t known = std::min<std::uint64_t>(place.read, kHeadBytes);
    const bool is_other = place.read > file.size() || head->size() < known ||
                          (known > 0 && place.head != head_of(head->substr(0, known)));
    if (is_other) place = {};
    const auto failed = co_await read_new(run, path, file, place);
    there[name] = places_[name];
    co_return failed;
  }

  awaitable<std::optional<Failure>> read_new(Run& run, const std::string& path,
                                             const OpenFile& file, FilePlace place) {
    // What has not changed between two looks is finished: its last line, too, and a document.
    const std::int64_t before = std::exchange(seen_[file.name()], file.modified());
    const bool is_finished = before == file.modified();
    const auto beginning = file.read(0, kChunkBytes);
    if (!beginning) co_return cannot("read", path);
    const ingest::Format format =
        format_ == ingest::Format::autodetect ? ingest::detect(*beginning) : format_;
    if (ingest::is_document(format, *beginning)) {
      if (!is_finished || place.modified == file.modified()) co_return std::nullopt;
      co_return co_await read_document(run, path, file);
    }
    while (place.read < file.size()) {
      auto bytes = file.read(place.read, kChunkBytes);
      if (!bytes) co_return cannot("read", path);
      if (bytes->empty()) break;
      std::size_t whole = ingest::whole_records(format, *bytes);
      const bool is_last = place.read + bytes->size() >= file.size();
      if (whole == 0 && is_last && is_finished) whole = bytes->size();
      if (whole == 0 && bytes->size() < kChunkBytes) break;  // its end is still to come
      // Of a record that is too long what is here is refused, and the rest of it, as records.
      if (whole == 0) whole = bytes->size();
      bytes->resize(whole);
      place.read += whole;
      co_await hand_over(run, file, place, *std::move(bytes));
    }
    co_return std::nullopt;
  }

  awaitable<std::optional<Failure>> read_document(Run& run, const std::string& path,
                                                  const OpenFile& file) {
    auto bytes = file.read(0, kMaxDocumentBytes + 1);
    if (!bytes) co_return cannot("read", path);
    FilePlace place;
    place.read = bytes->size();
    place.modified = file.modified();
    const bool is_too_large = bytes->size() > kMaxDocumentBytes;
    if (is_too_large) bytes->clear();
    co_await hand_over(run, file, place, *std::move(bytes));
    if (!is_too_large) co_return std::nullopt;
    co_return Failure{Trouble::protocol,
                      fmt::format("{} has more than {} bytes and is left out: divide it",
                                  terminal_safe(path), kMaxDocumentBytes),
                      {}};
  }

  awaitable<void> hand_over(Run& run, const OpenFile& file, FilePlace place, std::string bytes) {
    const auto head = file.read(0, std::min<std::uint64_t>(place.read, kHeadBytes));
    place.head = head_of(head.value_or(""));
    places_[file.name()] = place;
    Delivery delivery;
    delivery.format = format_;
    delivery.bytes = std::move(bytes);
    delivery.cursor = to_cursor(places_);
    co_await run.deliver(std::move(delivery));
  }

  // Of the cursor, what is no file any more.
  awaitable<void> forget_others(Run& run, const FilePlaces& there) {
    std::erase_if(places_, [&](const auto& place) { return !there.contains(place.first); });
    std::erase_if(seen_, [&](const auto& seen) { return !there.contains(seen.first); });
    Delivery cursor;  // of no records
    cursor.format = format_;
    cursor.cursor = to_cursor(places_);
    co_await run.deliver(std::move(cursor));
  }

  const std::vector<std::string> paths_;
  const ingest::Format format_;
  const std::chrono::seconds interval_;
  FilePlaces places_;
  std::map<std::string, std::int64_t> seen_;  // when each file was changed, by the last look
};

}  // namespace

Result<std::unique_ptr<Source>> make_files(const SourceConfig& config) {
  SourceSettings settings(config);
  auto paths = settings.list("path", {});
  if (paths.empty()) settings.wrong("path", "is missing");
  const auto format = settings.format();
  const auto interval = settings.number("interval_seconds", 5, 1, 86'400);
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return std::unique_ptr<Source>(
      std::make_unique<FilesSource>(std::move(paths), format, std::chrono::seconds(interval)));
}

}  // namespace passaparola::connect
