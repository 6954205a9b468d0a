// The real program reading a Jetstream at full rate: websocket, TLS and zstd frames of the
// dictionary, from a server in this process. Says what was lost (nothing may be), how long it took
// from an event's sending to its mention at a subscriber of the feed, and what the program used.
// Usage: jetstream_bench DATA_FOLDER [EVENTS_A_SECOND] [SECONDS] [POSTS_OF_100]
#include <fcntl.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "core/check.h"
#include "core/time.h"
#include "peers/certificates.h"
#include "peers/peer.h"

extern char** environ;

namespace passaparola {
namespace {

namespace fs = std::filesystem;
namespace net = boost::asio;
namespace beast = boost::beast;
using Clock = std::chrono::steady_clock;
using peers::tcp;

constexpr std::uint64_t kNamesTheBrand = 100;  // one post of so many
constexpr std::string_view kMarker = "numero ";

struct Load {
  std::uint64_t events_a_second = 10'000, seconds = 300, posts_of_100 = 11;
  std::uint64_t events() const { return events_a_second * seconds; }
};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  CHECK(file.good(), "a file of the data folder cannot be read");
  return bytes.str();
}

// Titles of real posts, in JSON, no longer than posts of Bluesky may be.
std::vector<std::string> read_texts(const fs::path& path) {
  std::vector<std::string> texts;
  std::ifstream file(path);
  simdjson::dom::parser parser;
  for (std::string line; std::getline(file, line) && texts.size() < 5000;) {
    std::string_view title;
    if (parser.parse(line)["title"].get(title) != simdjson::SUCCESS || title.size() > 300) continue;
    texts.push_back(simdjson::minify(parser.parse(line)["title"].value_unsafe()));
    texts.back() = texts.back().substr(1, texts.back().size() - 2);
  }
  CHECK(!texts.empty(), "no texts");
  return texts;
}

// Events as the real ones are: posts, and for the others the recorded ones.
class Events {
 public:
  Events(const fs::path& data, Load load)
      : load_(load), texts_(read_texts(data / "feeds/bulk/part-001.ndjson")) {
    std::istringstream lines(read_file(data / "feeds/bluesky/jetstream_v1_golden10.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      if (line.find("app.bsky.feed.post") == std::string::npos ||
          line.find("app.bsky.feed.like") != std::string::npos) {
        others_.push_back(line);
      }
    }
  }

  // Of now.
  std::string make(std::uint64_t number) {
    const std::int64_t time = now().milliseconds * 1000;
    if (number % 100 < load_.posts_of_100) return make_post(number, time);
    std::string event = others_[number % others_.size()];
    const std::string key = "\"time_us\":";
    const std::size_t begin = event.find(key) + key.size();
    const std::size_t end = event.find_first_not_of("0123456789", begin);
    return event.replace(begin, end - begin, std::to_string(time));
  }

  std::uint64_t mentions() const { return mentions_; }

 private:
  std::string make_post(std::uint64_t number, std::int64_t time) {
    std::string text = texts_[number % texts_.size()];
    if (posts_++ % kNamesTheBrand == 0) {
      text += fmt::format(" Moka Nera {}{}.", kMarker, mentions_++);
    }
    return fmt::format(
        R"({{"did":"did:plc:mcc5yghbk7tixqryac{}","time_us":{},"kind":"commit","commit":{{)"
        R"("rev":"3mmoojp7vgo2g","operation":"create","collection":"app.bsky.feed.post",)"
        R"("rkey":"3m{}","record":{{"$type":"app.bsky.feed.post","createdAt":"{}","langs":["en"],)"
        R"("text":"{}"}},"cid":"bafyreidqpc7si3dbimffi64lz3xsx2qt45ip7rpna2qpslcddp23itjjzm"}}}})",
        number % 50'000, time, number, format_rfc3339({time / 1000}), text);
  }

  const Load load_;
  const std::vector<std::string> texts_;
  std::vector<std::string> others_;
  std::uint64_t posts_ = 0;
  std::atomic<std::uint64_t> mentions_{0};
};

// Sends the events once, to the first that comes, at the rate.
class Server : public peers::Peer {
 public:
  Server(Events& events, Load load, const std::string& dictionary, const peers::Identity& identity)
      : Peer(&identity),
        events_(events),
        load_(load),
        dictionary_(ZSTD_createCDict(dictionary.data(), dictionary.size(), 3)) {
    start();
  }
  ~Server() override {
    stop();
    ZSTD_freeCDict(dictionary_);
  }

  std::uint64_t sent() const { return sent_; }
  std::uint64_t raw_bytes() const { return raw_bytes_; }
  std::uint64_t packed_bytes() const { return packed_bytes_; }
  double behind() const { return behind_; }  // seconds, at most

 protected:
  void serve(tcp::socket socket, std::size_t number) override {
    CHECK(number == 0, "the program had to connect again");
    peers::TlsSocket stream(std::move(socket), tls());
    stream.handshake(net::ssl::stream_base::server);
    beast::websocket::stream<peers::TlsSocket> websocket(std::move(stream));
    websocket.accept();
    websocket.binary(true);
    ZSTD_CCtx* const context = ZSTD_createCCtx();
    std::string packed;
    const auto begin = Clock::now();
    for (std::uint64_t i = 0; i < load_.events() && !stopping(); ++i) {
      const auto due = begin + std::chrono::nanoseconds(1'000'000'000 / load_.events_a_second * i);
      std::this_thread::sleep_until(due);
      behind_ =
          std::max<double>(behind_, std::chrono::duration<double>(Clock::now() - due).count());
      const std::string event = events_.make(i);
      packed.resize(ZSTD_compressBound(event.size()));
      packed.resize(ZSTD_compress_usingCDict(context, packed.data(), packed.size(), event.data(),
                                             event.size(), dictionary_));
      websocket.write(net::buffer(packed));
      raw_bytes_ += event.size();
      packed_bytes_ += packed.size();
      ++sent_;
    }
    ZSTD_freeCCtx(context);
    beast::flat_buffer ignored;
    while (true) websocket.read(ignored);
  }

 private:
  Events& events_;
  const Load load_;
  ZSTD_CDict* const dictionary_;
  std::atomic<std::uint64_t> sent_{0}, raw_bytes_{0}, packed_bytes_{0};
  std::atomic<double> behind_{0};
};

// The program under test.
class Program {
 public:
  explicit Program(const fs::path& config) {
    int ends[2];
    CHECK(::pipe(ends) == 0, "no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    std::string name = PASSAPAROLA_PROGRAM, path = config;
    const char* const argv[] = {name.c_str(), "serve", "--config", path.c_str(), nullptr};
    CHECK(::posix_spawn(&pid_, name.c_str(), &actions, nullptr, const_cast<char**>(argv),
                        environ) == 0,
          "the program does not start");
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string said;
    for (char c; said.find('\n') == std::string::npos && ::read(ends[0], &c, 1) == 1;) said += c;
    const std::size_t colon = said.rfind(':');
    CHECK(colon != std::string::npos, "the program does not listen");
    port_ = static_cast<std::uint16_t>(std::stoul(said.substr(colon + 1)));
  }
  ~Program() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }

  std::uint16_t port() const { return port_; }

  double processor_seconds() const {
    std::ifstream file(fmt::format("/proc/{}/stat", pid_));
    std::string text((std::istreambuf_iterator<char>(file)), {});
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  std::uint64_t memory_mib() const {  // resident, at most so far
    std::ifstream file(fmt::format("/proc/{}/status", pid_));
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) >> 10;
    }
    return 0;
  }

  std::string get(const std::string& target) const {
    net::io_context io;
    tcp::socket socket(io);
    socket.connect({net::ip::address_v4::loopback(), port_});
    beast::http::request<beast::http::empty_body> request{beast::http::verb::get, target, 11};
    request.set(beast::http::field::host, fmt::format("127.0.0.1:{}", port_));
    beast::http::write(socket, request);
    beast::flat_buffer buffer;
    beast::http::response_parser<beast::http::string_body> response;
    beast::http::read(socket, buffer, response);
    return response.get().body();
  }

 private:
  pid_t pid_ = 0;
  std::uint16_t port_ = 0;
};

// Reads the feed as a subscriber does, and takes the time of each mention.
class Subscriber {
 public:
  explicit Subscriber(std::uint16_t port) : socket_(io_) {
    socket_.connect({net::ip::address_v4::loopback(), port});
    const std::string request = fmt::format(
        "GET /api/v1/live/sse HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept: text/event-stream\r\n\r\n",
        port);
    net::write(socket_, net::buffer(request));
    thread_ = std::thread([this] { read(); });
  }
  ~Subscriber() {
    socket_.shutdown(tcp::socket::shutdown_both);
    thread_.join();
  }

  // Milliseconds each, by number of the mention.
  std::vector<double> lags() const {
    const std::lock_guard lock(mutex_);
    return lags_;
  }
  std::uint64_t doubled() const { return doubled_; }

 private:
  void read() {
    net::streambuf buffer;
    simdjson::dom::parser parser;
    boost::system::error_code error;
    while (net::read_until(socket_, buffer, '\n', error) > 0 && !error) {
      std::istream stream(&buffer);
      std::string line;
      std::getline(stream, line);
      if (!line.starts_with("data: ")) continue;
      const Timestamp at = now();
      simdjson::dom::element post;
      std::string_view text, created_at;
      if (parser.parse(line.substr(6))["post"].get(post) != simdjson::SUCCESS ||
          post["text"].get(text) != simdjson::SUCCESS ||
          post["created_at"].get(created_at) != simdjson::SUCCESS) {
        continue;
      }
      const std::size_t begin = text.rfind(kMarker);
      if (begin == std::string_view::npos) continue;
      const auto number = std::stoull(std::string(text.substr(begin + kMarker.size())));
      const std::lock_guard lock(mutex_);
      doubled_ += !seen_.insert(number).second;
      lags_.push_back(
          static_cast<double>(at.milliseconds - parse_rfc3339(created_at)->milliseconds));
    }
  }

  net::io_context io_;
  tcp::socket socket_;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::vector<double> lags_;      // protected by mutex_
  std::set<std::uint64_t> seen_;  // protected by mutex_
  std::atomic<std::uint64_t> doubled_{0};
};

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

std::uint64_t count_of(const Program& program, const char* name) {
  simdjson::dom::parser parser;
  std::uint64_t count = 0;
  const std::string body = program.get("/api/v1/sources");
  CHECK(parser.parse(body)["sources"].at(0)[name].get(count) == simdjson::SUCCESS,
        "the sources cannot be read");
  return count;
}

void write_config(const fs::path& folder, const fs::path& data, std::uint16_t port) {
  fs::create_directories(folder / "rules");
  std::ofstream(folder / "rules/moka.rules")
      << "brand moka_nera \"Moka Nera\" {\n  terms \"moka nera\"\n}\n";
  std::ofstream(folder / "passaparola.toml") << fmt::format(
      "[rules]\npath = \"{0}/rules\"\nlexicons = \"{1}/rules/lexicons\"\n"
      "[store]\npath = \"{0}/store\"\n[server]\nlisten = \"127.0.0.1:0\"\n"
      "[[source]]\nname = \"bluesky\"\ntype = \"jetstream\"\nurl = \"wss://localhost:{2}\"\n"
      "collections = []\ndictionary = \"{3}\"\nca_file = \"{0}/ca.pem\"\nallow_private = true\n",
      folder.string(), PASSAPAROLA_SOURCE_DIR, port,
      (data / "feeds/bluesky/zstd_dictionary_v1.zdict").string());
}

void run(const fs::path& data, Load load) {
  std::string pattern = (fs::temp_directory_path() / "jetstream-bench-XXXXXX").string();
  const fs::path folder = ::mkdtemp(pattern.data());
  const auto authority = peers::Identity::authority();
  const auto identity = peers::Identity::server({"localhost"}, &authority);
  std::ofstream(folder / "ca.pem") << authority.certificate_pem();
  Events events(data, load);
  Server server(events, load, read_file(data / "feeds/bluesky/zstd_dictionary_v1.zdict"), identity);
  write_config(folder, data, server.port());
  {
    const Program program(folder / "passaparola.toml");
    Subscriber subscriber(program.port());
    while (server.sent() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const double processor_before = program.processor_seconds();
    const auto begin = Clock::now();
    while (server.sent() < load.events()) std::this_thread::sleep_for(std::chrono::seconds(1));
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const double processor = program.processor_seconds() - processor_before;
    const auto until = Clock::now() + std::chrono::seconds(30);
    while ((count_of(program, "records") < load.events() ||
            subscriber.lags().size() < events.mentions()) &&
           Clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    const auto lags = subscriber.lags();
    CHECK(count_of(program, "records") == load.events(), "events were lost");
    CHECK(count_of(program, "rejected") == 0, "events were rejected");
    CHECK(lags.size() == events.mentions() && subscriber.doubled() == 0,
          "mentions were lost or came twice");
    fmt::print("{} events in {:.0f} s, {} % of them posts; {:.0f} bytes each, {:.0f} packed\n",
               load.events(), seconds, load.posts_of_100,
               static_cast<double>(server.raw_bytes()) / static_cast<double>(load.events()),
               static_cast<double>(server.packed_bytes()) / static_cast<double>(load.events()));
    fmt::print("none lost, none doubled; the server was behind its rate by {:.3f} s at most\n",
               server.behind());
    fmt::print("{} mentions at a subscriber after ms: median {:.0f}, p99 {:.0f}, most {:.0f}\n",
               lags.size(), quantile(lags, 0.5), quantile(lags, 0.99), quantile(lags, 1));
    fmt::print("the program: {:.0f} % of a core, {} MiB at most\n", 100 * processor / seconds,
               program.memory_mib());
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace passaparola

int main(int argc, char** argv) {
  using namespace passaparola;
  if (argc < 2) {
    fmt::print(stderr, "jetstream_bench DATA_FOLDER [EVENTS_A_SECOND] [SECONDS] [POSTS_OF_100]\n");
    return 2;
  }
  Load load;
  if (argc > 2) load.events_a_second = std::stoull(argv[2]);
  if (argc > 3) load.seconds = std::stoull(argv[3]);
  if (argc > 4) load.posts_of_100 = std::stoull(argv[4]);
  run(argv[1], load);
}
