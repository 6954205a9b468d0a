// RecordSink: where decoders put what became of each record of a chunk.
#pragma once

#include <cstdint>

#include "core/arena.h"
#include "core/post.h"
#include "ingest/ingest.h"

namespace passaparola::ingest {

class RecordSink {
 public:
  explicit RecordSink(PostBatch& batch) : batch_(batch) {}
  RecordSink(const RecordSink&) = delete;
  RecordSink& operator=(const RecordSink&) = delete;

  Arena& arena() { return batch_.arena; }

  // The line of the chunk at which the records that follow begin.
  void at_line(std::uint64_t line) { line_ = line; }
  std::uint64_t line() const { return line_; }

  // A post is built in its place at the end of the batch, then kept or rejected.
  PostView& begin_post() { return batch_.posts.emplace_back(); }
  void keep_post() { ++batch_.records; }
  void reject_post(RejectReason reason) {
    batch_.posts.pop_back();
    reject(reason);
  }

  void reject(RejectReason reason) {
    ++batch_.records;
    batch_.rejects.push_back({line_, reason});
  }
  void ignore() {
    ++batch_.records;
    ++batch_.ignored;
  }

 private:
  PostBatch& batch_;
  std::uint64_t line_ = 1;
};

}  // namespace passaparola::ingest
