// Input: files and standard input, cut into chunks of whole records.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/result.h"
#include "ingest/ingest.h"

namespace passaparola::pipeline {

// Whole records of one input, in a buffer that is followed by kInputPaddingBytes zero bytes.
struct Chunk {
  std::vector<char> buffer;  // at least size + kInputPaddingBytes long
  std::size_t size = 0;
  ingest::Format format = ingest::Format::autodetect;  // as asked: autodetect looks at every line
  std::size_t input = 0;                               // index into the reader's inputs
  std::uint64_t end_offset = 0;  // bytes of the input up to the end of this chunk
  std::uint64_t skipped = 0;     // records before this chunk that were over their limit

  std::string_view bytes() const { return {buffer.data(), size}; }
};

// Hands out chunk buffers and takes them back, so that a run touches the same few megabytes.
// Thread-safe.
class ChunkPool {
 public:
  std::unique_ptr<Chunk> take();
  void give_back(std::unique_ptr<Chunk> chunk);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Chunk>> free_;
};

struct Input {
  std::string path;         // "-" is standard input
  std::uint64_t size = 0;   // 0 when it cannot be known
  std::uint64_t start = 0;  // where reading begins: 0 or a cursor's offset
  std::string head_hash;    // of the first bytes: tells a changed file; empty for "-"
};

// Checks that every path can be read and says how long it is. A folder stands for every regular
// file below it, in the order of their paths. Errors: not_found, io.
Result<std::vector<Input>> open_inputs(const std::vector<std::string>& paths);

// Reads inputs one after the other. One thread.
class ChunkReader {
 public:
  ChunkReader(std::vector<Input> inputs, ingest::Format format, ChunkPool& pool);
  ~ChunkReader();

  // The next chunk; null at the end of the last input. Errors: io.
  Result<std::unique_ptr<Chunk>> next();

  const std::vector<Input>& inputs() const { return inputs_; }

 private:
  Result<bool> open_next();
  std::string_view pending() const;
  void reserve(std::size_t bytes);
  Result<void> fill(std::size_t limit);
  Result<void> skip_long_record();
  std::unique_ptr<Chunk> cut(std::size_t length);

  std::vector<Input> inputs_;
  ingest::Format asked_;
  ChunkPool& pool_;
  std::size_t current_ = 0;  // index of the input being read; inputs_.size() at the end
  int file_ = -1;
  bool at_end_ = false;  // of the current file
  bool document_ = false;
  ingest::Format format_ = ingest::Format::autodetect;  // of the current file, for cutting
  std::unique_ptr<Chunk> pending_;  // its buffer holds what is read and not yet handed out
  std::size_t pending_size_ = 0;
  std::uint64_t offset_ = 0;  // of the first pending byte in the input
  std::uint64_t skipped_ = 0;
};

}  // namespace passaparola::pipeline
