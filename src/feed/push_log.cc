#include "feed/push_log.h"

#include <algorithm>

#include "core/limits.h"

namespace passaparola::feed {

PushLog::Verdict PushLog::begin(const std::string& key, std::uint64_t body_hash,
                                std::optional<std::int64_t> signed_at) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (signed_at && *signed_at <= forgotten_until_) {
      return Problem{503, "sign-again",
                     "this was signed before the server's memory begins: sign it anew and send it "
                     "again"};
    }
    entries_[key] = Entry{body_hash, signed_at.value_or(0), std::nullopt};
    return std::monostate{};
  }
  Entry& entry = found->second;
  if (entry.body_hash != body_hash) {
    return Problem{422, std::string(field_) + "-reused",
                   "this " + std::string(field_) + " came with another body"};
  }
  note_signature(key, entry, signed_at.value_or(0));
  if (!entry.answer) {
    return Problem{409, "push-under-way",
                   "a push under this " + std::string(field_) + " is under way"};
  }
  return *entry.answer;
}

// The later signature is good for as long again, so the key is kept as long.
void PushLog::note_signature(const std::string& key, Entry& entry, std::int64_t signed_at) {
  if (signed_at <= entry.signed_at) return;
  entry.signed_at = signed_at;
  if (!entry.answer) return;
  finished_.erase(entry.place);
  entry.place = finished_.emplace(signed_at, key);
}

void PushLog::finish(const std::string& key, std::optional<Answer> answer) {
  const std::lock_guard lock(mutex_);
  if (!answer) {
    entries_.erase(key);
    return;
  }
  Entry& entry = entries_[key];
  entry.answer = std::move(answer);
  entry.place = finished_.emplace(entry.signed_at, key);
  if (finished_.size() > kMaxIdempotencyKeys) forget_first();
}

void PushLog::forget_first() {
  const auto first = finished_.begin();
  forgotten_until_ = std::max(forgotten_until_, first->first);
  entries_.erase(first->second);
  finished_.erase(first);
}

}  // namespace passaparola::feed
