#include "feed/webhooks.h"

namespace passaparola::feed {

Webhooks::Place::Place(const Webhook& of, Timestamp start)
    : webhook(of), taken("webhook-id", start.milliseconds / kMillisecondsPerSecond) {}

Webhooks::Webhooks(const std::vector<Webhook>& webhooks, Timestamp start) {
  for (const Webhook& webhook : webhooks) places_.try_emplace(webhook.name, webhook, start);
}

Webhooks::Place* Webhooks::find(std::string_view name) {
  const auto found = places_.find(name);
  return found == places_.end() ? nullptr : &found->second;
}

}  // namespace passaparola::feed
