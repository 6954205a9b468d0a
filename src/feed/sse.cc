#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>

#include "core/cursor.h"
#include "core/limits.h"
#include "feed/answers.h"
#include "feed/api.h"
#include "feed/connection.h"
#include "feed/off_thread.h"
#include "feed/stream.h"
#include "feed/views.h"

namespace passaparola::feed {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kSocketBufferBytes = 256 << 10;
constexpr std::chrono::seconds kKeepAlive{15};

class Events : public Session, public Watcher, public std::enable_shared_from_this<Events> {
 public:
  Events(Context& context, Stream stream, EventStream events)
      : context_(context),
        stream_(std::move(stream)),
        view_(std::move(events.view)),
        after_(events.after),
        fields_(std::move(events.fields)),
        left_(events.left),
        wake_(stream_.get_executor()),
        end_(stream_.get_executor()) {
    boost::system::error_code ignored;
    stream_.tcp().socket().set_option(net::socket_base::send_buffer_size(kSocketBufferBytes),
                                      ignored);
  }

  void start() {
    context_.tail.watch(*view_, shared_from_this());
    if (left_) end_when_token_does();
    // In this order: the deadline of a write binds reads that begin later, too.
    net::co_spawn(stream_.get_executor(), watch(shared_from_this()), ended());
    net::co_spawn(stream_.get_executor(), write_all(shared_from_this()), ended());
  }

  void wake() override {
    if (is_wake_posted_.exchange(true)) return;
    net::post(stream_.get_executor(), [self = shared_from_this()] {
      self->is_wake_posted_ = false;
      self->is_woken_ = true;
      self->wake_.cancel();
    });
  }

  void stop() override {
    net::post(stream_.get_executor(), [self = shared_from_this()] { self->end(); });
  }

 private:
  std::function<void(std::exception_ptr)> ended() {
    ++running_;
    return [self = shared_from_this()](const std::exception_ptr&) {
      self->end();
      if (--self->running_ > 0) return;
      self->context_.tail.unwatch(*self->view_, self.get());
      --self->context_.metrics.subscriptions_open;
      --self->context_.metrics.connections_open;
      self->context_.sessions.remove(self.get());
    };
  }

  void end_when_token_does() {
    end_.expires_after(*left_);
    end_.async_wait([weak = weak_from_this()](error_code cancelled) {
      const auto self = weak.lock();
      if (self && !cancelled) self->end();
    });
  }

  void end() {
    is_over_ = true;
    wake_.cancel();
    stream_.tcp().close();
  }

  net::awaitable<void> write_all(std::shared_ptr<Events> self);
  net::awaitable<void> watch(std::shared_ptr<Events> self);
  net::awaitable<std::optional<Batch>> next();
  net::awaitable<void> write(std::string text);
  std::string to_events(const Batch& batch) const;

  Context& context_;
  Stream stream_;
  std::shared_ptr<View> view_;
  std::uint64_t after_;
  std::vector<std::pair<std::string, std::string>> fields_;
  std::optional<std::chrono::milliseconds> left_;
  net::steady_timer wake_;
  net::steady_timer end_;  // of the token
  std::atomic<bool> is_wake_posted_{false};
  int running_ = 0;
  bool is_woken_ = false;
  bool is_over_ = false;
};

net::awaitable<void> Events::write_all([[maybe_unused]] std::shared_ptr<Events> self) {
  std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
      "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n"
      "X-Accel-Buffering: no\r\n";
  for (const auto& [name, value] : fields_) head.append(name).append(": ").append(value) += "\r\n";
  head += "\r\nretry: 2000\n\n";
  co_await write(std::move(head));
  while (!is_over_) {
    is_woken_ = false;
    std::optional<Batch> batch = co_await next();
    if (!batch) co_return;
    if (batch->next_after > after_) {
      after_ = batch->next_after;
      std::string text = to_events(*batch);
      if (text.empty()) continue;
      context_.metrics.mentions_sent += batch->mentions;
      co_await write(std::move(text));
      continue;
    }
    if (is_woken_) continue;
    error_code cancelled;
    wake_.expires_after(kKeepAlive);
    co_await wake_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    if (!cancelled) {
      std::string comment = ": still here\n\n";
      co_await write(std::move(comment));
    }
  }
}

// Nothing is expected from the client: whatever comes, its end counts.
net::awaitable<void> Events::watch([[maybe_unused]] std::shared_ptr<Events> self) {
  std::array<char, 256> ignored{};
  const auto buffer = net::buffer(ignored);
  error_code error;
  while (!error) {
    co_await stream_.async_read_some(buffer, net::redirect_error(net::use_awaitable, error));
  }
}

// nullopt: the store could not be read; the stream ends, and the client comes back.
net::awaitable<std::optional<Batch>> Events::next() {
  std::optional<Batch> batch = context_.tail.next(*view_, after_);
  if (batch) co_return batch;
  Result<Batch> read = Batch();
  std::function<void()> work = [this, &read] { read = context_.tail.read_store(*view_, after_); };
  co_await off_thread(context_, Pool::reads, std::move(work));
  if (!read) {
    ++context_.metrics.store_errors;
    co_return std::nullopt;
  }
  co_return *std::move(read);
}

std::string Events::to_events(const Batch& batch) const {
  const std::uint32_t store = context_.services.store->id();
  std::string out;
  const auto add = [&out, store](std::uint64_t seq, std::string_view event, std::string_view data) {
    out += "id: " + encode_cursor({store, seq}) + "\nevent: ";
    out.append(event).append("\ndata: ").append(data).append("\n\n");
  };
  for (const Slice& slice : batch.slices) {
    const Chunk& chunk = *slice.chunk;
    std::size_t large = slice.first_too_large;
    const auto add_gaps_before = [&](std::uint64_t seq) {
      for (; large < chunk.too_large.size() && chunk.too_large[large] < seq; ++large) {
        add(chunk.too_large[large], "gap", R"({"reason":"mention_too_large"})");
      }
    };
    for (std::size_t i = slice.first; i < chunk.pieces.size(); ++i) {
      const Chunk::Piece& piece = chunk.pieces[i];
      add_gaps_before(piece.seq);
      const auto json = std::string_view(chunk.json).substr(piece.begin, piece.end - piece.begin);
      add(piece.seq, "mention", json);
    }
    add_gaps_before(chunk.to + 1);
  }
  return out;
}

net::awaitable<void> Events::write(std::string text) {
  if (is_over_) co_return;
  error_code error;
  stream_.tcp().expires_after(context_.options.unsent_limit);
  const auto buffer = net::buffer(text);
  const std::size_t bytes =
      co_await net::async_write(stream_, buffer, net::redirect_error(net::use_awaitable, error));
  context_.metrics.bytes_sent += bytes;
  if (error == beast::error::timeout) ++context_.metrics.slow_clients_cut;
  if (error) is_over_ = true;
}

}  // namespace

std::variant<EventStream, Problem> open_events(Context& context, const Head& head,
                                               const Target& target, const Caller& caller) {
  std::string_view after = head.field("last-event-id");
  if (after.empty()) after = target.parameter("after").value_or("now");
  const auto place = parse_start_at(after);
  if (!place) return Problem{400, "bad-parameter", "after is not now, start or a cursor"};
  const auto start = resolve_start(*context.services.store, *place);
  if (const auto* problem = std::get_if<Problem>(&start)) return *problem;
  std::string where(target.parameter("where").value_or(""));
  std::string brand(target.parameter("brand").value_or(""));
  const auto narrowed =
      narrow(context.services, target.parameter("view").value_or(""), caller, brand, where);
  if (!narrowed) return problem_of(narrowed.error());
  auto filter = compile_where(context.services, where);
  if (!filter) return problem_of(filter.error());
  auto view = context.tail.join({brand, where, caller.brands}, *std::move(filter));
  if (!view) return problem_of(view.error());
  EventStream stream;
  stream.view = *std::move(view);
  stream.left = caller.left(context.services.clock());
  stream.after = std::get<std::uint64_t>(start);
  return stream;
}

void serve_events(Context& context, Stream stream, EventStream events) {
  auto session = std::make_shared<Events>(context, std::move(stream), std::move(events));
  if (!context.sessions.add(session)) return;
  ++context.metrics.connections_open;
  ++context.metrics.subscriptions_open;
  session->start();
}

}  // namespace passaparola::feed
