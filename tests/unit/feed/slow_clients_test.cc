// Slow clients, five hundred at a time: each is closed in its time, and others are served
// meanwhile.
#include <gmock/gmock.h>

#include <algorithm>
#include <deque>

#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kSlow = 500;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr milliseconds kHealthy{500};
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr milliseconds kHealthy{500};
#else
constexpr milliseconds kHealthy{50};
#endif
#else
constexpr milliseconds kHealthy{50};
#endif

class SlowClients : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ServerOptions options;
    options.head_limit = seconds(2);
    options.request_limit = seconds(2);
    start(options);
  }

  // Slow clients that each begin with `bytes`.
  void attack(const std::string& bytes) {
    for (std::size_t i = 0; i < kSlow; ++i) {
      begun_.push_back(Clock::now());
      slow_.emplace_back(port());
      slow_.back().write(bytes);
    }
  }

  // Serves a healthy client for a while, as the slow ones say `drip` again and again, then expects
  // every one of them to be closed a second after the limit at most.
  void expect_closed(const std::string& drip, seconds limit = seconds(2)) {
    std::vector<Clock::duration> times;
    auto healthy = client();
    while (Clock::now() < begun_.front() + limit - milliseconds(500)) {
      const auto before = Clock::now();
      EXPECT_EQ(healthy.get("/healthz").status, 200U);
      times.push_back(Clock::now() - before);
      if (!drip.empty()) slow_[times.size() % kSlow].write(drip);
    }
    for (std::size_t i = 0; i < kSlow; ++i) {
      while (slow_[i].read().status != 0) {  // what it was told at the end
      }
      ASSERT_LE(Clock::now() - begun_[i], limit + seconds(1)) << i;
    }
    std::sort(times.begin(), times.end());
    ASSERT_FALSE(times.empty());
    EXPECT_LE(times[times.size() * 99 / 100], kHealthy) << times.size() << " requests";
  }

  std::vector<Clock::time_point> begun_;
  std::deque<HttpClient> slow_;
};

TEST_F(SlowClients, OfHeadersAreClosed) {
  attack("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ");
  expect_closed("a");
}

TEST_F(SlowClients, ThatSayNothingAreClosed) {
  attack("");
  expect_closed("");
}

TEST_F(SlowClients, OfBodiesAreClosed) {
  attack("POST /api/v1/posts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{");
  expect_closed(" ");
}

TEST_F(SlowClients, OfChunksAreClosed) {
  attack("POST /api/v1/posts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  expect_closed("1\r\n \r\n");
}

// The answer is larger than what the kernel takes for a client that does not read.
TEST_F(SlowClients, ThatDoNotReadAreClosed) {
  const std::string text(60'000, 'a');
  for (int i = 0; i < 130; ++i) publish({text});
  const auto begun = Clock::now();
  for (std::size_t i = 0; i < 20; ++i) {
    slow_.emplace_back(port());
    slow_.back().write("GET /api/v1/mentions?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  auto healthy = client();
  const auto open = [&healthy] {
    const std::string metrics = healthy.get("/metrics").body;
    const auto at = metrics.find("\npassaparola_connections_open ");
    return std::stoul(metrics.substr(at + 30));
  };
  while (open() <= 1 && Clock::now() < begun + seconds(10)) {
  }
  while (open() > 1 && Clock::now() < begun + seconds(20)) {
  }
  EXPECT_EQ(open(), 1U);
  EXPECT_EQ(healthy.get("/healthz").status, 200U);
}

}  // namespace
}  // namespace passaparola::feed
