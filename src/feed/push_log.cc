#include "feed/push_log.h"

#include "core/limits.h"

namespace passaparola::feed {

PushLog::Verdict PushLog::begin(const std::string& key, std::uint64_t body_hash) {
  const std::lock_guard lock(mutex_);
  const auto [at, is_new] = entries_.try_emplace(key, Entry{body_hash, std::nullopt});
  if (is_new) return std::monostate{};
  if (at->second.body_hash != body_hash) {
    return Problem{422, "idempotency-key-reused", "this Idempotency-Key came with another body"};
  }
  if (!at->second.answer) {
    return Problem{409, "push-under-way", "a push under this Idempotency-Key is under way"};
  }
  return *at->second.answer;
}

void PushLog::finish(const std::string& key, std::optional<Answer> answer) {
  const std::lock_guard lock(mutex_);
  if (!answer) {
    entries_.erase(key);
    return;
  }
  entries_[key].answer = std::move(answer);
  finished_.push_back(key);
  if (finished_.size() > kMaxIdempotencyKeys) {
    entries_.erase(finished_.front());
    finished_.pop_front();
  }
}

}  // namespace passaparola::feed
