#include <algorithm>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>

#include "core/limits.h"
#include "feed/answers.h"
#include "feed/api.h"
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
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using tcp = net::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxReplies = 64;  // answers waiting to be written; then nothing is read
constexpr std::size_t kSocketBufferBytes = 256 << 10;
constexpr std::chrono::seconds kHandshakeFor{5};
constexpr std::chrono::seconds kIdleFor{60};  // Beast pings at half of it
constexpr std::chrono::seconds kStopFor{3};
// A server that is late to wake its readers has too many frames to send: each then waits for more.
constexpr std::chrono::milliseconds kBusyLag{10};
constexpr int kWaitForLag = 4;  // times as long as it was late
constexpr std::chrono::milliseconds kMaxWaitForLag{250};
constexpr std::string_view kProtocol = "passaparola.v1";

// One websocket: a coroutine that reads what the client says, one that writes. Everything happens
// on the strand of the socket.
class Live : public Session, public Watcher, public std::enable_shared_from_this<Live> {
 public:
  Live(Context& context, Stream stream, std::string head, Caller caller)
      : context_(context),
        caller_(std::move(caller)),
        ws_(std::move(stream)),
        head_(std::move(head)),
        wake_(ws_.get_executor(), Clock::time_point::max()),
        room_(ws_.get_executor(), Clock::time_point::max()),
        deadline_(ws_.get_executor()),
        end_(ws_.get_executor()) {}

  void start() { net::co_spawn(ws_.get_executor(), run(shared_from_this()), ended()); }

  void wake() override {
    if (is_wake_posted_.exchange(true)) return;
    net::post(ws_.get_executor(), [self = shared_from_this(), posted = Clock::now()] {
      self->is_wake_posted_ = false;
      self->lag_ = Clock::now() - posted;
      self->wake_writer();
    });
  }

  void stop() override {
    net::post(ws_.get_executor(), [self = shared_from_this()] {
      self->is_stopping_ = true;
      self->wake_writer();
      self->cut_after(kStopFor);
    });
  }

 private:
  std::function<void(std::exception_ptr)> ended() {
    ++running_;
    return [self = shared_from_this()](const std::exception_ptr&) {
      if (--self->running_ > 0) return;
      self->context_.metrics.subscriptions_open -= self->subscriptions_.size();
      for (const auto& one : self->subscriptions_) {
        if (one->view) self->context_.tail.unwatch(*one->view, self.get());
      }
      self->context_.news.unwatch(self.get());
      --self->context_.metrics.connections_open;
      self->context_.sessions.remove(self.get());
    };
  }

  net::awaitable<void> run(std::shared_ptr<Live> self);
  net::awaitable<bool> shake_hands();
  net::awaitable<void> read_all(std::shared_ptr<Live> self);
  net::awaitable<void> write_all();
  net::awaitable<void> subscribe(ClientMessage message);
  void unsubscribe(const std::string& id);
  net::awaitable<bool> serve_next(Clock::time_point& next_due);
  net::awaitable<bool> send_news(std::shared_ptr<Subscription> subscription);
  net::awaitable<void> send_batch(std::shared_ptr<Subscription> subscription, Batch batch);
  net::awaitable<void> write(std::vector<net::const_buffer> buffers);
  net::awaitable<void> wait(Clock::time_point until);
  net::awaitable<void> close();

  bool is_over() const { return is_gone_ || is_slow_ || is_stopping_ || is_broken_ || is_expired_; }
  void reply(std::string frame) {
    replies_.push_back(std::move(frame));
    wake_writer();
  }
  void refuse(const std::string& id, const char* code, std::string message) {
    reply(error_frame({id, code, std::move(message)}));
  }
  void wake_writer() {
    is_woken_ = true;
    wake_.cancel();
  }
  void end_when_token_does();
  void cut_after(std::chrono::milliseconds time);
  void on_slow();

  Context& context_;
  const Caller caller_;
  websocket::stream<Stream> ws_;
  std::string head_;
  net::steady_timer wake_;      // the writer waits here
  net::steady_timer room_;      // the reader waits here while too many replies wait
  net::steady_timer deadline_;  // of the write under way
  net::steady_timer end_;       // of the token
  std::uint64_t writes_ = 0;
  std::vector<std::shared_ptr<Subscription>> subscriptions_;
  std::size_t turn_ = 0;  // the subscription that is served first: each gets its share
  std::deque<std::string> replies_;
  std::atomic<bool> is_wake_posted_{false};
  Clock::duration lag_{};  // between the last wake and its being dealt with
  int running_ = 0;
  bool is_woken_ = false;
  bool is_gone_ = false;      // the client left or broke the protocol
  bool is_slow_ = false;      // it did not take a frame in time
  bool is_broken_ = false;    // the store could not be read
  bool is_stopping_ = false;  // the server stops
  bool is_expired_ = false;   // the token has ended that it was asked with
};

net::awaitable<void> Live::run(std::shared_ptr<Live> self) {
  const bool is_open = co_await shake_hands();
  if (!is_open) co_return;
  if (context_.sessions.is_stopping()) is_stopping_ = true;
  end_when_token_does();
  net::co_spawn(ws_.get_executor(), read_all(self), ended());
  co_await write_all();
  co_await close();
}

net::awaitable<bool> Live::shake_hands() {
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = kHandshakeFor;
  timeout.idle_timeout = kIdleFor;
  timeout.keep_alive_pings = true;
  ws_.set_option(timeout);
  ws_.read_message_max(kMaxClientMessageBytes);
  ws_.auto_fragment(false);
  ws_.text(true);
  error_code error;
  tcp::socket& socket = ws_.next_layer().tcp().socket();
  socket.set_option(tcp::no_delay(true), error);
  // What a client does not read must not pile up in the kernel out of our sight.
  socket.set_option(net::socket_base::send_buffer_size(kSocketBufferBytes), error);
  const bool speaks_ours = head_.find(kProtocol) != std::string::npos;
  auto decorate = [speaks_ours](websocket::response_type& response) {
    if (speaks_ours) response.set(http::field::sec_websocket_protocol, kProtocol);
  };
  ws_.set_option(websocket::stream_base::decorator(decorate));
  http::request_parser<http::empty_body> parser;
  parser.header_limit(kMaxHttpHeaderBytes + 1);
  parser.put(net::buffer(head_), error);
  if (error) co_return false;
  co_await ws_.async_accept(parser.get(), net::redirect_error(net::use_awaitable, error));
  co_return !error;
}

net::awaitable<void> Live::read_all([[maybe_unused]] std::shared_ptr<Live> self) {
  beast::flat_buffer buffer;
  error_code error;  // once set, the stream must not be read again
  while (!is_over()) {
    buffer.clear();
    co_await ws_.async_read(buffer, net::redirect_error(net::use_awaitable, error));
    if (error) break;
    if (!ws_.got_text()) {
      refuse("", "bad_message", "messages are text");
      continue;
    }
    const std::string_view text(static_cast<const char*>(buffer.data().data()), buffer.size());
    ParsedMessage parsed = parse_client_message(text);
    if (!parsed.message) {
      reply(error_frame(parsed.error));
    } else if (parsed.message->op == ClientMessage::Op::unsubscribe) {
      unsubscribe(parsed.message->id);
    } else {
      ClientMessage message = *std::move(parsed.message);
      co_await subscribe(std::move(message));
    }
    while (replies_.size() >= kMaxReplies && !is_over()) {
      error_code cancelled;
      room_.expires_at(Clock::time_point::max());
      co_await room_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
  }
  // Reading on lets Beast see the other side's close while ours is under way.
  while (!error) {
    buffer.clear();
    co_await ws_.async_read(buffer, net::redirect_error(net::use_awaitable, error));
  }
  is_gone_ = true;
  wake_writer();
}

net::awaitable<void> Live::subscribe(ClientMessage message) {
  const auto is_same = [&message](const auto& other) { return other->id == message.id; };
  if (std::any_of(subscriptions_.begin(), subscriptions_.end(), is_same)) {
    refuse(message.id, "already_subscribed", "this id is subscribed: unsubscribe it first");
    co_return;
  }
  if (subscriptions_.size() >= kMaxSubscriptionsPerConnection) {
    refuse(message.id, "too_many_subscriptions", "a connection has at most 64 subscriptions");
    co_return;
  }
  auto subscription = std::make_shared<Subscription>();
  std::vector<std::string> alerts;
  std::optional<Refusal> refusal;
  std::function<void()> work = [this, &message, &subscription, &alerts, &refusal] {
    refusal = prepare(context_, message, caller_, *subscription, alerts);
  };
  co_await off_thread(context_, Pool::reads, std::move(work));
  if (refusal) {
    reply(error_frame(refusal->error));
    co_return;
  }
  reply(subscribed_frame(message.id, {context_.services.store->id(), subscription->after}));
  for (const std::string& members : alerts) {
    reply(news_frame(Channel::alerts, message.id, members));
  }
  if (subscription->view) context_.tail.watch(*subscription->view, shared_from_this());
  for (const auto& [channel, number] : subscription->news) {
    context_.news.watch(channel, shared_from_this());
  }
  subscriptions_.push_back(std::move(subscription));
  ++context_.metrics.subscriptions_open;
  wake_writer();
}

void Live::unsubscribe(const std::string& id) {
  const auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                  [&id](const auto& other) { return other->id == id; });
  if (found == subscriptions_.end()) {
    refuse(id, "not_subscribed", "no subscription has this id");
    return;
  }
  (*found)->is_open = false;
  const std::shared_ptr<View> view = (*found)->view;
  subscriptions_.erase(found);
  const bool is_watched = std::any_of(subscriptions_.begin(), subscriptions_.end(),
                                      [&](const auto& other) { return other->view == view; });
  if (view && !is_watched) context_.tail.unwatch(*view, this);
  context_.news.unwatch(this);
  for (const auto& other : subscriptions_) {
    for (const auto& [channel, number] : other->news) {
      context_.news.watch(channel, shared_from_this());
    }
  }
  --context_.metrics.subscriptions_open;
  reply(unsubscribed_frame(id));
}

net::awaitable<void> Live::write_all() {
  while (!is_over()) {
    is_woken_ = false;
    if (!replies_.empty()) {
      const std::string frame = std::move(replies_.front());
      replies_.pop_front();
      room_.cancel();
      std::vector<net::const_buffer> buffers{net::buffer(frame)};
      co_await write(std::move(buffers));
      continue;
    }
    auto next_due = Clock::time_point::max();
    const bool has_moved = co_await serve_next(next_due);
    if (!has_moved && !is_woken_ && !is_over()) co_await wait(next_due);
  }
}

// Serves the first subscription that has something. False: none has; the earliest that waits for
// its time is due at `next_due`.
net::awaitable<bool> Live::serve_next(Clock::time_point& next_due) {
  const auto now = Clock::now();
  const std::size_t count = subscriptions_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = (turn_ + i) % count;
    const auto subscription = subscriptions_[at];
    const bool has_told = co_await send_news(subscription);
    if (has_told) {
      turn_ = at + 1;
      co_return true;
    }
    if (!subscription->view) continue;
    if (subscription->due > now) {
      next_due = std::min(next_due, subscription->due);
      continue;
    }
    std::optional<Batch> batch = context_.tail.next(*subscription->view, subscription->after);
    if (batch && batch->next_after == subscription->after) continue;
    turn_ = at + 1;
    if (!batch) {
      Result<Batch> read = Batch();
      std::function<void()> work = [this, &read, subscription] {
        read = context_.tail.read_store(*subscription->view, subscription->after);
      };
      co_await off_thread(context_, Pool::reads, std::move(work));
      if (!read) {
        ++context_.metrics.store_errors;
        is_broken_ = true;
        co_return false;
      }
      batch = *std::move(read);
    }
    // Nobody may have a mention's place before the alerts of earlier ones: see KeptAlert::told_by.
    co_await send_news(subscription);
    if (!subscription->is_open) co_return true;
    Batch found = *std::move(batch);
    if (found.next_after <= subscription->after) continue;
    co_await send_batch(subscription, std::move(found));
    co_return true;
  }
  co_return false;
}

// False: there is none.
net::awaitable<bool> Live::send_news(std::shared_ptr<Subscription> subscription) {
  const std::vector<ToldNews> told = take_news(context_.news, caller_, *subscription);
  for (const ToldNews& one : told) {
    if (!subscription->is_open) break;
    const std::string frame = one.is_gap ? news_gap_frame(one.channel, subscription->id)
                                         : news_frame(one.channel, subscription->id, one.members);
    std::vector<net::const_buffer> buffers{net::buffer(frame)};
    co_await write(std::move(buffers));
  }
  co_return !told.empty();
}

net::awaitable<void> Live::send_batch(std::shared_ptr<Subscription> subscription, Batch batch) {
  subscription->after = batch.next_after;
  if (batch.slices.empty()) co_return;
  const std::uint32_t store = context_.services.store->id();
  // Gaps first: the cursor of the mentions frame is already behind them.
  for (const Slice& slice : batch.slices) {
    const auto& large = slice.chunk->too_large;
    for (std::size_t i = slice.first_too_large; i < large.size(); ++i) {
      const std::string frame = gap_frame(subscription->id, store, large[i]);
      std::vector<net::const_buffer> buffers{net::buffer(frame)};
      co_await write(std::move(buffers));
    }
  }
  if (batch.mentions > 0) {
    const std::string head = mentions_frame_head(subscription->id);
    const std::string tail = mentions_frame_tail({store, batch.next_after});
    std::vector<net::const_buffer> buffers{net::buffer(head)};
    for (const Slice& slice : batch.slices) {
      const std::string_view json = slice.json();
      if (json.empty()) continue;
      if (buffers.size() > 1) buffers.push_back(net::buffer(",", 1));
      buffers.push_back(net::buffer(json));
    }
    buffers.push_back(net::buffer(tail));
    co_await write(std::move(buffers));
    context_.metrics.mentions_sent += batch.mentions;
  }
  // A reader who is behind gets frame after frame; one who keeps up waits for his time.
  if (batch.bytes >= kMaxFrameBytes / 2) co_return;
  Clock::duration wait = subscription->every;
  if (lag_ >= kBusyLag) {
    wait = std::max(wait, std::min<Clock::duration>(kWaitForLag * lag_, kMaxWaitForLag));
  }
  subscription->due = Clock::now() + wait;
}

net::awaitable<void> Live::write(std::vector<net::const_buffer> buffers) {
  if (is_over()) co_return;
  const std::uint64_t number = ++writes_;
  deadline_.expires_after(context_.options.unsent_limit);
  deadline_.async_wait([self = shared_from_this(), number](error_code cancelled) {
    if (!cancelled && self->writes_ == number) self->on_slow();
  });
  error_code error;
  const std::size_t bytes =
      co_await ws_.async_write(std::span<const net::const_buffer>(buffers),  // cheap to copy
                               net::redirect_error(net::use_awaitable, error));
  ++writes_;
  if (!is_slow_) deadline_.cancel();
  context_.metrics.bytes_sent += bytes;
  if (error) is_gone_ = true;
}

// The frame under way is not taken. If it still gets through in as much time again, the close frame
// with its reason follows it; else the socket is cut.
void Live::on_slow() {
  is_slow_ = true;
  ++context_.metrics.slow_clients_cut;
  cut_after(context_.options.unsent_limit);
}

void Live::end_when_token_does() {
  const auto left = caller_.left(context_.services.clock());
  if (!left) return;
  end_.expires_after(*left);
  end_.async_wait([weak = weak_from_this()](error_code cancelled) {
    const auto self = weak.lock();
    if (!self || cancelled) return;
    self->is_expired_ = true;
    self->wake_writer();
    self->cut_after(kStopFor);
  });
}

void Live::cut_after(std::chrono::milliseconds time) {
  auto timer = std::make_shared<net::steady_timer>(ws_.get_executor(), time);
  timer->async_wait([weak = weak_from_this(), timer](error_code) {
    if (const auto self = weak.lock()) self->ws_.next_layer().tcp().close();
  });
}

net::awaitable<void> Live::wait(Clock::time_point until) {
  error_code cancelled;
  wake_.expires_at(until);
  co_await wake_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
}

net::awaitable<void> Live::close() {
  room_.cancel();
  if (!ws_.is_open()) co_return;
  websocket::close_reason reason(websocket::close_code::normal);
  if (is_slow_) {
    reason = {websocket::close_code::try_again_later, "slow: resume from your cursor"};
  } else if (is_stopping_) {
    reason = {websocket::close_code::going_away, "the server stops: resume from your cursor"};
  } else if (is_expired_) {
    reason = {websocket::close_code::policy_error, "the token has expired"};
  } else if (is_broken_) {
    reason = {websocket::close_code::internal_error, "the store cannot be read"};
  }
  error_code ignored;
  co_await ws_.async_close(reason, net::redirect_error(net::use_awaitable, ignored));
  ws_.next_layer().tcp().close();
}

}  // namespace

void serve_websocket(Context& context, Stream stream, std::string head, Caller caller) {
  auto live =
      std::make_shared<Live>(context, std::move(stream), std::move(head), std::move(caller));
  if (!context.sessions.add(live)) return;
  ++context.metrics.connections_open;
  live->start();
}

}  // namespace passaparola::feed
