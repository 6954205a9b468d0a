#include "feed/subscription.h"

#include <deque>

#include "core/limits.h"
#include "feed/answers.h"
#include "feed/api.h"
#include "feed/views.h"
#include "feed/warnings.h"

namespace passaparola::feed {
namespace {

// The alerts that a reader with that cursor need not have been sent: those told from its place on,
// and shortly before; at most the newest kMaxNewsKept.
Result<std::vector<std::string>> kept_alerts(const store::Store& store, const Caller& caller,
                                             const Subscription& wanted) {
  std::deque<std::string> alerts;
  const auto visited = visit_alerts(store, 0, [&](KeptAlert&& kept) {
    const bool is_wanted = wanted.brand.empty() || kept.brand == wanted.brand;
    if (!is_wanted || !caller.sees(kept.brand) || kept.told_by < wanted.after) return true;
    alerts.push_back("\"alert\":" + kept.json);
    if (alerts.size() > kMaxNewsKept) alerts.pop_front();
    return true;
  });
  if (!visited) return visited.error();
  return std::vector<std::string>(alerts.begin(), alerts.end());
}

}  // namespace

std::optional<Refusal> prepare(Context& context, const ClientMessage& message, const Caller& caller,
                               Subscription& subscription, std::vector<std::string>& alerts) {
  const auto refuse = [&message](const char* code, Problem problem) {
    ClientError error{message.id, code, problem.detail};
    return Refusal{std::move(error), std::move(problem)};
  };
  const store::Store& store = *context.services.store;
  const auto start = resolve_start(store, message.after);
  if (const auto* problem = std::get_if<Problem>(&start)) {
    const bool is_ahead = problem->name == "cursor-ahead";
    return refuse(is_ahead ? "cursor_ahead" : "cursor_unknown", *problem);
  }
  std::string brand = message.brand, where = message.where;
  const auto narrowed = narrow(context.services, message.view, caller, brand, where);
  if (!narrowed) return refuse("bad_view", problem_of(narrowed.error()));
  subscription.id = message.id;
  subscription.brand = brand;
  subscription.after = std::get<std::uint64_t>(start);
  subscription.every = std::chrono::milliseconds(message.every_ms);
  const std::uint64_t newest = context.news.last();
  for (const Channel channel : message.channels) {
    if (channel == Channel::mentions) {
      auto filter = compile_where(context.services, where);
      if (!filter) return refuse("bad_filter", problem_of(filter.error()));
      auto view = context.tail.join({brand, where, caller.brands}, *std::move(filter));
      if (!view) return refuse("overloaded", problem_of(view.error()));
      subscription.view = *std::move(view);
      continue;
    }
    // Figures are told at once, whenever they were made.
    subscription.news.emplace_back(channel, channel == Channel::stats ? 0 : newest);
    if (channel != Channel::alerts || message.after.place == StartAt::Place::now) continue;
    auto kept = kept_alerts(store, caller, subscription);
    if (!kept) return refuse("storage", problem_of(kept.error()));
    alerts = *std::move(kept);
  }
  return std::nullopt;
}

std::vector<ToldNews> take_news(const News& news, const Caller& caller,
                                Subscription& subscription) {
  std::vector<ToldNews> told;
  for (auto& [channel, upto] : subscription.news) {
    const News::Page page = news.read(channel, upto);
    upto = page.next;
    if (page.has_gap) told.push_back({channel, true, {}});
    for (const auto& item : page.items) {
      if (!subscription.brand.empty() && item->brand != subscription.brand) continue;
      if (!caller.sees(item->brand)) continue;
      const std::string& more = caller.is_limited() ? std::string() : item->for_all;
      told.push_back({channel, false, item->members + more});
    }
  }
  return told;
}

}  // namespace passaparola::feed
