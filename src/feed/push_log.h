// Idempotency-Key: the answers of the last pushes, so that a client that lost its answer may ask
// again without fear. In memory and bounded; the store's own dedupe makes the rest harmless.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "feed/http.h"

namespace passaparola::feed {

// Thread-safe.
class PushLog {
 public:
  // What to do with a push under `key` (not empty): nothing yet known (the caller pushes, then
  // calls finish), the earlier answer, or a problem: the same key is under way (409) or came with
  // another body (422).
  using Verdict = std::variant<std::monostate, Answer, Problem>;
  Verdict begin(const std::string& key, std::uint64_t body_hash);

  // The push under `key` ended; nullopt: it failed, and may be tried again.
  void finish(const std::string& key, std::optional<Answer> answer);

 private:
  struct Entry {
    std::uint64_t body_hash = 0;
    std::optional<Answer> answer;
  };
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::deque<std::string> finished_;  // oldest first
};

}  // namespace passaparola::feed
