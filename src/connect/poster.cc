#include "connect/poster.h"

#include <fmt/format.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "connect/http.h"
#include "connect/reach.h"
#include "core/limits.h"

namespace passaparola::connect {
namespace {

namespace net = boost::asio;
using net::awaitable;

// What is left of an answer once its status is known is read, so that no server is hung up on in
// the middle of a word; but not for long.
constexpr std::chrono::milliseconds kRestTime{1'000};

// What is known of an answer as soon as it is known.
using Known = std::optional<Reached<Posted>>;

Failure cancelled() { return {Trouble::closed, "it was ended from here", {}}; }

awaitable<void> exchange(HttpRequest request, Reach reach, Known& known) {
  auto opened = co_await HttpStream::open(std::move(request), std::move(reach));
  if (!opened) {
    known.emplace(opened.error());
    co_return;
  }
  HttpStream& stream = **opened;
  known.emplace(Posted{stream.response().status, wanted_pause(stream.response(), now())});
  for (std::size_t read = 0; read < kMaxErrorBodyBytes;) {
    const auto some = co_await stream.read(kRestTime);
    if (!some || some->empty()) break;
    read += some->size();
  }
  stream.close();
}

}  // namespace

struct Poster::State {
  Url url;
  Reach reach;
  std::string origin;
  net::io_context io{1};
  net::cancellation_signal cancel;  // used where io runs
  bool is_under_way = false;        // the same; what has not begun cannot be cancelled
  std::atomic<bool> is_cancelled{false};

  awaitable<void> run(HttpRequest request, Known& known) {
    is_under_way = true;
    if (is_cancelled) co_return;
    co_await exchange(std::move(request), reach, known);
  }
  void end() {
    if (is_under_way) cancel.emit(net::cancellation_type::terminal);
  }
};

Poster::Poster(std::unique_ptr<State> state) : state_(std::move(state)) {}
Poster::~Poster() = default;

Result<std::unique_ptr<Poster>> Poster::make(const PosterConfig& config) {
  auto url = parse_url(config.url);
  if (!url) return fail(url.error().code, "url: " + url.error().message);
  if (url->is_websocket) {
    return fail(ErrorCode::invalid_argument, "url: must begin with https:// or http://");
  }
  auto reach = make_reach(config.ca_file, config.proxy, config.allow_private);
  if (!reach) return reach.error();
  auto state = std::make_unique<State>();
  state->url = *std::move(url);
  state->reach = *std::move(reach);
  state->origin = (state->url.is_secure ? "https://" : "http://") + state->url.authority();
  return std::unique_ptr<Poster>(new Poster(std::move(state)));
}

const std::string& Poster::origin() const { return state_->origin; }

Reached<Posted> Poster::post(std::string body, Fields fields, std::chrono::milliseconds limit) {
  State& state = *state_;
  HttpRequest request;
  request.method = "POST";
  request.url = state.url;
  request.fields = std::move(fields);
  request.fields.emplace_back("Content-Type", "application/json");
  request.fields.emplace_back("Connection", "close");
  request.body = std::move(body);

  Known known;
  bool is_late = false;
  state.io.restart();
  net::steady_timer timer(state.io, limit);
  timer.async_wait([&state, &is_late](const boost::system::error_code& error) {
    is_late = !error;
    if (is_late) state.end();
  });
  auto ended = [&timer, &state](const std::exception_ptr&) {
    state.is_under_way = false;
    timer.cancel();
  };
  net::co_spawn(state.io, state.run(std::move(request), known),
                net::bind_cancellation_slot(state.cancel.slot(), ended));
  state.io.run();
  if (known && (*known || !is_late)) return *std::move(known);
  if (!is_late) return cancelled();
  return Failure{Trouble::silent,
                 fmt::format("{} has not answered within {} s", state.url.host,
                             std::chrono::duration<double>(limit).count()),
                 {}};
}

void Poster::cancel() {
  state_->is_cancelled = true;
  net::post(state_->io, [state = state_.get()] { state->end(); });
}

}  // namespace passaparola::connect
