// replay: the main job in batch. Files in, mentions committed to the store, in the order of the
// input.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "ingest/ingest.h"
#include "pipeline/pipeline.h"
#include "store/store.h"

namespace passaparola::pipeline {

struct ReplayProgress {
  std::uint64_t bytes = 0;        // committed so far, of this run
  std::uint64_t total_bytes = 0;  // 0 when unknown
  std::uint64_t posts = 0;
  std::uint64_t mentions = 0;
};

struct ReplayOptions {
  std::vector<std::string> inputs;  // files, folders, "-"
  ingest::Format format = ingest::Format::autodetect;
  std::size_t workers = 0;  // 0: as many as there are cores
  // Each mention, after it is durable, in commit order; on the writer thread. May be empty.
  std::function<void(const Mention&)> visit;
  std::function<void(const ReplayProgress&)> progress;  // after each commit, on the writer thread
  const std::atomic<bool>* stop = nullptr;              // set: end cleanly after what is in flight
};

struct ReplaySummary {
  Counts counts;
  store::CommitOutcome stored;  // summed
  bool resumed = false;  // an earlier run ended in the middle, and this one went on from there
  double seconds = 0;
};

// Errors: not_found or io for inputs, and what the store's commit says. What was committed stays,
// with its place in the input: the same call goes on from there.
Result<ReplaySummary> replay(const Judges& judges, store::Store& store,
                             const ReplayOptions& options);

}  // namespace passaparola::pipeline
