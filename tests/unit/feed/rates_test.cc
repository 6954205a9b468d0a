// How much may be asked, by whom and from where.
#include "feed/rates.h"

#include <gmock/gmock.h>

#include <deque>

#include "core/limits.h"
#include "feed/addresses.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

const Rates::Clock::time_point kStart = Rates::Clock::now();

TEST(Rates, ABucketEmptiesAndFillsByItself) {
  Rates rates(60);
  for (std::size_t i = 0; i < 60; ++i) {
    const auto granted = rates.take("anna", kStart);
    EXPECT_EQ(granted.retry_seconds, 0U);
    EXPECT_EQ(granted.remaining, 59 - i);
    EXPECT_EQ(granted.limit, 60U);
  }
  const auto refused = rates.take("anna", kStart);
  EXPECT_EQ(refused.retry_seconds, 1U);
  EXPECT_EQ(refused.reset_seconds, 60U);
  EXPECT_EQ(rates.take("bruno", kStart).remaining, 59U) << "another has another";
  EXPECT_EQ(rates.take("anna", kStart + milliseconds(900)).retry_seconds, 1U);
  EXPECT_EQ(rates.take("anna", kStart + seconds(1)).retry_seconds, 0U);
  EXPECT_EQ(rates.take("anna", kStart + seconds(1)).retry_seconds, 1U);
  EXPECT_EQ(rates.look("anna", kStart + seconds(600)).remaining, 60U) << "never more than all";
  EXPECT_EQ(rates.take("anna", kStart + seconds(1)).remaining, 59U) << "a clock does not go back";
}

TEST(Rates, NoneIsNone) {
  Rates rates(0);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(rates.take("anna", kStart).retry_seconds, 0U);
  EXPECT_EQ(rates.take("anna", kStart).limit, 0U);
}

TEST(Rates, TooManyAtOnceShareOneBucket) {
  Rates rates(2);
  for (std::size_t i = 0; i < kMaxMeasured; ++i) rates.take(std::to_string(i), kStart);
  EXPECT_EQ(rates.take("new", kStart).remaining, 1U);
  EXPECT_EQ(rates.take("newer", kStart).remaining, 0U);
  EXPECT_GT(rates.take("newest", kStart).retry_seconds, 0U);
  EXPECT_EQ(rates.take("7", kStart).remaining, 0U) << "who was there keeps theirs";
  EXPECT_EQ(rates.take("late", kStart + seconds(60)).remaining, 1U) << "the others are forgotten";
}

TEST(Addresses, AreCountedByWhatOneCustomerHas) {
  EXPECT_EQ(counted_address("203.0.113.7", false), "203.0.113.7");
  EXPECT_EQ(counted_address("::ffff:203.0.113.7", false), "203.0.113.7");
  EXPECT_EQ(counted_address("2001:db8:1:2:3:4:5:6", false),
            counted_address("2001:db8:1:2:ffff::1", false));
  EXPECT_NE(counted_address("2001:db8:1:2::1", false), counted_address("2001:db8:1:3::1", false));
  EXPECT_EQ(counted_address("127.0.0.9", false), "");
  EXPECT_EQ(counted_address("::1", false), "");
  EXPECT_EQ(counted_address("127.0.0.9", true), "127.0.0.9");
  EXPECT_EQ(counted_address("somewhere", false), "");
}

TEST(Addresses, EachHasSoManyPlaces) {
  Addresses addresses(2);
  auto one = addresses.enter("a"), two = addresses.enter("a");
  EXPECT_TRUE(one && two);
  EXPECT_FALSE(addresses.enter("a"));
  EXPECT_TRUE(addresses.enter("b"));
  one.reset();
  EXPECT_TRUE(addresses.enter("a"));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(addresses.enter(""));
}

class RateTest : public ServerTest {
 protected:
  Fields shown(const std::string& token) const { return {{"Authorization", "Bearer " + token}}; }

  void start_with(std::size_t per_minute, bool counts_loopback) {
    ServerOptions options;
    options.tokens = {{{"anna", Role::writer, {}}, hash_token("a"), std::nullopt},
                      {{"bruno", Role::writer, {}}, hash_token("b"), std::nullopt}};
    options.requests_per_minute = per_minute;
    options.counts_loopback = counts_loopback;
    options.connections_per_address = 3;
    start(options);
  }
};

TEST_F(RateTest, ACallerWhoAsksTooMuchIsToldWhenToComeBack) {
  start_with(5, false);
  auto http = client();
  for (unsigned i = 0; i < 5; ++i) {
    const Reply reply = http.get("/api/v1/brands", shown("a"));
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.fields.at("ratelimit-limit"), "5");
    EXPECT_EQ(reply.fields.at("ratelimit-remaining"), std::to_string(4 - i));
    EXPECT_GT(std::stoi(reply.fields.at("ratelimit-reset")), 0);
  }
  const Reply refused = http.get("/api/v1/brands", shown("a"));
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(member(refused.body, "title"), "rate-limited");
  const int wait = std::stoi(refused.fields.at("retry-after"));
  EXPECT_GE(wait, 11);
  EXPECT_LE(wait, 12);
  EXPECT_EQ(http.get("/api/v1/brands", shown("b")).status, 200U) << "another caller";
  EXPECT_EQ(http.get("/healthz").status, 200U) << "asks for no data";
  EXPECT_EQ(http.get("/healthz").fields.contains("ratelimit-limit"), 0U);
}

TEST_F(RateTest, AnAddressWhoseTokensFailIsStopped) {
  start_with(0, true);
  auto http = client();
  for (std::size_t i = 0; i < kFailedTokensPerMinute; ++i) {
    EXPECT_EQ(http.get("/api/v1/brands", shown("guess " + std::to_string(i))).status, 401U);
  }
  const Reply refused = http.get("/api/v1/brands", shown("a"));
  EXPECT_EQ(refused.status, 429U) << "the right one too: else guessing goes on";
  EXPECT_THAT(refused.body, HasSubstr("wrong tokens"));
  EXPECT_EQ(http.get("/healthz").status, 200U);
}

TEST_F(RateTest, AProxyOnThisMachineIsNotStopped) {
  start_with(0, false);
  auto http = client();
  for (std::size_t i = 0; i < 2 * kFailedTokensPerMinute; ++i) {
    EXPECT_EQ(http.get("/api/v1/brands", shown("guess")).status, 401U);
  }
  EXPECT_EQ(http.get("/api/v1/brands", shown("a")).status, 200U);
}

TEST_F(RateTest, AnAddressHasItsShareOfConnections) {
  start_with(0, true);
  std::deque<HttpClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(port());
    EXPECT_EQ(clients.back().get("/healthz").status, 200U);
  }
  EXPECT_EQ(client().get("/healthz").status, 0U);
  unsigned status = 0;
  clients.pop_back();
  // The server sees the end of a connection a moment later than its client.
  while (status != 101U) {
    LiveClient live(port(), shown("a"), &status);
    if (status != 101U) continue;
    EXPECT_EQ(client().get("/healthz").status, 0U) << "the place went on to the websocket";
  }
}

}  // namespace
}  // namespace passaparola::feed
