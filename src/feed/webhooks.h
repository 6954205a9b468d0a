// The webhooks of a running server, each with its memory of what it has taken.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "feed/feed.h"
#include "feed/push_log.h"

namespace passaparola::feed {

class Webhooks {
 public:
  // A log of its own for each: neither other webhooks nor Idempotency-Keys make it forget.
  struct Place {
    Place(const Webhook& of, Timestamp start);
    const Webhook& webhook;
    PushLog taken;
  };

  // `webhooks` outlives this. What was signed before `start` may have been taken already.
  Webhooks(const std::vector<Webhook>& webhooks, Timestamp start);

  // nullptr: nobody has this name. Any thread.
  Place* find(std::string_view name);

 private:
  std::map<std::string, Place, std::less<>> places_;
};

}  // namespace passaparola::feed
