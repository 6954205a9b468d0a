#include "deliver/deliver.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <thread>

#include "core/limits.h"
#include "deliver/courier.h"

namespace passaparola::deliver {

std::string_view name_of(Type type) { return type == Type::webhook ? "webhook" : "slack"; }

std::optional<Type> parse_type(std::string_view name) {
  for (const Type type : {Type::webhook, Type::slack}) {
    if (name_of(type) == name) return type;
  }
  return std::nullopt;
}

std::string_view name_of(State state) {
  constexpr std::array<std::string_view, 5> kNames{"idle", "sending", "waiting", "quiet", "off"};
  return kNames[static_cast<std::size_t>(state)];
}

struct Deliveries::Running {
  Services services;
  std::vector<std::unique_ptr<Courier>> couriers;
  std::vector<std::thread> threads;

  Result<Courier*> find(std::string_view name) const {
    for (const auto& courier : couriers) {
      if (courier->name() == name) return courier.get();
    }
    return fail(ErrorCode::not_found, "there is no such delivery");
  }
};

Deliveries::Deliveries(std::unique_ptr<Running> running) : running_(std::move(running)) {}
Deliveries::~Deliveries() { stop(); }

Result<std::unique_ptr<Deliveries>> Deliveries::start(std::vector<Delivery> deliveries,
                                                      Services services) {
  auto running = std::make_unique<Running>();
  running->services = std::move(services);
  std::set<std::string> names;
  for (Delivery& delivery : deliveries) {
    if (!names.insert(delivery.name).second) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("two deliveries are called '{}'", delivery.name));
    }
    auto courier = Courier::make(std::move(delivery), running->services);
    if (!courier) return courier.error();
    running->couriers.push_back(*std::move(courier));
  }
  for (const auto& courier : running->couriers) {
    running->threads.emplace_back([&one = *courier] { one.run(); });
  }
  return std::unique_ptr<Deliveries>(new Deliveries(std::move(running)));
}

void Deliveries::stop() {
  for (const auto& courier : running_->couriers) courier->stop();
  for (std::thread& thread : running_->threads) thread.join();
  running_->threads.clear();
}

void Deliveries::committed() {
  for (const auto& courier : running_->couriers) courier->committed();
}

std::vector<Status> Deliveries::status() const {
  std::vector<Status> all;
  for (const auto& courier : running_->couriers) all.push_back(courier->status());
  return all;
}

Result<std::vector<Undelivered>> Deliveries::undelivered(std::string_view name, std::uint64_t after,
                                                         std::size_t limit) const {
  const auto courier = running_->find(name);
  if (!courier) return courier.error();
  return (*courier)->undelivered(after, limit);
}

Result<void> Deliveries::replay(std::string_view name, const Replay& replay) {
  const auto courier = running_->find(name);
  if (!courier) return courier.error();
  return (*courier)->replay(replay);
}

}  // namespace passaparola::deliver
