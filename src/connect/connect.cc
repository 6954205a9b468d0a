#include "connect/connect.h"

#include <fmt/format.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <set>
#include <thread>

#include "connect/reach.h"
#include "connect/supervised.h"
#include "core/limits.h"

namespace passaparola::connect {

namespace net = boost::asio;

std::string_view name_of(SourceState state) {
  constexpr std::array<std::string_view, kSourceStateCount> kNames{"starting", "connecting",
                                                                   "reading", "waiting", "stopped"};
  return kNames[static_cast<std::size_t>(state)];
}

struct Sources::State {
  Services services;
  net::io_context io{1};
  net::executor_work_guard<net::io_context::executor_type> work = net::make_work_guard(io);
  struct One {
    std::unique_ptr<Supervised> source;
    std::unique_ptr<net::cancellation_signal> cancel = std::make_unique<net::cancellation_signal>();
  };
  std::vector<One> all;
  std::thread thread;
};

Sources::Sources(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sources::~Sources() { stop(); }

Result<std::unique_ptr<Sources>> Sources::start(const std::vector<SourceConfig>& configs,
                                                Services services, double time_scale) {
  if (configs.size() > kMaxSources) {
    return fail(ErrorCode::invalid_argument, fmt::format("more than {} sources", kMaxSources));
  }
  auto state = std::make_unique<State>();
  state->services = std::move(services);
  std::set<std::string> names;
  for (const SourceConfig& config : configs) {
    auto source = make_source(config);
    if (!source) return source.error();
    if (!names.insert(config.name).second) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("two sources are called '{}'", config.name));
    }
    auto reach = make_reach(config.ca_file, config.proxy, config.allow_private);
    if (!reach) {
      return fail(reach.error().code,
                  fmt::format("source '{}': {}", config.name, reach.error().message));
    }
    reach->time_scale = time_scale;
    state->all.emplace_back().source = std::make_unique<Supervised>(
        config, *std::move(source), *std::move(reach), state->services, state->io);
  }
  for (State::One& one : state->all) {
    net::co_spawn(state->io, one.source->supervise(),
                  net::bind_cancellation_slot(one.cancel->slot(), [](std::exception_ptr) {}));
  }
  state->thread = std::thread([&io = state->io] { io.run(); });
  return std::unique_ptr<Sources>(new Sources(std::move(state)));
}

void Sources::stop() {
  if (!state_->thread.joinable()) return;
  net::post(state_->io, [this] {
    for (State::One& one : state_->all) one.cancel->emit(net::cancellation_type::terminal);
  });
  state_->work.reset();
  state_->thread.join();
}

std::vector<SourceStatus> Sources::status() const {
  std::vector<SourceStatus> all;
  for (const State::One& one : state_->all) all.push_back(one.source->status());
  return all;
}

}  // namespace passaparola::connect
