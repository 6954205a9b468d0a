#include "deliver/plan.h"

#include <simdjson.h>

#include <algorithm>

#include "core/limits.h"
#include "deliver/bodies.h"

namespace passaparola::deliver {
namespace {

using warning::Level;

Level level_named(std::string_view name) {
  for (std::size_t i = 0; i < warning::kLevelCount; ++i) {
    const auto level = static_cast<Level>(i);
    if (name_of(level) == name) return level;
  }
  return Level::none;
}

// An alert that tells of a level gone is as important as that level was.
struct Levels {
  Level now = Level::none, most = Level::none;
};
Levels levels_of(const Alert& alert) {
  const simdjson::padded_string padded(alert.json);
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view now, before;
  if (parser.parse(padded).get(root) || root["level"].get(now) || root["before"].get(before)) {
    return {};
  }
  return {level_named(now), std::max(level_named(now), level_named(before))};
}

class Planner {
 public:
  Planner(const Delivery& delivery, const Services& services, const Progress& progress,
          std::size_t most, const std::atomic<bool>& is_stopping)
      : delivery_(delivery),
        services_(services),
        progress_(progress),
        most_(most),
        is_stopping_(is_stopping) {
    plan_.after = progress.after;
    plan_.alerts_after = progress.alerts_after;
  }

  Result<Plan> next() {
    auto alert = next_alert();
    if (!alert) return alert.error();
    if (delivery_.sends_mentions) {
      const store::Store& store = *services_.store;
      const std::uint64_t last =
          *alert ? std::min((*alert)->place, store.last_seq()) : store.last_seq();
      if (auto found = find_mentions(last); !found) return found.error();
      plan_.may_gather = plan_.may_gather && !*alert;
      if (plan_.message || plan_.after < last) return std::move(plan_);
    }
    if (*alert) take(**alert, false);
    return std::move(plan_);
  }

  // The next crisis that was not told, ahead of everything else.
  Result<Plan> next_urgent() {
    if (!delivery_.sends_alerts) return std::move(plan_);
    std::optional<Alert> crisis;
    const auto visited = services_.visit_alerts(
        std::max(progress_.alerts_after, progress_.crises_after), [&](Alert&& alert) {
          if (is_of_brand(alert) && levels_of(alert).now == Level::crisis) crisis = alert;
          return !crisis;
        });
    if (!visited) return visited.error();
    if (crisis) take(*crisis, true);
    return std::move(plan_);
  }

 private:
  bool is_of_brand(const Alert& alert) const {
    return delivery_.brand.empty() || delivery_.brand == alert.brand;
  }

  bool is_wanted(const Alert& alert) const {
    if (!is_of_brand(alert)) return false;
    const Levels levels = levels_of(alert);
    if (alert.number <= progress_.crises_after && levels.now == Level::crisis) return false;
    return levels.most >= delivery_.least_level;
  }

  Result<std::optional<Alert>> next_alert() {
    std::optional<Alert> next;
    if (!delivery_.sends_alerts) return next;
    const auto visited =
        services_.visit_alerts(progress_.alerts_after, [this, &next](Alert&& alert) {
          if (is_wanted(alert)) {
            next = std::move(alert);
          } else {
            plan_.alerts_after = alert.number;
          }
          return !next && !is_stopping_;
        });
    if (!visited) return visited.error();
    return next;
  }

  void take(const Alert& alert, bool is_urgent) {
    Message message;
    message.alert = alert.number;
    message.to = plan_.after;
    message.is_urgent = is_urgent;
    plan_.message = std::move(message);
  }

  // Those up to `last`, from the first that is for this delivery.
  Result<void> find_mentions(std::uint64_t last) {
    store::FeedQuery query;
    query.limit = most_;
    query.brand = delivery_.brand;
    query.where = delivery_.where;
    while (plan_.after < last && !is_stopping_) {
      query.after = plan_.after;
      auto page = services_.store->read_feed(query);
      if (!page) return page.error();
      Message message = fill(page->mentions, last, std::min(page->next_after, last));
      if (!message.seqs.empty()) {
        plan_.message = std::move(message);
        return {};
      }
      plan_.after = message.to;
    }
    return {};
  }

  // As many as fit in one message. `end`: so far the feed was read.
  Message fill(const std::vector<store::StoredMention>& mentions, std::uint64_t last,
               std::uint64_t end) {
    Message message;
    message.to = end;
    std::size_t bytes = kBytesAroundItems;
    for (const store::StoredMention& mention : mentions) {
      if (mention->seq > last) break;
      bytes += mention_json(*mention, services_.store->id()).size() + 1;
      const bool is_first = message.seqs.empty();
      if (bytes > kMaxDeliveryBytes && !is_first) {
        message.to = message.seqs.back();
        return message;
      }
      message.seqs.push_back(mention->seq);
      if (bytes <= kMaxDeliveryBytes) continue;
      plan_.is_too_large = true;
      message.to = mention->seq;
      return message;
    }
    plan_.may_gather = message.seqs.size() < most_;
    return message;
  }

  const Delivery& delivery_;
  const Services& services_;
  const Progress& progress_;
  const std::size_t most_;
  const std::atomic<bool>& is_stopping_;
  Plan plan_;
};

}  // namespace

Result<Plan> plan_next(const Delivery& delivery, const Services& services, const Progress& progress,
                       bool is_quiet, std::size_t most, const std::atomic<bool>& is_stopping) {
  Planner planner(delivery, services, progress, most, is_stopping);
  return is_quiet ? planner.next_urgent() : planner.next();
}

Result<std::optional<Alert>> find_alert(const Services& services, std::uint64_t number) {
  std::optional<Alert> found;
  const auto visited = services.visit_alerts(number - 1, [&found, number](Alert&& alert) {
    if (alert.number == number) found = std::move(alert);
    return false;
  });
  if (!visited) return visited.error();
  return found;
}

}  // namespace passaparola::deliver
