// What the server remembers of pushes, and what it says once it has forgotten.
#include "feed/push_log.h"

#include <gtest/gtest.h>

#include "core/limits.h"

namespace passaparola::feed {
namespace {

constexpr std::int64_t kStart = 1'000;

std::string told(const PushLog::Verdict& verdict) {
  if (const auto* answer = std::get_if<Answer>(&verdict)) return "answer " + answer->body;
  if (const auto* problem = std::get_if<Problem>(&verdict)) {
    return std::to_string(problem->status) + " " + problem->name;
  }
  return "new";
}

Answer answer_of(const std::string& body) {
  Answer answer;
  answer.body = body;
  return answer;
}

void take(PushLog& log, const std::string& key, std::optional<std::int64_t> signed_at) {
  ASSERT_EQ(told(log.begin(key, 1, signed_at)), "new") << key;
  log.finish(key, answer_of(key));
}

TEST(PushLog, GivesTheFirstAnswerAgain) {
  PushLog log("idempotency-key");
  EXPECT_EQ(told(log.begin("a", 1)), "new");
  EXPECT_EQ(told(log.begin("a", 1)), "409 push-under-way");
  log.finish("a", answer_of("x"));
  EXPECT_EQ(told(log.begin("a", 1)), "answer x");
  EXPECT_EQ(told(log.begin("a", 2)), "422 idempotency-key-reused");
  EXPECT_EQ(told(log.begin("b", 2)), "new");
  log.finish("b", std::nullopt);
  EXPECT_EQ(told(log.begin("b", 3)), "new") << "what failed may be tried again";
}

TEST(PushLog, ForgetsTheKeyThatWasFinishedFirst) {
  PushLog log("idempotency-key");
  for (std::size_t i = 0; i <= kMaxIdempotencyKeys; ++i) take(log, std::to_string(i), {});
  EXPECT_EQ(told(log.begin("1", 1)), "answer 1");
  EXPECT_EQ(told(log.begin("0", 1)), "new");
}

TEST(PushLog, WhatWasSignedBeforeItsMemoryBeginsIsSentBack) {
  PushLog log("webhook-id", kStart);
  EXPECT_EQ(told(log.begin("a", 1, kStart - 1)), "503 sign-again");
  EXPECT_EQ(told(log.begin("a", 1, kStart)), "503 sign-again");
  EXPECT_EQ(told(log.begin("a", 1, kStart + 1)), "new");
}

// However many messages come, none that was taken is taken again.
TEST(PushLog, WhatIsForgottenIsNotTakenAgain) {
  PushLog log("webhook-id", kStart);
  const auto count = static_cast<std::int64_t>(kMaxIdempotencyKeys);
  // Newest first: it is the second that counts, not the order in which they came.
  for (std::int64_t i = count; i > 0; --i) take(log, std::to_string(i), kStart + i);
  take(log, "late", kStart + count + 1);
  EXPECT_EQ(told(log.begin("1", 1, kStart + 1)), "503 sign-again");
  EXPECT_EQ(told(log.begin("2", 1, kStart + 2)), "answer 2");
  EXPECT_EQ(told(log.begin("other", 1, kStart + 1)), "503 sign-again") << "who knows?";
  EXPECT_EQ(told(log.begin("1", 1, kStart + count + 2)), "new") << "signed anew";
}

// A retry is signed anew, and that signature is good for longer than the first.
TEST(PushLog, AnIdIsKeptAsLongAsItsLatestSignature) {
  PushLog log("webhook-id", kStart);
  take(log, "a", kStart + 1);
  EXPECT_EQ(told(log.begin("a", 1, kStart + 50)), "answer a");
  EXPECT_EQ(told(log.begin("b", 1, kStart + 2)), "new");
  EXPECT_EQ(told(log.begin("b", 1, kStart + 50)), "409 push-under-way");
  log.finish("b", answer_of("b"));
  for (std::size_t i = 0; i < kMaxIdempotencyKeys - 2; ++i) {
    take(log, std::to_string(i), kStart + 3);
  }
  take(log, "last", kStart + 60);
  EXPECT_EQ(told(log.begin("0", 1, kStart + 3)), "503 sign-again") << "the first of its second";
  EXPECT_EQ(told(log.begin("1", 1, kStart + 3)), "answer 1");
  EXPECT_EQ(told(log.begin("a", 1, kStart + 50)), "answer a");
  EXPECT_EQ(told(log.begin("b", 1, kStart + 50)), "answer b");
}

}  // namespace
}  // namespace passaparola::feed
