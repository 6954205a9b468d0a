#include "feed/subscription.h"

#include <deque>

#include "core/limits.h"
#include "feed/answers.h"
#include "feed/api.h"
#include "feed/frames.h"
#include "feed/views.h"
#include "feed/warnings.h"

namespace passaparola::feed {
namespace {

// Frames of the alerts that were told from its place on, of which a reader with that cursor may
// have had the first; at most the newest kMaxNewsKept.
Result<std::vector<std::string>> kept_alerts(const store::Store& store, const Caller& caller,
                                             const Subscription& wanted) {
  std::deque<std::string> frames;
  const auto visited = visit_alerts(store, 0, [&](KeptAlert&& kept) {
    const bool is_wanted = wanted.brand.empty() || kept.brand == wanted.brand;
    if (!is_wanted || !caller.sees(kept.brand) || kept.place < wanted.after) return true;
    frames.push_back(news_frame(Channel::alerts, wanted.id, "\"alert\":" + kept.json));
    if (frames.size() > kMaxNewsKept) frames.pop_front();
    return true;
  });
  if (!visited) return visited.error();
  return std::vector<std::string>(frames.begin(), frames.end());
}

}  // namespace

std::optional<ClientError> prepare(Context& context, const ClientMessage& message,
                                   const Caller& caller, Subscription& subscription,
                                   std::vector<std::string>& alerts) {
  const auto refuse = [&message](const char* code, std::string why) {
    return ClientError{message.id, code, std::move(why)};
  };
  const store::Store& store = *context.services.store;
  const auto start = resolve_start(store, message.after);
  if (const auto* problem = std::get_if<Problem>(&start)) {
    const bool is_ahead = problem->name == "cursor-ahead";
    return refuse(is_ahead ? "cursor_ahead" : "cursor_unknown", problem->detail);
  }
  std::string brand = message.brand, where = message.where;
  const auto narrowed = narrow(context.services, message.view, caller, brand, where);
  if (!narrowed) return refuse("bad_view", narrowed.error().message);
  subscription.id = message.id;
  subscription.brand = brand;
  subscription.after = std::get<std::uint64_t>(start);
  subscription.every = std::chrono::milliseconds(message.every_ms);
  const std::uint64_t newest = context.news.last();
  for (const Channel channel : message.channels) {
    if (channel == Channel::mentions) {
      auto filter = compile_where(context.services, where);
      if (!filter) return refuse("bad_filter", filter.error().message);
      auto view = context.tail.join({brand, where, caller.brands}, *std::move(filter));
      if (!view) return refuse("overloaded", view.error().message);
      subscription.view = *std::move(view);
      continue;
    }
    // Figures are told at once, whenever they were made.
    subscription.news.emplace_back(channel, channel == Channel::stats ? 0 : newest);
    if (channel != Channel::alerts || message.after.place == StartAt::Place::now) continue;
    auto kept = kept_alerts(store, caller, subscription);
    if (!kept) return refuse("storage", kept.error().message);
    alerts = *std::move(kept);
  }
  return std::nullopt;
}

}  // namespace passaparola::feed
