// push_replay: replay into a running server: decode here, push native posts there, at a chosen
// pace.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "ingest/ingest.h"

namespace passaparola::app {

struct PushReplayOptions {
  std::vector<std::string> inputs;
  ingest::Format format = ingest::Format::autodetect;
  std::string server;
  double posts_per_second = 0;  // 0: as fast as the server acknowledges
};

struct PushReplayOutcome {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t rejected = 0;  // here or by the server
};

// Sends everything in order; each group is acknowledged as durable before the next is sent. A
// server that is overloaded is asked again a few times. Errors: inputs, connection, what the server
// refused.
Result<PushReplayOutcome> push_replay(const PushReplayOptions& options,
                                      const std::atomic<bool>& stop);

}  // namespace passaparola::app
