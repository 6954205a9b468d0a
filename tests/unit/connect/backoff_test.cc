// How long is waited after which trouble.
#include "connect/backoff.h"

#include <gtest/gtest.h>

#include "connect/http.h"

namespace passaparola::connect {
namespace {

using namespace std::chrono_literals;

Failure trouble(Trouble kind) { return {kind, "", {}}; }

void expect_about(std::chrono::milliseconds wait, std::chrono::milliseconds wanted) {
  EXPECT_GE(wait.count(), 0.79 * static_cast<double>(wanted.count()));
  EXPECT_LE(wait.count(), 1.21 * static_cast<double>(wanted.count()));
}

TEST(Backoff, TriesABreakAgainAtOnceThenLessAndLessOften) {
  Backoff backoff({}, 1);
  EXPECT_EQ(backoff.next(trouble(Trouble::unreachable)), 0ms);
  expect_about(backoff.next(trouble(Trouble::closed)), 1s);
  expect_about(backoff.next(trouble(Trouble::silent)), 2s);
  for (int i = 0; i < 20; ++i) backoff.next(trouble(Trouble::unreachable));
  expect_about(backoff.next(trouble(Trouble::unreachable)), 60s);
  EXPECT_EQ(backoff.tries(), 24U);
  backoff.reset();
  EXPECT_EQ(backoff.next(trouble(Trouble::unreachable)), 0ms);
}

TEST(Backoff, GivesAServerTimeAndARateMore) {
  Backoff server({}, 1), rate({}, 1), hopeless({}, 1);
  expect_about(server.next(trouble(Trouble::server)), 5s);
  expect_about(server.next(trouble(Trouble::server)), 10s);
  expect_about(rate.next(trouble(Trouble::rate_limited)), 60s);
  expect_about(rate.next(trouble(Trouble::rate_limited)), 120s);
  for (int i = 0; i < 20; ++i) hopeless.next(trouble(Trouble::unauthorised));
  expect_about(hopeless.next(trouble(Trouble::certificate)), 900s);
}

TEST(Backoff, GrowsInAStraightLineWhereThePlatformSaysSo) {
  Paces paces;
  paces.broken = {250ms, 1, 16s};  // X
  Backoff backoff(paces, 1);
  EXPECT_EQ(backoff.next(trouble(Trouble::unreachable)), 0ms);
  expect_about(backoff.next(trouble(Trouble::unreachable)), 250ms);
  expect_about(backoff.next(trouble(Trouble::unreachable)), 500ms);
  expect_about(backoff.next(trouble(Trouble::unreachable)), 750ms);
  for (int i = 0; i < 100; ++i) backoff.next(trouble(Trouble::unreachable));
  expect_about(backoff.next(trouble(Trouble::unreachable)), 16s);
}

TEST(Backoff, NeverComesBackBeforeItIsAskedTo) {
  Backoff backoff({}, 1);
  Failure failure = trouble(Trouble::rate_limited);
  failure.retry_after = 1h;
  EXPECT_EQ(backoff.next(failure), 1h);
}

TEST(Backoff, IsNotTheSameForAll) {
  Backoff one({}, 1), other({}, 2);
  EXPECT_NE(one.next(trouble(Trouble::server)), other.next(trouble(Trouble::server)));
}

HttpResponse answer(unsigned status, std::vector<std::pair<std::string, std::string>> fields = {}) {
  HttpResponse response;
  response.status = status;
  response.fields = std::move(fields);
  return response;
}

TEST(WantedPause, IsWhatTheAnswerSays) {
  constexpr Timestamp at{1'795'996'800'000};
  EXPECT_EQ(wanted_pause(answer(429, {{"retry-after", "120"}}), at), 120s);
  EXPECT_EQ(wanted_pause(answer(429, {{"retry-after", "1e9"}}), at), 24h) << "bounded";
  EXPECT_EQ(wanted_pause(answer(429, {{"retry-after", "-5"}}), at), std::nullopt);
  EXPECT_EQ(wanted_pause(answer(429, {{"retry-after", "soon"}}), at), std::nullopt);
  // X: an instant; Reddit: seconds, and a number with a point; Mastodon: an instant in words.
  EXPECT_EQ(
      wanted_pause(
          answer(200, {{"x-rate-limit-remaining", "0"}, {"x-rate-limit-reset", "1795996830"}}), at),
      30s);
  EXPECT_EQ(wanted_pause(
                answer(200, {{"x-ratelimit-remaining", "0.0"}, {"x-ratelimit-reset", "299"}}), at),
            299s);
  EXPECT_EQ(wanted_pause(answer(200, {{"x-ratelimit-remaining", "0"},
                                      {"x-ratelimit-reset", "2026-11-30T00:05:00.000Z"}}),
                         at),
            300s);
  EXPECT_EQ(
      wanted_pause(answer(200, {{"x-ratelimit-remaining", "988.0"}, {"x-ratelimit-reset", "299"}}),
                   at),
      std::nullopt)
      << "something is left";
  EXPECT_EQ(wanted_pause(answer(200), at), std::nullopt);
}

TEST(AnswerThatRefuses, SaysWhatItMeans) {
  constexpr Timestamp at{0};
  EXPECT_EQ(failure_of(answer(429), at).trouble, Trouble::rate_limited);
  EXPECT_EQ(failure_of(answer(420), at).trouble, Trouble::rate_limited);
  EXPECT_EQ(failure_of(answer(503), at).trouble, Trouble::server);
  EXPECT_EQ(failure_of(answer(401), at).trouble, Trouble::unauthorised);
  EXPECT_EQ(failure_of(answer(403), at).trouble, Trouble::unauthorised);
  EXPECT_EQ(failure_of(answer(404), at).trouble, Trouble::refused);
}

}  // namespace
}  // namespace passaparola::connect
