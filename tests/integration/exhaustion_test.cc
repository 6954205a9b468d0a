// A thousand connections to a process that may have 256 descriptors: whom it serves it goes on
// serving, it burns no processor, and afterwards it takes new ones at once.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <sstream>

#include "integration/http_client.h"
#include "integration/program.h"
#include "integration/sample.h"

namespace passaparola::testing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A TCP connection that may be kept while nothing is said.
class Socket {
 public:
  explicit Socket(std::uint16_t port) : number_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_open_ = ::connect(number_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Socket() { ::close(number_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  bool is_open() const { return is_open_; }

  void say(const std::string& text) const {
    EXPECT_EQ(::send(number_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }

  // What was heard so far, once `text` is in it; as it is when that takes too long or never comes.
  const std::string& hear(const std::string& text, milliseconds patience = seconds(10)) {
    const auto until = Clock::now() + patience;
    while (heard_.find(text) == std::string::npos && Clock::now() < until) {
      pollfd waiting{number_, POLLIN, 0};
      const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now()).count();
      if (::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0))) <= 0) break;
      char some[4096];
      const ssize_t n = ::recv(number_, some, sizeof some, 0);
      if (n <= 0) break;
      heard_.append(some, static_cast<std::size_t>(n));
    }
    return heard_;
  }

 private:
  const int number_;
  bool is_open_ = false;
  std::string heard_;
};

// Of a process, user and system.
milliseconds processor_time(pid_t process) {
  const std::string stat = read_file("/proc/" + std::to_string(process) + "/stat");
  std::istringstream words(stat.substr(stat.rfind(')') + 2));
  std::string word;
  long ticks = 0;
  for (int field = 3; words >> word; ++field) {
    if (field == 14 || field == 15) ticks += std::stol(word);
  }
  return milliseconds(ticks * 1'000 / ::sysconf(_SC_CLK_TCK));
}

class Exhaustion : public ::testing::Test {
 protected:
  void SetUp() override {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);  // for the thousand on this side
    server_.emplace(
        folder_.path(),
        std::vector<std::string>{"serve", "--rules", rules_, "--store",
                                 (folder_ / "store").string(), "--listen", "127.0.0.1:0"},
        std::vector<std::string>{}, 256);
    ASSERT_TRUE(server_->wait_for_output("listening on ")) << server_->wait().err;
    url_ = listening_url(server_->out());
    port_ = static_cast<std::uint16_t>(std::stoi(url_.substr(url_.rfind(':') + 1)));
  }

  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
  std::optional<Program> server_;
  std::string url_;
  std::uint16_t port_ = 0;
};

TEST_F(Exhaustion, OfDescriptorsIsSurvived) {
  Socket events(port_), writer(port_);
  events.say("GET /api/v1/live/sse?after=start HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(events.hear("retry:"), ::testing::HasSubstr("200 OK"));
  const auto push = [&](std::uint64_t number) {
    const std::string body = sample_posts(number, 1, 1);
    writer.say(
        "POST /api/v1/posts HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/x-ndjson\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_THAT(events.hear("Numero " + std::to_string(number) + "\""),
                ::testing::HasSubstr("Numero " + std::to_string(number) + "\""));
  };
  push(1);
  std::vector<std::unique_ptr<Socket>> crowd;
  const auto begun = Clock::now();
  const milliseconds before = processor_time(server_->id());
  for (int i = 0; i < 1'000; ++i) crowd.push_back(std::make_unique<Socket>(port_));
  // Three seconds of it, in which the stream says nothing but what is pushed.
  push(2);
  events.hear("no such words",
              seconds(3) - std::chrono::duration_cast<milliseconds>(Clock::now() - begun));
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - begun);
  const milliseconds used = processor_time(server_->id()) - before;
  EXPECT_LE(used * 5, took) << used.count() << " ms of " << took.count();
  push(3);
  crowd.clear();
  const auto freed = Clock::now();
  std::optional<HttpAnswer> answer;
  while (!answer && Clock::now() < freed + seconds(10)) {
    answer = http_request(url_, "GET", "/healthz");
  }
  EXPECT_LE(Clock::now() - freed, seconds(2));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  push(4);
  server_->signal(SIGTERM);
  EXPECT_EQ(server_->wait().exit_code, 0);
}

}  // namespace
}  // namespace passaparola::testing
