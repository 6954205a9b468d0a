// Processor: one worker's stages from bytes to scored mentions, and on to encoded batches.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ingest/ingest.h"
#include "match/match.h"
#include "pipeline/pipeline.h"
#include "store/store.h"

namespace passaparola::pipeline {

// One chunk, decoded and judged. Views point into the processor's memory and the chunk.
struct Judged {
  std::span<const PostView> posts;
  std::span<const Mention> mentions;             // in the order of posts, then brands
  std::span<const std::uint32_t> first_mention;  // posts.size() + 1 offsets into mentions
  std::span<const ingest::Reject> rejects;
};

// What a matcher asks of these judges: the language of posts, and what a mention says of the brand.
match::Knowledge knowledge_of(const Judges& judges);

// One mention of `post`, scored; its parts are placed in `arena`. Any thread.
Mention make_mention(const Judges& judges, const PostView& post, const match::PostMatch& match,
                     Arena& arena);

// One worker's seat under one set of judges: what a matcher of these rules needs besides posts.
// Making and destroying one takes time that grows with the rules; a Processor that is at work does
// neither (see swap_seat()). One thread at a time.
struct Seat {
  explicit Seat(const Judges& shared);

  Judges judges;
  match::Matcher matcher;
};

// Keeps parser and scratch memory between chunks: one processor per thread.
class Processor {
 public:
  explicit Processor(const Judges& judges);

  // From now on judges by `seat`, which is given what this processor judged by so far. A few
  // pointers change: nothing is made or destroyed. What judge() returned before is no longer valid.
  void swap_seat(std::unique_ptr<Seat>& seat);

  // Decodes, matches and scores. The result holds until the next call. `chunk` is followed by
  // kInputPaddingBytes readable bytes. Adds to `counts`.
  Judged judge(ingest::Format format, std::string_view chunk, Counts& counts);

  // judge(), then encodes what a store needs into `out` (appended; copied out of this processor).
  Judged prepare(ingest::Format format, std::string_view chunk, const store::Preparer& preparer,
                 store::PreparedBatch& out, Counts& counts);

 private:
  std::unique_ptr<Seat> seat_;
  ingest::Decoder decoder_;
  ingest::PostBatch batch_;
  std::vector<match::PostMatch> matches_;
  std::vector<Mention> mentions_;
  std::vector<std::uint32_t> first_mention_;
};

}  // namespace passaparola::pipeline
