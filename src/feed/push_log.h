// The answers of the last pushes by their key (Idempotency-Key, webhook-id), so that a client that
// lost its answer may ask again without fear. In memory and bounded. For an Idempotency-Key the
// store's own dedupe makes the rest harmless. A webhook's id must not be taken a second time at
// all, so what is signed before the log's memory begins is sent back to be signed anew.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "feed/http.h"

namespace passaparola::feed {

// Thread-safe.
class PushLog {
 public:
  // `field`: the header field with the key, in small letters; lives for ever. `since`: what was
  // signed in this second or before may have been taken by an earlier process.
  explicit PushLog(std::string_view field, std::int64_t since = 0)
      : field_(field), forgotten_until_(since) {}

  // What to do with a push under `key` (not empty): nothing yet known (the caller pushes, then
  // calls finish), the earlier answer, or a problem: the same key is under way (409), came with
  // another body (422), or was signed before this log's memory begins (503). `signed_at`: in
  // seconds, of what is signed; nullopt: a key that may be taken again once it is forgotten.
  using Verdict = std::variant<std::monostate, Answer, Problem>;
  Verdict begin(const std::string& key, std::uint64_t body_hash,
                std::optional<std::int64_t> signed_at = std::nullopt);

  // The push under `key` ended; nullopt: it failed, and may be tried again.
  void finish(const std::string& key, std::optional<Answer> answer);

 private:
  // By the second of the signature, and of one second the first one first.
  using Finished = std::multimap<std::int64_t, std::string>;
  struct Entry {
    std::uint64_t body_hash = 0;
    std::int64_t signed_at = 0;  // the latest signature that came under this key
    std::optional<Answer> answer;
    Finished::iterator place = {};  // once there is an answer
  };

  void note_signature(const std::string& key, Entry& entry, std::int64_t signed_at);
  void forget_first();

  const std::string_view field_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  Finished finished_;
  std::int64_t forgotten_until_;  // a second, the last one of which the log does not know all
};

}  // namespace passaparola::feed
