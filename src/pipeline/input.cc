#include "pipeline/input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/check.h"
#include "core/hash.h"
#include "core/limits.h"

namespace passaparola::pipeline {
namespace {

constexpr std::size_t kHeadBytes = 4 << 10;

Error cannot(std::string_view verb, const std::string& path) {
  const int error = errno;
  const auto code = error == ENOENT ? ErrorCode::not_found : ErrorCode::io;
  return fail(code, fmt::format("cannot {} {}: {}", verb, path, std::strerror(error)));
}

Result<Input> inspect(const std::string& path) {
  Input input{path, 0, 0, {}};
  if (path == "-") return input;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return cannot("open", path);
  struct stat status {};
  std::string head(kHeadBytes, '\0');
  const bool known = ::fstat(file, &status) == 0;
  const bool regular = known && S_ISREG(status.st_mode);
  if (regular) {
    const ssize_t got = ::pread(file, head.data(), head.size(), 0);
    head.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    input.size = static_cast<std::uint64_t>(status.st_size);
    input.head_hash = content_hash_hex(head);
  }
  ::close(file);
  return input;
}

}  // namespace

std::unique_ptr<Chunk> ChunkPool::take() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::make_unique<Chunk>();
  auto chunk = std::move(free_.back());
  free_.pop_back();
  return chunk;
}

void ChunkPool::give_back(std::unique_ptr<Chunk> chunk) {
  // A document's buffer may be sixteen times a chunk's: not worth keeping.
  if (chunk->buffer.size() > 2 * kChunkBytes) return;
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(chunk));
}

Result<std::vector<Input>> open_inputs(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (path == "-" || !fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    const std::size_t first = files.size();
    for (fs::recursive_directory_iterator it(path, error), end; !error && it != end;
         it.increment(error)) {
      if (it->is_regular_file(error)) files.push_back(it->path().string());
    }
    if (error) {
      return fail(ErrorCode::io, fmt::format("cannot list {}: {}", path, error.message()));
    }
    std::sort(files.begin() + static_cast<std::ptrdiff_t>(first), files.end());
  }
  std::vector<Input> inputs;
  for (const std::string& file : files) {
    auto input = inspect(file);
    if (!input) return input.error();
    inputs.push_back(std::move(*input));
  }
  return inputs;
}

ChunkReader::ChunkReader(std::vector<Input> inputs, ingest::Format format, ChunkPool& pool)
    : inputs_(std::move(inputs)), asked_(format), pool_(pool) {}

ChunkReader::~ChunkReader() {
  if (file_ > STDIN_FILENO) ::close(file_);
}

Result<bool> ChunkReader::open_next() {
  const Input& input = inputs_[current_];
  file_ = input.path == "-" ? STDIN_FILENO : ::open(input.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) return cannot("open", input.path);
  if (input.start > 0 && ::lseek(file_, static_cast<off_t>(input.start), SEEK_SET) < 0) {
    return cannot("seek in", input.path);
  }
  ::posix_fadvise(file_, 0, 0, POSIX_FADV_SEQUENTIAL);
  at_end_ = false;
  pending_size_ = 0;
  offset_ = input.start;
  if (auto filled = fill(kChunkBytes); !filled) return filled.error();
  const std::string_view head = pending();
  format_ = asked_ == ingest::Format::autodetect ? ingest::detect(head) : asked_;
  document_ = ingest::is_document(format_, head);
  return true;
}

std::string_view ChunkReader::pending() const { return {pending_->buffer.data(), pending_size_}; }

// Makes room for `bytes` pending bytes and the padding behind them.
void ChunkReader::reserve(std::size_t bytes) {
  if (!pending_) pending_ = pool_.take();
  const std::size_t wanted = std::max(bytes, kChunkBytes) + kInputPaddingBytes;
  if (pending_->buffer.size() < wanted) pending_->buffer.resize(wanted);
}

// Reads until `limit` bytes are pending or the input ends.
Result<void> ChunkReader::fill(std::size_t limit) {
  reserve(limit);
  while (!at_end_ && pending_size_ < limit) {
    char* to = pending_->buffer.data() + pending_size_;
    const ssize_t got = ::read(file_, to, limit - pending_size_);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot("read", inputs_[current_].path);
    if (got == 0) at_end_ = true;
    pending_size_ += static_cast<std::size_t>(got);
  }
  return {};
}

// Hands out the buffer with the first `length` pending bytes; only the cut record behind them is
// copied, to the front of the next buffer.
std::unique_ptr<Chunk> ChunkReader::cut(std::size_t length) {
  CHECK(length <= pending_size_, "a chunk is cut from what was read");
  auto chunk = std::move(pending_);
  pending_size_ -= length;
  reserve(pending_size_);
  std::memcpy(pending_->buffer.data(), chunk->buffer.data() + length, pending_size_);
  std::memset(chunk->buffer.data() + length, 0, kInputPaddingBytes);
  chunk->size = length;
  chunk->format = asked_;
  chunk->input = current_;
  chunk->skipped = std::exchange(skipped_, 0);
  offset_ += length;
  chunk->end_offset = offset_;
  return chunk;
}

// Drops a record that is longer than any record may be: everything up to the next line end.
Result<void> ChunkReader::skip_long_record() {
  ++skipped_;
  while (true) {
    const std::size_t newline = pending().find('\n');
    const std::size_t drop = std::min(newline, pending_size_ - 1) + 1;
    offset_ += drop;
    pending_size_ -= drop;
    char* begin = pending_->buffer.data();
    std::memmove(begin, begin + drop, pending_size_);
    if (newline != std::string_view::npos) return {};
    if (auto filled = fill(kChunkBytes); !filled) return filled.error();
    if (pending_size_ == 0) return {};
  }
}

Result<std::unique_ptr<Chunk>> ChunkReader::next() {
  while (current_ < inputs_.size()) {
    if (file_ < 0) {
      if (auto opened = open_next(); !opened) return opened.error();
    }
    const std::size_t limit = document_ ? kMaxDocumentBytes + 1 : kChunkBytes;
    if (auto filled = fill(limit); !filled) return filled.error();
    if (pending_size_ == 0) {
      // Records skipped at the very end of an input still reach the counts.
      auto last = skipped_ > 0 ? cut(0) : nullptr;
      if (file_ > STDIN_FILENO) ::close(file_);
      file_ = -1;
      ++current_;
      if (last) return last;
      continue;
    }
    if (at_end_ && pending_size_ < limit) return cut(pending_size_);
    const std::size_t whole = document_ ? 0 : ingest::whole_records(format_, pending());
    if (whole > 0) return cut(whole);
    if (auto skipped = skip_long_record(); !skipped) return skipped.error();
  }
  return std::unique_ptr<Chunk>();
}

}  // namespace passaparola::pipeline
