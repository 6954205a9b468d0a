// pipeline: where the stages meet. Chunks of whole records go in; decoded, matched, scored and
// encoded batches come out in the order of the input; one writer thread commits them. Everything in
// between is bounded: chunks in flight by the pool, prepared batches by the writer's queue. What it
// does not know: command lines, networks, who reads the feed.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "ingest/ingest.h"
#include "match/match.h"
#include "sentiment/sentiment.h"
#include "store/store.h"

namespace passaparola::pipeline {

// What judges posts: immutable, shared by every worker.
struct Judges {
  std::shared_ptr<const match::Ruleset> rules;
  std::shared_ptr<const sentiment::Scorer> scorer;
};

// Loads both. `rules` and `lexicons` are folders; errors are for a person.
Result<Judges> load_judges(const std::filesystem::path& rules,
                           const std::filesystem::path& lexicons,
                           const match::PatternCompiler& compiler = {});

// What became of the input. Sums of chunks; the order of adding does not matter.
struct Counts {
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  std::uint64_t posts = 0;           // decoded, deletes and author events included
  std::uint64_t ignored = 0;         // records that are no posts
  std::uint64_t matched_posts = 0;   // posts with at least one mention
  std::uint64_t mentions_found = 0;  // before the store sorts out what it already has
  std::array<std::uint64_t, ingest::kRejectReasonCount> rejected{};

  Counts& operator+=(const Counts& other);
};

}  // namespace passaparola::pipeline
