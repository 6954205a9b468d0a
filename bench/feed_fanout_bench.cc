// The live feed to many subscribers with a hundred different filters, beside a plain broadcast
// written with Beast, one write a message: deliveries a second when mentions come as fast as they
// can, the time from a commit to a subscriber at given rates, memory a subscriber, and what
// subscribers who never read do to the others.
// Usage: feed_fanout_bench [SUBSCRIBERS] [SECONDS]
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "core/check.h"
#include "core/json.h"
#include "feed/feed.h"
#include "match/match.h"
#include "store/store.h"

namespace passaparola {
namespace {

namespace fs = std::filesystem;
namespace net = boost::asio;
namespace beast = boost::beast;
using tcp = net::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kFilters = 100;
constexpr std::uint64_t kMostMentions = 1 << 20;
constexpr std::string_view kSeq = "\"seq\":";

std::int64_t nanoseconds() { return Clock::now().time_since_epoch().count(); }

// Between the process that serves and the one that subscribes.
struct Shared {
  std::atomic<std::uint32_t> port{0};
  std::atomic<std::uint64_t> wanted{0};  // mentions to be committed from now on, all together
  std::atomic<std::uint64_t> rate{0};    // a second; 0: as fast as they can be
  std::atomic<std::uint64_t> made{0};
  std::atomic<bool> is_over{false};
  std::array<std::atomic<std::int64_t>, kMostMentions> committed{};  // by seq, in nanoseconds
};

Mention mention_of(std::uint64_t number, const std::string& id, const std::string& brand) {
  Mention mention;
  mention.brand = brand;
  mention.sentiment.label = Label::positive;
  mention.sentiment.score = 0.5;
  mention.sentiment.confidence = 0.9;
  mention.lang = "it";
  mention.ruleset = "r";
  mention.lexicon = "l";
  mention.post.source = "bench";
  mention.post.id = id;
  mention.post.author.id = "anna";
  mention.post.text =
      "Adoro la Moka Nera, ve la consiglio: dopo due anni fa ancora il caffè come il primo giorno.";
  mention.post.created_at = Timestamp{1'790'000'000'000 + static_cast<std::int64_t>(number)};
  return mention;
}

std::string brand_of(std::uint64_t number) { return fmt::format("b{}", number % kFilters); }

// Calls `commit` with the next numbers, at the rate that is wanted.
void make_mentions(Shared& shared,
                   const std::function<void(std::uint64_t first, std::uint64_t count)>& commit) {
  constexpr std::uint64_t kTogether = 64;  // of a burst, as the writer gathers them
  while (!shared.is_over) {
    if (shared.made == shared.wanted) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      continue;
    }
    const std::uint64_t rate = shared.rate, first = shared.made;
    const auto begin = Clock::now();
    while (shared.made < shared.wanted && !shared.is_over) {
      if (rate > 0) {
        std::this_thread::sleep_until(
            begin + std::chrono::nanoseconds(1'000'000'000 / rate * (shared.made - first)));
      }
      const std::uint64_t count =
          rate > 0 ? 1 : std::min<std::uint64_t>(kTogether, shared.wanted - shared.made);
      commit(shared.made, count);
      shared.made += count;
    }
  }
}

// --- what is measured: the server of the program over a store ---

void serve_feed(Shared& shared) {
  std::string pattern = (fs::temp_directory_path() / "fanout-bench-XXXXXX").string();
  const fs::path folder = ::mkdtemp(pattern.data());
  store::StoreOptions options;
  options.sync = false;  // the disk is not what is measured
  auto store = store::Store::open(folder / "store", options);
  CHECK(store.has_value(), "no store");
  feed::Services services;
  services.store = store->get();
  services.push = [](std::string, std::function<void(Result<feed::PushOutcome>)> done) {
    done(feed::PushOutcome());
  };
  services.forget = [](std::vector<store::AuthorId>) { return feed::Forgotten(); };
  services.rules_json = [] { return std::string("{}"); };
  services.ready = [] { return true; };
  services.compile_filter = [](std::string_view where) -> Result<feed::Filter> {
    auto filter = match::Filter::compile(where);
    if (!filter) return filter.error();
    return feed::Filter{*std::move(filter)};
  };
  feed::ServerOptions server_options;
  server_options.port = 0;
  auto server = feed::Server::start(server_options, std::move(services));
  CHECK(server.has_value(), "no server");
  std::uint64_t committed = 0;
  (*store)->on_commit([&](const store::FeedChange& change) {
    const std::int64_t at = nanoseconds();
    while (committed < change.last_seq) shared.committed[++committed] = at;
    (*server)->committed(change);
  });
  shared.port = (*server)->port();
  const store::Preparer preparer((*store)->hash_key());
  make_mentions(shared, [&](std::uint64_t first, std::uint64_t count) {
    store::PreparedBatch batch;
    for (std::uint64_t number = first; number < first + count; ++number) {
      const std::string id = std::to_string(number), brand = brand_of(number);
      const Mention mention = mention_of(number, id, brand);
      preparer.prepare(mention.post, {&mention, 1}, batch);
    }
    const std::array<const store::PreparedBatch*, 1> batches{&batch};
    CHECK((*store)->commit(batches).has_value(), "a commit failed");
  });
  (*server)->stop();
  server->reset();
  store->reset();
  fs::remove_all(folder);
}

// --- what it is measured against ---

class PlainSession : public std::enable_shared_from_this<PlainSession> {
 public:
  explicit PlainSession(tcp::socket socket) : websocket_(std::move(socket)) {}

  void start(std::function<void(const std::string&)> on_subscribe) {
    websocket_.async_accept([self = shared_from_this(), on_subscribe](auto error) {
      if (error) return;
      self->websocket_.text(true);
      self->websocket_.async_read(self->buffer_, [self, on_subscribe](auto failed, std::size_t) {
        if (failed) return;
        on_subscribe(beast::buffers_to_string(self->buffer_.data()));
        self->send(std::make_shared<const std::string>(R"({"op":"subscribed"})"));
      });
    });
  }

  void send(std::shared_ptr<const std::string> message) {
    waiting_.push_back(std::move(message));
    if (waiting_.size() == 1) write();
  }

 private:
  void write() {
    websocket_.async_write(net::buffer(*waiting_.front()),
                           [self = shared_from_this()](auto error, std::size_t) {
                             if (error) return;
                             self->waiting_.pop_front();
                             if (!self->waiting_.empty()) self->write();
                           });
  }

  beast::websocket::stream<beast::tcp_stream> websocket_;
  beast::flat_buffer buffer_;
  std::deque<std::shared_ptr<const std::string>> waiting_;
};

void serve_plainly(Shared& shared) {
  net::io_context io(1);
  tcp::acceptor acceptor(io, {net::ip::address_v4::loopback(), 0});
  std::array<std::vector<std::shared_ptr<PlainSession>>, kFilters> sessions;
  std::function<void()> accept = [&] {
    acceptor.async_accept([&](auto error, tcp::socket socket) {
      if (error) return;
      socket.set_option(tcp::no_delay(true));
      auto session = std::make_shared<PlainSession>(std::move(socket));
      session->start([&sessions, session](const std::string& text) {
        const std::size_t at = text.find("brand:b") + 7;
        sessions[std::stoul(text.substr(at))].push_back(session);
      });
      accept();
    });
  };
  accept();
  shared.port = acceptor.local_endpoint().port();
  std::thread thread([&] { io.run(); });
  std::atomic<std::uint64_t> posted{0}, done{0};
  make_mentions(shared, [&](std::uint64_t first, std::uint64_t count) {
    // No more ahead than a store's commits would be.
    while (posted - done > 1'000) std::this_thread::yield();
    posted += count;
    net::post(io, [&, first, count] {
      for (std::uint64_t number = first; number < first + count; ++number) {
        const std::string id = std::to_string(number), brand = brand_of(number);
        Mention mention = mention_of(number, id, brand);
        mention.seq = number + 1;
        std::string json;
        JsonWriter writer(json);
        write_mention(writer, mention, 1);
        const auto message = std::make_shared<const std::string>(std::move(json));
        shared.committed[number + 1] = nanoseconds();
        for (const auto& session : sessions[number % kFilters]) session->send(message);
      }
      done += count;
    });
  });
  net::post(io, [&] { acceptor.close(); });
  io.stop();
  thread.join();
}

// --- the subscribers ---

class Subscribers {
 public:
  explicit Subscribers(Shared& shared) : shared_(shared), epoll_(::epoll_create1(0)) {
    seen_.resize(64 << 10);
  }
  ~Subscribers() {
    for (const Client& client : clients_) ::close(client.socket);
    ::close(epoll_);
  }
  Subscribers(const Subscribers&) = delete;
  Subscribers& operator=(const Subscribers&) = delete;

  // `never_read`: of a hundred, so many are not read from once they have subscribed.
  void subscribe(std::size_t count, std::size_t never_read) {
    for (std::size_t i = 0; i < count; ++i) connect(i, is_stalled(i, never_read));
    for (const Client& client : clients_) {
      if (!client.is_stalled) watch(client);
    }
  }

  // Reads until `deliveries` have come or `limit` is over.
  void read(std::uint64_t deliveries, std::chrono::seconds limit) {
    const auto end = Clock::now() + limit;
    std::array<epoll_event, 256> events{};
    while (count_ < deliveries && Clock::now() < end) {
      const int ready = ::epoll_wait(epoll_, events.data(), events.size(), 100);
      for (int i = 0; i < ready; ++i) take(clients_[events[i].data.u32]);
    }
  }

  std::uint64_t count() const { return count_; }
  std::size_t reading() const {
    return static_cast<std::size_t>(std::count_if(clients_.begin(), clients_.end(),
                                                  [](const Client& c) { return !c.is_stalled; }));
  }
  // Deliveries of so many mentions to those who read.
  std::uint64_t expected(std::uint64_t mentions) const {
    std::array<std::uint64_t, kFilters> by_filter{};
    for (const Client& client : clients_) by_filter[client.filter] += !client.is_stalled;
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < mentions; ++i) sum += by_filter[i % kFilters];
    return sum;
  }
  std::vector<double> take_latencies() { return std::exchange(latencies_, {}); }  // milliseconds

 private:
  struct Client {
    int socket = -1;
    std::size_t filter = 0;
    bool is_stalled = false;
    std::string rest;  // the end of what came, where a mark may be cut
  };

  // Spread over all filters.
  static bool is_stalled(std::size_t number, std::size_t of_hundred) {
    return (number + number / kFilters) % 100 < of_hundred;
  }

  void connect(std::size_t number, bool stalled) {
    Client client;
    client.socket = ::socket(AF_INET, SOCK_STREAM, 0);
    CHECK(client.socket >= 0, "no socket");
    if (stalled) {
      const int small = 4096;
      ::setsockopt(client.socket, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(shared_.port.load()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(client.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
          "no connection");
    const std::string head = fmt::format(
        "GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n",
        shared_.port.load());
    send(client.socket, head);
    wait_for(client.socket, "\r\n\r\n");
    client.filter = number % kFilters;
    client.is_stalled = stalled;
    const std::string text = fmt::format(
        R"({{"op":"subscribe","id":"s","where":"brand:b{}","after":"now"}})", client.filter);
    CHECK(text.size() < 126, "a longer frame");
    std::string frame{'\x81', static_cast<char>(0x80 | text.size()), 0, 0, 0, 0};  // mask of zeros
    send(client.socket, frame + text);
    wait_for(client.socket, "\"subscribed\"");
    clients_.push_back(std::move(client));
  }

  static void send(int socket, const std::string& bytes) {
    CHECK(::send(socket, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
          "nothing is sent");
  }
  static void wait_for(int socket, std::string_view mark) {
    std::string got;
    char bytes[1024];
    while (got.find(mark) == std::string::npos) {
      const ssize_t some = ::recv(socket, bytes, sizeof bytes, 0);
      CHECK(some > 0, "the server hung up");
      got.append(bytes, static_cast<std::size_t>(some));
    }
  }

  void watch(const Client& client) {
    ::fcntl(client.socket, F_SETFL, O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = static_cast<std::uint32_t>(&client - clients_.data());
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.socket, &event);
  }

  void take(Client& client) {
    const std::size_t kept = client.rest.size();
    std::memcpy(seen_.data(), client.rest.data(), kept);
    const ssize_t got = ::recv(client.socket, seen_.data() + kept, seen_.size() - kept, 0);
    if (got <= 0) return;
    const std::int64_t at = nanoseconds();
    const std::string_view bytes(seen_.data(), kept + static_cast<std::size_t>(got));
    std::size_t begin = 0;
    while (true) {
      const std::size_t mark = bytes.find(kSeq, begin);
      if (mark == std::string_view::npos) break;
      const std::size_t end = bytes.find_first_not_of("0123456789", mark + kSeq.size());
      if (end == std::string_view::npos) {
        begin = mark;
        break;
      }
      note(bytes.substr(mark + kSeq.size(), end - mark - kSeq.size()), at);
      begin = end;
    }
    constexpr std::size_t kLongestMark = 6 + 20;
    begin = std::max(begin, bytes.size() - std::min(bytes.size(), kLongestMark));
    client.rest.assign(bytes.substr(std::min(begin, bytes.size())));
  }

  void note(std::string_view digits, std::int64_t at) {
    const std::uint64_t seq = std::stoull(std::string(digits));
    latencies_.push_back(static_cast<double>(at - shared_.committed[seq]) / 1e6);
    ++count_;
  }

  Shared& shared_;
  const int epoll_;
  std::vector<Client> clients_;
  std::vector<char> seen_;
  std::vector<double> latencies_;
  std::uint64_t count_ = 0;
};

double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

std::uint64_t resident_kib(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6));
  }
  return 0;
}

struct Plan {
  const char* name;
  void (*serve)(Shared&);
  std::size_t subscribers;
  std::size_t never_read = 0;  // of a hundred
  std::uint64_t rate = 0;      // 0: a burst
  std::uint64_t mentions = 0;
};

// One server, one crowd. Deliveries a second.
double run(const Plan& plan) {
  void* const memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED, "no memory");
  Shared& shared = *new (memory) Shared;
  const pid_t process = ::fork();
  if (process == 0) {
    plan.serve(shared);
    ::_exit(0);
  }
  while (shared.port == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  double deliveries_a_second = 0;
  {
    const std::uint64_t before = resident_kib(process);
    Subscribers subscribers(shared);
    subscribers.subscribe(plan.subscribers, plan.never_read);
    const std::uint64_t each = (resident_kib(process) - before) / plan.subscribers;
    shared.rate = plan.rate;
    const auto begin = Clock::now();
    shared.wanted = plan.mentions;
    const std::uint64_t expected = subscribers.expected(plan.mentions);
    subscribers.read(expected, std::chrono::seconds(120));
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    deliveries_a_second = static_cast<double>(subscribers.count()) / seconds;
    CHECK(subscribers.count() == expected, "deliveries are missing, or came twice");
    auto latencies = subscribers.take_latencies();
    fmt::print(
        "{:<10} {:>6} subscribers, {:>2} % never read, {:>6}: {:>9.0f} deliveries/s; ms to a "
        "subscriber p50 {:.2f}, p99 {:.2f}, most {:.1f}; {} KiB a subscriber\n",
        plan.name, plan.subscribers, plan.never_read,
        plan.rate == 0 ? "burst" : fmt::format("{}/s", plan.rate), deliveries_a_second,
        quantile(latencies, 0.5), quantile(latencies, 0.99), quantile(latencies, 1), each);
    std::fflush(stdout);
  }
  shared.is_over = true;
  ::waitpid(process, nullptr, 0);
  ::munmap(memory, sizeof(Shared));
  return deliveries_a_second;
}

}  // namespace
}  // namespace passaparola

int main(int argc, char** argv) {
  using namespace passaparola;
  ::signal(SIGPIPE, SIG_IGN);
  const std::size_t subscribers = argc > 1 ? std::stoull(argv[1]) : 1'000;
  const std::uint64_t seconds = argc > 2 ? std::stoull(argv[2]) : 10;
  // Every mention goes to one subscriber of a hundred.
  const std::uint64_t burst = 100'000'000 / subscribers;
  const double plain = run({"plain", serve_plainly, subscribers, 0, 0, burst});
  const double feed = run({"feed", serve_feed, subscribers, 0, 0, burst});
  fmt::print("the feed delivers {:.1f} times as many a second\n", feed / plain);
  for (const std::uint64_t rate : {50, 1'000}) {
    run({"plain", serve_plainly, subscribers, 0, rate, rate * seconds});
    run({"feed", serve_feed, subscribers, 0, rate, rate * seconds});
    run({"feed", serve_feed, subscribers, 10, rate, rate * seconds});
  }
}
