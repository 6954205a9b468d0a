// rescore: the posts that a store has, judged again by other rules or lexicons. Page by page in the
// order of the feed, each page in one write with the place where to go on. One thread; nobody else
// commits to the store meanwhile.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "core/limits.h"
#include "core/result.h"
#include "pipeline/pipeline.h"
#include "store/store.h"

namespace passaparola::pipeline {

struct RescoreCounts {
  std::uint64_t looked_at = 0;  // posts
  std::uint64_t changed = 0;    // mentions that say something else now
  std::uint64_t removed = 0;    // mentions of brands that are no longer found
  std::uint64_t added = 0;      // mentions of brands that were not found before
};

struct RescoreProgress {
  RescoreCounts counts;    // of this run
  std::uint64_t seq = 0;   // everything up to here is done
  std::uint64_t last = 0;  // the end of the feed
};

struct RescoreOptions {
  bool dry_run = false;  // counts from the start and writes nothing
  std::size_t page_mentions = kRescorePageMentions;
  std::function<void(const RescoreProgress&)> progress;  // after each page; may be empty
  const std::atomic<bool>* stop = nullptr;               // set: end cleanly after the page at work
};

struct RescoreSummary {
  RescoreCounts counts;   // of this run
  bool resumed = false;   // an earlier run of the same judges ended on the way
  bool finished = false;  // false: it was stopped, and the same call goes on
};

// Errors: what the store says. What was written stays: the same call goes on from there, one with
// other judges begins anew.
Result<RescoreSummary> rescore(const Judges& judges, store::Store& store,
                               const RescoreOptions& options);

}  // namespace passaparola::pipeline
