// Live readers lose nothing and are given nothing twice, whoever breaks off: they, again and again,
// or the server, killed. And a cursor of one way to read is good for all others.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <simdjson.h>

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <cctype>
#include <cstdio>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <sstream>
#include <thread>

#include "integration/campaign.h"
#include "integration/http_client.h"
#include "peers/receiver_peer.h"

namespace passaparola::testing {
namespace {

namespace net = boost::asio;
namespace websocket = boost::beast::websocket;
using tcp = net::ip::tcp;
using boost::system::error_code;

// What one message of a stream brings.
struct Received {
  std::vector<std::uint64_t> seqs;
  std::string cursor;
  bool is_gap = false;
};

std::vector<std::uint64_t> seqs_in(simdjson::dom::array items) {
  std::vector<std::uint64_t> seqs;
  for (const auto item : items) seqs.push_back(item["seq"].get_uint64());
  return seqs;
}

// A live stream that is read until it breaks.
class Stream {
 public:
  virtual ~Stream() = default;
  // nullopt: it is over.
  virtual std::optional<Received> read() = 0;
  // Ends a read that waits, from any thread.
  void cut() { ::shutdown(socket_.native_handle(), SHUT_RDWR); }

 protected:
  bool connect(const std::string& url) {
    const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    error_code error;
    socket_.connect({net::ip::make_address("127.0.0.1"), port}, error);
    return !error;
  }
  net::io_context io_;
  tcp::socket socket_{io_};
};

class WebsocketStream : public Stream {
 public:
  bool open(const std::string& url, const std::string& subscription) {
    if (!connect(url)) return false;
    error_code error;
    ws_.handshake("127.0.0.1", "/api/v1/live", error);
    if (!error) ws_.write(net::buffer(subscription), error);
    return !error;
  }
  std::optional<Received> read() override {
    buffer_.clear();
    error_code error;
    ws_.read(buffer_, error);
    if (error) return std::nullopt;
    const std::string_view text(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    simdjson::dom::element frame;
    std::string_view op, cursor;
    if (parser_.parse(simdjson::padded_string(text)).get(frame) || frame["op"].get(op)) {
      ADD_FAILURE() << text;
      return std::nullopt;
    }
    Received received;
    received.is_gap = op == "gap";
    EXPECT_NE(op, "error") << text;
    if (!frame["cursor"].get(cursor)) received.cursor = cursor;
    simdjson::dom::array items;
    if (op == "mentions" && !frame["items"].get(items)) received.seqs = seqs_in(items);
    return received;
  }

 private:
  websocket::stream<tcp::socket&> ws_{socket_};
  boost::beast::flat_buffer buffer_;
  simdjson::dom::parser parser_;
};

class EventStream : public Stream {
 public:
  bool open(const std::string& url, const std::string& target) {
    if (!connect(url)) return false;
    error_code error;
    net::write(socket_, net::buffer("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
               error);
    if (!error) net::read_until(socket_, buffer_, "\r\n\r\n", error);
    if (error) return false;
    buffer_.consume(buffer_.size() - rest_after("\r\n\r\n").size());
    return true;
  }
  std::optional<Received> read() override {
    error_code error;
    const std::size_t bytes = net::read_until(socket_, buffer_, "\n\n", error);
    if (error) return std::nullopt;
    const std::string event(net::buffers_begin(buffer_.data()),
                            net::buffers_begin(buffer_.data()) + static_cast<long>(bytes));
    buffer_.consume(bytes);
    Received received;
    received.is_gap = event.find("event: gap") != std::string::npos;
    const std::size_t id = event.find("id: ");
    if (id != std::string::npos) received.cursor = event.substr(id + 4, event.find('\n') - id - 4);
    const std::size_t seq = event.find("\"seq\":");
    if (seq != std::string::npos) received.seqs.push_back(std::stoull(event.substr(seq + 6)));
    return received;
  }

 private:
  std::string rest_after(const std::string& end) {
    const std::string all(net::buffers_begin(buffer_.data()), net::buffers_end(buffer_.data()));
    return all.substr(all.find(end) + end.size());
  }
  net::streambuf buffer_;
};

std::string url_encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    std::array<char, 4> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "%%%02X", static_cast<unsigned char>(c));
    out += std::isalnum(static_cast<unsigned char>(c)) ? std::string(1, c) : escaped.data();
  }
  return out;
}

// Where the server is now; empty while it is down.
class Address {
 public:
  void set(std::string url) {
    const std::lock_guard lock(mutex_);
    url_ = std::move(url);
  }
  std::string get() const {
    const std::lock_guard lock(mutex_);
    return url_;
  }

 private:
  mutable std::mutex mutex_;
  std::string url_;
};

// A reader who breaks off at random and comes back with the cursor of what it dealt with last.
class Reader {
 public:
  Reader(const Address& address, std::string where, bool is_websocket, std::uint64_t seed)
      : address_(address), where_(std::move(where)), is_websocket_(is_websocket), random_(seed) {}

  // Until it has had the mention `last`, which is none while the feed grows.
  void follow(const std::atomic<std::uint64_t>& last) {
    while (last == 0 || seqs_.empty() || seqs_.back() < last) {
      const auto stream = open();
      if (!stream) {
        std::this_thread::yield();
        continue;
      }
      const bool is_ending = last != 0;
      for (std::uint64_t left = is_ending ? UINT64_MAX : random_() % 40; left > 0; --left) {
        const auto received = stream->read();
        if (!received) break;
        gaps_ += received->is_gap;
        seqs_.insert(seqs_.end(), received->seqs.begin(), received->seqs.end());
        if (!received->cursor.empty() && !received->is_gap) cursor_ = received->cursor;
        if (last != 0 && !seqs_.empty() && seqs_.back() >= last) return;
      }
      stream->cut();
      ++breaks_;
    }
  }

  const std::vector<std::uint64_t>& seqs() const { return seqs_; }
  const std::string& where() const { return where_; }
  std::uint64_t breaks() const { return breaks_; }
  std::uint64_t gaps() const { return gaps_; }

 private:
  std::unique_ptr<Stream> open() const {
    const std::string url = address_.get();
    if (url.empty()) return nullptr;
    if (is_websocket_) {
      auto stream = std::make_unique<WebsocketStream>();
      const std::string subscription =
          R"({"op":"subscribe","id":"s","after":")" + cursor_ + R"(","where":")" + where_ + "\"}";
      if (stream->open(url, subscription)) return stream;
      return nullptr;
    }
    auto stream = std::make_unique<EventStream>();
    if (stream->open(url, "/api/v1/live/sse?after=" + cursor_ + "&where=" + url_encoded(where_))) {
      return stream;
    }
    return nullptr;
  }

  const Address& address_;
  const std::string where_;
  const bool is_websocket_;
  std::mt19937_64 random_;
  std::string cursor_ = "start";
  std::vector<std::uint64_t> seqs_;
  std::uint64_t breaks_ = 0, gaps_ = 0;
};

std::vector<std::uint64_t> feed_of(const std::string& url, const std::string& where) {
  std::vector<std::uint64_t> seqs;
  std::string after = "start";
  for (bool more = true; more;) {
    const auto page = http_request(
        url, "GET", "/api/v1/mentions?limit=1000&after=" + after + "&where=" + url_encoded(where));
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (!page || parser.parse(page->body).get(root)) {
      ADD_FAILURE() << "no page";
      return seqs;
    }
    for (const std::uint64_t seq : seqs_in(root["items"])) seqs.push_back(seq);
    after = std::string(root["cursor"].get_string().value());
    more = root["more"].get_bool();
  }
  return seqs;
}

constexpr std::uint64_t kGroup = 20, kMatchEvery = 2;

TEST(Resume, ReadersWhoBreakOffAndServersThatAreKilledLoseNothing) {
  const int kills = static_cast<int>(size_from("PASSAPAROLA_RESUME_KILLS", 4));
  const std::uint64_t breaks = size_from("PASSAPAROLA_DISCONNECTS", 100);
  const Site site;
  std::mt19937_64 random(random_seed());
  Address address;
  std::atomic<std::uint64_t> last{0}, groups{0};
  std::vector<std::unique_ptr<Reader>> readers;
  for (const bool is_websocket : {true, false}) {
    for (const char* where : {"", "author_id:[author-2,author-4,author-10]", "brand:moka_nera"}) {
      readers.push_back(std::make_unique<Reader>(address, where, is_websocket, random()));
    }
  }
  std::vector<std::thread> threads;
  for (const auto& reader : readers) {
    threads.emplace_back([&reader, &last] { reader->follow(last); });
  }
  const auto broken_off = [&] {
    std::uint64_t all = 0;
    for (const auto& reader : readers) all += reader->breaks();
    return all;
  };
  std::optional<Program> program;
  const auto start = [&] {
    program.emplace(site.folder(), site.serve(site.store()));
    ASSERT_TRUE(program->wait_for_output("listening on ")) << program->wait().err;
    address.set(listening_url(program->out()));
  };
  start();
  for (int killed = 0; killed < kills || broken_off() < breaks;) {
    const std::string posts = sample_posts(groups * kGroup, kGroup, kMatchEvery);
    const auto answer = http_request(address.get(), "POST", "/api/v1/posts", posts);
    ASSERT_TRUE(answer && answer->status == 200);
    ++groups;
    if (killed >= kills || random() % 20 != 0) continue;
    address.set("");
    program->signal(SIGKILL);
    program->wait();
    ++killed;
    start();
  }
  const auto whole = feed_of(address.get(), "");
  ASSERT_FALSE(whole.empty());
  // The last mention that every reader is to have: one more that all filters hold for.
  const std::string goodbye =
      R"({"source":"test","id":"bye","author":{"id":"author-2"},)"
      R"("text":"Adoro la Moka Nera, addio","created_at":"2026-11-21T10:00:00Z"})";
  last = whole.back() + 1;  // before it is there: who has had it must not wait for another
  ASSERT_EQ(http_request(address.get(), "POST", "/api/v1/posts", goodbye + "\n")->status, 200);
  for (std::thread& thread : threads) thread.join();
  for (const auto& reader : readers) {
    EXPECT_EQ(reader->seqs(), feed_of(address.get(), reader->where())) << reader->where();
    EXPECT_EQ(reader->gaps(), 0U);
  }
  std::printf("%llu breaks, %d kills, %zu mentions, %zu readers\n",
              static_cast<unsigned long long>(broken_off()), kills, whole.size() + 1,
              readers.size());
}

class Cursors : public ::testing::Test {
 protected:
  static constexpr std::size_t kMentions = 8, kSeen = 3;
  using Read =
      std::function<std::vector<std::uint64_t>(const std::string& after, std::string& cursor)>;

  void SetUp() override {
    site_.add(sample_posts(0, kMentions, 1));
    const std::string config = site_.path("p.toml");
    write_file(config, fmt::format("[rules]\npath = \"{}\"\n[store]\npath = \"{}\"\n"
                                   "[server]\nlisten = \"127.0.0.1:0\"\n[[delivery]]\n"
                                   "name = \"crm\"\ntype = \"webhook\"\nurl = \"{}\"\n"
                                   "allow_private = true\nsecret_env = \"CRM_SECRET\"\n",
                                   site_.rules(), site_.store(), receiver_.url()));
    program_ = std::make_unique<Program>(
        site_.folder(), std::vector<std::string>{"serve", "--config", config},
        std::vector<std::string>{"CRM_SECRET=whsec_a2tra2tra2tra2tra2tra2tra2tra2tr"});
    ASSERT_TRUE(program_->wait_for_output("listening on "));
    url_ = listening_url(program_->out());
  }

  // Reads kSeen mentions behind `after`, or as many as there are, each way.
  std::map<std::string, Read> ways() {
    std::map<std::string, Read> all;
    all["page"] = [this](const std::string& after, std::string& cursor) {
      const auto page = http_request(url_, "GET", "/api/v1/mentions?limit=3&after=" + after);
      simdjson::dom::element root;
      EXPECT_FALSE(parser_.parse(page->body).get(root)) << page->body;
      cursor = std::string(root["cursor"].get_string().value());
      return seqs_in(root["items"]);
    };
    all["websocket"] = [this](const std::string& after, std::string& cursor) {
      WebsocketStream stream;
      EXPECT_TRUE(stream.open(url_, R"({"op":"subscribe","id":"s","after":")" + after + "\"}"));
      return read_some(stream, cursor);
    };
    all["events"] = [this](const std::string& after, std::string& cursor) {
      EventStream stream;
      EXPECT_TRUE(stream.open(url_, "/api/v1/live/sse?after=" + after));
      return read_some(stream, cursor);
    };
    all["command"] = [this](const std::string& after, std::string& cursor) {
      const Finished feed = site_.run({"feed", "--server", url_, "--after", after, "--limit", "3"});
      EXPECT_EQ(feed.exit_code, 0) << feed.err;
      std::vector<std::uint64_t> seqs;
      std::istringstream lines(feed.out);
      for (std::string line; std::getline(lines, line);) {
        simdjson::dom::element mention;
        EXPECT_FALSE(parser_.parse(line).get(mention)) << line;
        seqs.push_back(mention["seq"].get_uint64());
        cursor = std::string(mention["cursor"].get_string().value());
      }
      return seqs;
    };
    all["export"] = [this](const std::string& after, std::string& cursor) {
      return read_export(after, cursor);
    };
    all["delivery"] = [this](const std::string& after, std::string& cursor) {
      return read_delivery(after, cursor);
    };
    return all;
  }

  // Asks until `holds` of the answer.
  template <typename Holds>
  simdjson::dom::element ask_until(const std::string& target, Holds&& holds) {
    simdjson::dom::element root;
    EXPECT_TRUE(wait_until([&] {
      const auto answer = http_request(url_, "GET", target);
      EXPECT_FALSE(parser_.parse(answer->body).get(root)) << answer->body;
      return holds(root);
    })) << root;
    return root;
  }

  std::vector<std::uint64_t> read_export(const std::string& after, std::string& cursor) {
    const auto asked =
        http_request(url_, "POST", "/api/v1/exports",
                     R"({"format":"ndjson","after":")" + after + "\"}", "application/json");
    EXPECT_EQ(asked->status, 202) << asked->body;
    const std::string id(parser_.parse(asked->body)["id"].get_string().value());
    const auto job = ask_until("/api/v1/exports/" + id, [](simdjson::dom::element root) {
      return root["state"].get_string().value() == "done";
    });
    cursor = std::string(job["cursor"].get_string().value());
    const std::string file(job["file"].get_string().value());
    std::vector<std::uint64_t> seqs;
    std::istringstream lines(http_request(url_, "GET", file)->body);
    for (std::string line; std::getline(lines, line);) {
      seqs.push_back(parser_.parse(line)["seq"].get_uint64());
    }
    return seqs;
  }

  // All that is due has come before it is asked to begin again.
  std::vector<std::uint64_t> read_delivery(const std::string& after, std::string& cursor) {
    ask_until("/api/v1/deliveries", [](simdjson::dom::element root) {
      const auto delivery = root["deliveries"].at(0);
      return delivery["lag_mentions"].get_uint64().value() == 0 &&
             delivery["state"].get_string().value() == "idle";
    });
    const std::size_t before = receiver_.taken().size();
    const auto asked = http_request(url_, "POST", "/api/v1/deliveries/crm:replay",
                                    R"({"after":")" + after + "\"}", "application/json");
    EXPECT_EQ(asked->status, 200) << asked->body;
    EXPECT_TRUE(receiver_.wait_until([&](const auto& taken) { return taken.size() > before; }));
    const auto taken = receiver_.taken();
    const auto message = parser_.parse(taken[before].body);
    cursor = std::string(message["cursor"].get_string().value());
    return seqs_in(message["items"]);
  }

  // A websocket's frame may bring all at once; what is behind kSeen is then not looked at.
  static std::vector<std::uint64_t> read_some(Stream& stream, std::string& cursor) {
    std::vector<std::uint64_t> seqs;
    while (seqs.size() < kSeen) {
      const auto received = stream.read();
      if (!received) break;
      seqs.insert(seqs.end(), received->seqs.begin(), received->seqs.end());
      if (!received->cursor.empty()) cursor = received->cursor;
    }
    return seqs;
  }

  Site site_;
  peers::ReceiverPeer receiver_{
      [](const peers::ListingRequest&, std::size_t) { return peers::takes(); }};
  std::unique_ptr<Program> program_;
  std::string url_;
  simdjson::dom::parser parser_;
};

TEST_F(Cursors, OfOneWayToReadAreGoodForAllOthers) {
  const auto all = ways();
  std::uint64_t posts = kMentions;
  for (const auto& [from, first] : all) {
    std::string cursor;
    std::vector<std::uint64_t> seen = first("start", cursor);
    ASSERT_FALSE(seen.empty()) << from;
    const std::string more = sample_posts(posts, kSeen, 1);
    ASSERT_EQ(http_request(url_, "POST", "/api/v1/posts", more)->status, 200);
    posts += kSeen;
    for (const auto& [to, second] : all) {
      std::string next;
      const std::vector<std::uint64_t> behind = second(cursor, next);
      ASSERT_FALSE(behind.empty()) << from << " to " << to;
      EXPECT_EQ(behind.front(), seen.back() + 1) << from << " to " << to;
    }
  }
}

}  // namespace
}  // namespace passaparola::testing
