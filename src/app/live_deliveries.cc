#include "app/live_deliveries.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "app/delivery_config.h"
#include "feed/warnings.h"

namespace passaparola::app {

Result<std::unique_ptr<deliver::Deliveries>> start_deliveries(
    const std::vector<DeliveryConfig>& configs, const feed::CompileFilter& compile,
    store::Store& store) {
  auto wanted = load_deliveries(configs, compile);
  if (!wanted) return wanted.error();
  deliver::Services services;
  services.store = &store;
  services.visit_alerts = [&store](std::uint64_t after,
                                   const std::function<bool(deliver::Alert&&)>& visit) {
    return feed::visit_alerts(store, after, [&visit](feed::KeptAlert&& kept) {
      return visit({kept.number, kept.place, std::move(kept.brand), std::move(kept.json)});
    });
  };
  services.say = [](const std::string& delivery, const std::string& trouble) {
    spdlog::warn("delivery {}: {}", delivery, trouble);
  };
  return deliver::Deliveries::start(*std::move(wanted), std::move(services));
}

std::string deliveries_metrics(const deliver::Deliveries& deliveries) {
  std::string text;
  const std::vector<deliver::Status> all = deliveries.status();
  const auto series = [&](std::string_view name, std::string_view type, const auto& value_of) {
    text += fmt::format("# TYPE passaparola_deliveries_{} {}\n", name, type);
    for (const deliver::Status& one : all) {
      text += fmt::format("passaparola_deliveries_{}{{delivery=\"{}\"}} {}\n", name, one.name,
                          value_of(one));
    }
  };
  using Status = deliver::Status;
  series("sent_total", "counter", [](const Status& one) { return one.sent; });
  series("mentions_sent_total", "counter", [](const Status& one) { return one.mentions_sent; });
  series("failed_total", "counter", [](const Status& one) { return one.failed; });
  series("undelivered", "gauge", [](const Status& one) { return one.undelivered; });
  series("lag_mentions", "gauge", [](const Status& one) { return one.lag.value_or(0); });
  series("off", "gauge", [](const Status& one) { return one.progress.is_off ? 1 : 0; });
  return text;
}

}  // namespace passaparola::app
