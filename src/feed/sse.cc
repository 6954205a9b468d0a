#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
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
#include "feed/access.h"
#include "feed/client_message.h"
#include "feed/connection.h"
#include "feed/frames.h"
#include "feed/off_thread.h"
#include "feed/stream.h"
#include "feed/subscription.h"

namespace passaparola::feed {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kSocketBufferBytes = 256 << 10;
constexpr std::chrono::seconds kKeepAlive{15};

// Each once; none where one of them is not known.
std::vector<Channel> channels_of(std::string_view list) {
  std::vector<Channel> channels;
  for (const std::string_view name : list_members(list)) {
    const auto channel = parse_channel(name);
    if (!channel) return {};
    const bool is_new = std::find(channels.begin(), channels.end(), *channel) == channels.end();
    if (is_new) channels.push_back(*channel);
  }
  return channels;
}

// The cursor that an alert has; `data` as it is sent.
std::string place_of_alert(std::string_view data) {
  const simdjson::padded_string padded(data);
  simdjson::dom::parser parser;
  std::string_view cursor;
  (void)parser.parse(padded)["alert"]["cursor"].get(cursor);
  return std::string(cursor);
}

class Events : public Session, public Watcher, public std::enable_shared_from_this<Events> {
 public:
  Events(Context& context, Stream stream, EventStream events)
      : context_(context),
        stream_(std::move(stream)),
        caller_(std::move(events.caller)),
        subscription_(std::move(events.subscription)),
        alerts_(std::move(events.alerts)),
        fields_(std::move(events.fields)),
        wake_(stream_.get_executor()),
        end_(stream_.get_executor()) {
    boost::system::error_code ignored;
    stream_.tcp().socket().set_option(net::socket_base::send_buffer_size(kSocketBufferBytes),
                                      ignored);
  }

  void start() {
    if (subscription_.view) context_.tail.watch(*subscription_.view, shared_from_this());
    for (const auto& [channel, number] : subscription_.news) {
      context_.news.watch(channel, shared_from_this());
    }
    end_when_token_does();
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
      const std::shared_ptr<View>& view = self->subscription_.view;
      if (view) self->context_.tail.unwatch(*view, self.get());
      self->context_.news.unwatch(self.get());
      --self->context_.metrics.subscriptions_open;
      --self->context_.metrics.connections_open;
      self->context_.sessions.remove(self.get());
    };
  }

  void end_when_token_does() {
    const auto left = caller_.left(context_.services.clock());
    if (!left) return;
    end_.expires_after(*left);
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
  net::awaitable<void> begin();
  net::awaitable<void> send_news();
  net::awaitable<bool> send_mentions();
  net::awaitable<std::optional<Batch>> next();
  net::awaitable<void> write(std::string text);
  std::string cursor(std::uint64_t seq) const {
    return encode_cursor({context_.services.store->id(), seq});
  }
  std::string to_events(const Batch& batch) const;
  std::string to_event(const ToldNews& told) const;

  Context& context_;
  Stream stream_;
  const Caller caller_;
  Subscription subscription_;
  std::vector<std::string> alerts_;
  std::vector<std::pair<std::string, std::string>> fields_;
  net::steady_timer wake_;
  net::steady_timer end_;  // of the token
  std::atomic<bool> is_wake_posted_{false};
  int running_ = 0;
  bool is_woken_ = false;
  bool is_over_ = false;
};

net::awaitable<void> Events::write_all([[maybe_unused]] std::shared_ptr<Events> self) {
  co_await begin();
  while (!is_over_) {
    is_woken_ = false;
    co_await send_news();
    const bool has_moved = co_await send_mentions();
    if (has_moved || is_woken_ || is_over_) continue;
    error_code cancelled;
    wake_.expires_after(kKeepAlive);
    co_await wake_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    if (cancelled) continue;
    // Behind what a filter has left out meanwhile nothing needs to be looked for again.
    std::string comment = subscription_.view ? "id: " + cursor(subscription_.after) + "\n" : "";
    comment += ": still here\n\n";
    co_await write(std::move(comment));
  }
}

// The place comes before anything else: a browser that is cut off, and has had no event yet, says
// it in Last-Event-ID and goes on from there, not from whatever is "now" by then.
net::awaitable<void> Events::begin() {
  std::string text =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
      "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n"
      "X-Accel-Buffering: no\r\n";
  for (const auto& [name, value] : fields_) text.append(name).append(": ").append(value) += "\r\n";
  text += "\r\nid: " + cursor(subscription_.after) + "\nretry: 2000\n\n";
  co_await write(std::move(text));
  for (std::string& members : alerts_) {
    co_await write(to_event({Channel::alerts, false, std::move(members)}));
  }
  alerts_.clear();
}

net::awaitable<void> Events::send_news() {
  std::string news;
  for (const ToldNews& one : take_news(context_.news, caller_, subscription_)) {
    news += to_event(one);
  }
  if (!news.empty()) co_await write(std::move(news));
}

// True: there may be more.
net::awaitable<bool> Events::send_mentions() {
  if (!subscription_.view || is_over_) co_return false;
  std::optional<Batch> batch = co_await next();
  if (!batch) is_over_ = true;
  if (!batch || batch->next_after <= subscription_.after) co_return false;
  // Nobody may have a mention's place before the alerts of earlier ones: see KeptAlert::told_by.
  co_await send_news();
  subscription_.after = batch->next_after;
  std::string text = to_events(*batch);
  if (text.empty()) co_return true;
  context_.metrics.mentions_sent += batch->mentions;
  co_await write(std::move(text));
  co_return true;
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
  std::optional<Batch> batch = context_.tail.next(*subscription_.view, subscription_.after);
  if (batch) co_return batch;
  Result<Batch> read = Batch();
  std::function<void()> work = [this, &read] {
    read = context_.tail.read_store(*subscription_.view, subscription_.after);
  };
  co_await off_thread(context_, Pool::reads, std::move(work));
  if (!read) {
    ++context_.metrics.store_errors;
    co_return std::nullopt;
  }
  co_return *std::move(read);
}

// Only a mention's place, everything before which was sent, may be where a reader goes on. For who
// reads no mentions it is an alert's: the alerts of earlier places were all told before it.
std::string Events::to_event(const ToldNews& told) const {
  std::string out;
  std::string_view event = event_of(told.channel);
  std::string data = '{' + told.members + '}';
  if (told.is_gap) {
    event = "gap";
    data = fmt::format(R"({{"channel":"{}","reason":"too_far_behind"}})", name_of(told.channel));
  } else if (told.channel == Channel::alerts && !subscription_.view) {
    out = fmt::format("id: {}\n", place_of_alert(data));
  }
  return out + fmt::format("event: {}\ndata: {}\n\n", event, data);
}

std::string Events::to_events(const Batch& batch) const {
  std::string out;
  const auto add = [&out, this](std::uint64_t seq, std::string_view event, std::string_view data) {
    out += "id: " + cursor(seq) + "\nevent: ";
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
  ClientMessage message;
  std::string_view after = head.field("last-event-id");
  if (after.empty()) after = target.parameter("after").value_or("now");
  const auto place = parse_start_at(after);
  if (!place) return Problem{400, "bad-parameter", "after is not now, start or a cursor"};
  message.after = *place;
  message.brand = target.parameter("brand").value_or("");
  message.where = target.parameter("where").value_or("");
  message.view = target.parameter("view").value_or("");
  message.channels = channels_of(target.parameter("channels").value_or("mentions"));
  if (message.channels.empty()) {
    return Problem{400, "bad-parameter",
                   "channels is a list of mentions, stats, alerts, changes with commas between"};
  }
  EventStream stream;
  stream.caller = caller;
  auto refusal = prepare(context, message, caller, stream.subscription, stream.alerts);
  if (refusal) return std::move(refusal->problem);
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
