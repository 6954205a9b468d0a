// The websocket: nothing lost, nothing doubled, whoever is slow is cut off and may come back.
#include <gmock/gmock.h>

#include <atomic>
#include <numeric>
#include <thread>

#include "core/cursor.h"
#include "core/limits.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using LiveTest = ServerTest;

std::string subscribe(const std::string& id, const std::string& after = "now",
                      const std::string& more = "") {
  return R"({"op":"subscribe","id":")" + id + R"(","after":")" + after + "\"" + more + "}";
}

// Reads mentions frames until `count` mentions came; the cursor of the last goes to `cursor`.
std::vector<std::uint64_t> hear_mentions(LiveClient& live, std::size_t count,
                                         std::string* cursor = nullptr, int* frames = nullptr) {
  std::vector<std::uint64_t> seqs;
  while (seqs.size() < count) {
    const std::string frame = live.hear();
    if (frame.empty()) break;
    if (member(frame, "op") != "mentions") continue;
    const auto more = seqs_of(frame);
    seqs.insert(seqs.end(), more.begin(), more.end());
    if (cursor != nullptr) *cursor = member(frame, "cursor");
    if (frames != nullptr) ++*frames;
  }
  return seqs;
}

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> out(last - first + 1);
  std::iota(out.begin(), out.end(), first);
  return out;
}

TEST_F(LiveTest, NowMeansWhatComesAndStartMeansEverything) {
  publish_numbered(3);
  start();
  LiveClient live(port());
  live.say(subscribe("late"));
  EXPECT_EQ(member(live.hear(), "op"), "subscribed");
  publish_numbered(2);
  EXPECT_THAT(hear_mentions(live, 2), ElementsAre(4, 5));
  LiveClient all(port());
  all.say(subscribe("all", "start"));
  EXPECT_EQ(hear_mentions(all, 5), numbers(1, 5));
}

TEST_F(LiveTest, AReconnectLosesAndDoublesNothing) {
  start();
  std::thread publisher([this] { publish_numbered(300); });
  std::string cursor = "start";
  std::vector<std::uint64_t> seen;
  while (seen.size() < 300) {
    LiveClient live(port());
    live.say(subscribe("s", cursor));
    const auto some = hear_mentions(live, 1, &cursor);
    ASSERT_FALSE(some.empty());
    seen.insert(seen.end(), some.begin(), some.end());
  }
  publisher.join();
  EXPECT_EQ(seen, numbers(1, 300));
}

TEST_F(LiveTest, EveryMsGathersMentionsIntoOneFrame) {
  start();
  LiveClient live(port());
  live.say(subscribe("s", "start", R"(,"every_ms":400)"));
  live.hear();
  publish_numbered(1);
  int frames = 0;
  EXPECT_EQ(hear_mentions(live, 1, nullptr, &frames), numbers(1, 1));
  publish_numbered(20);
  EXPECT_EQ(hear_mentions(live, 20, nullptr, &frames), numbers(2, 21));
  EXPECT_LE(frames, 3) << "20 mentions within 400 ms are one frame, two when the clock is unlucky";
}

TEST_F(LiveTest, FiltersAndSeveralSubscriptionsKeepApart) {
  start();
  LiveClient live(port());
  live.say(subscribe("moka", "start", R"(,"where":"brand:moka_nera")"));
  live.say(subscribe("altra", "start", R"(,"where":"brand:altra")"));
  live.hear();
  live.hear();
  publish({"a"}, "moka_nera");
  publish({"b"}, "altra");
  std::map<std::string, std::vector<std::uint64_t>> seen;
  while (seen.size() < 2) {
    const std::string frame = live.hear();
    ASSERT_FALSE(frame.empty());
    for (const auto seq : seqs_of(frame)) seen[member(frame, "id")].push_back(seq);
  }
  EXPECT_THAT(seen["moka"], ElementsAre(1));
  EXPECT_THAT(seen["altra"], ElementsAre(2));
  live.say(R"({"op":"unsubscribe","id":"moka"})");
  EXPECT_EQ(member(live.hear(), "op"), "unsubscribed");
  publish({"c"}, "moka_nera");
  publish({"d"}, "altra");
  EXPECT_EQ(member(live.hear(), "id"), "altra");
}

TEST_F(LiveTest, MistakesAreAnsweredAndDoNotEndTheConnection) {
  start();
  LiveClient live(port());
  const auto code_after = [&live](const std::string& message) {
    live.say(message);
    return member(live.hear(), "code");
  };
  EXPECT_EQ(code_after("nonsense"), "bad_message");
  EXPECT_EQ(code_after(subscribe("s", "soon")), "bad_cursor");
  EXPECT_EQ(code_after(subscribe("s", encode_cursor({store_->id() + 1, 0}))), "cursor_unknown");
  EXPECT_EQ(code_after(subscribe("s", encode_cursor({store_->id(), 5}))), "cursor_ahead");
  EXPECT_EQ(code_after(subscribe("s", "now", R"(,"where":"???")")), "bad_filter");
  EXPECT_EQ(code_after(subscribe("s", "now", R"(,"channels":["gossip"])")), "bad_message");
  EXPECT_EQ(code_after(R"({"op":"unsubscribe","id":"s"})"), "not_subscribed");
  for (std::size_t i = 0; i < kMaxSubscriptionsPerConnection; ++i) {
    live.say(subscribe(std::to_string(i)));
    EXPECT_EQ(member(live.hear(), "op"), "subscribed");
  }
  EXPECT_EQ(code_after(subscribe("0")), "already_subscribed");
  EXPECT_EQ(code_after(subscribe("more")), "too_many_subscriptions");
}

TEST_F(LiveTest, AThousandDifferentFiltersAreEnough) {
  start();
  std::vector<LiveClient> clients;
  std::size_t refused = 0;
  for (std::size_t i = 0; refused == 0 && i < 17 * kMaxSubscriptionsPerConnection; ++i) {
    if (i % kMaxSubscriptionsPerConnection == 0) clients.emplace_back(port());
    const std::string id = std::to_string(i);
    clients.back().say(subscribe(id, "now", R"(,"where":"brand:b)" + id + "\""));
    const std::string frame = clients.back().hear();
    refused += member(frame, "code") == "overloaded";
    EXPECT_EQ(member(frame, "op"), refused == 0 ? "subscribed" : "error") << frame;
  }
  EXPECT_EQ(refused, 1U);
}

TEST_F(LiveTest, AMessageOverTheLimitEndsTheConnection) {
  start();
  LiveClient live(port());
  live.say(std::string(kMaxClientMessageBytes + 1, ' '));
  EXPECT_EQ(live.hear_close().code, 1009U);
}

TEST_F(LiveTest, ASlowClientIsCutOffWithAReasonAndResumes) {
  ServerOptions options;
  options.unsent_limit = std::chrono::milliseconds(500);
  start(options);
  const std::string long_text(60'000, 'x');
  publish(std::vector<std::string>(200, long_text));
  LiveClient slow(port());
  slow.say(subscribe("s", "start"));
  HttpClient http(port());
  while (http.get("/metrics").body.find("passaparola_slow_clients_cut_total 1\n") ==
         std::string::npos) {
  }
  // It reads again, in time for the close frame: a prefix of the feed, then the reason.
  std::string cursor = "start";
  std::vector<std::uint64_t> seen;
  for (std::string frame = slow.hear(); !frame.empty(); frame = slow.hear()) {
    const auto some = seqs_of(frame);
    seen.insert(seen.end(), some.begin(), some.end());
    if (member(frame, "op") == "mentions") cursor = member(frame, "cursor");
  }
  const Closed closed = slow.hear_close();
  EXPECT_EQ(closed.code, 1013U);
  EXPECT_EQ(closed.reason, "slow: resume from your cursor");
  ASSERT_LT(seen.size(), 200U);
  LiveClient again(port());
  again.say(subscribe("s", cursor));
  const auto rest = hear_mentions(again, 200 - seen.size());
  seen.insert(seen.end(), rest.begin(), rest.end());
  EXPECT_EQ(seen, numbers(1, 200));
}

TEST_F(LiveTest, TwoHundredSubscribersHearEverythingOnce) {
  start();
  constexpr std::size_t kSubscribers = 200;
  constexpr std::size_t kMentions = 100;
  std::vector<LiveClient> clients;
  for (std::size_t i = 0; i < kSubscribers; ++i) {
    clients.emplace_back(port());
    clients.back().say(subscribe("s", "start"));
    ASSERT_EQ(member(clients.back().hear(), "op"), "subscribed");
  }
  std::thread publisher([this] { publish_numbered(kMentions); });
  for (LiveClient& live : clients) {
    EXPECT_EQ(hear_mentions(live, kMentions), numbers(1, kMentions));
  }
  publisher.join();
}

TEST_F(LiveTest, WhatIsErasedIsNotSentAnyMore) {
  publish({"uno"}, "moka_nera", Label::positive, "gone");
  publish({"due"});
  start();
  ASSERT_EQ(client().send("DELETE", "/api/v1/authors/test/gone").status, 200U);
  LiveClient live(port());
  live.say(subscribe("s", "start"));
  EXPECT_THAT(hear_mentions(live, 1), ElementsAre(2));
}

TEST_F(LiveTest, AMentionTooLargeForAFrameIsAGapNeverSilence) {
  start();
  LiveClient live(port());
  live.say(subscribe("s", "start"));
  live.hear();
  // Control characters grow sixfold in JSON; quote and text together pass the limit.
  publish_huge();
  publish({"dopo"});
  const std::string gap = live.hear();
  EXPECT_EQ(member(gap, "op"), "gap");
  EXPECT_EQ(member(gap, "reason"), "mention_too_large");
  EXPECT_EQ(member(gap, "to"), encode_cursor({store_->id(), 1}));
  EXPECT_THAT(hear_mentions(live, 1), ElementsAre(2));
}

TEST_F(LiveTest, StoppingSaysGoingAway) {
  start();
  LiveClient live(port());
  live.say(subscribe("s"));
  live.hear();
  std::thread stopper([this] { server_->stop(); });
  EXPECT_EQ(live.hear_close().code, 1001U);
  stopper.join();
}

TEST_F(LiveTest, WhatIsWithdrawnIsToldAndServedNoMore) {
  publish_numbered(3);
  start();
  LiveClient changes(port());
  changes.say(R"({"op":"subscribe","id":"c","channels":["changes"]})");
  EXPECT_EQ(member(changes.hear(), "op"), "subscribed");
  LiveClient first(port());  // has read them, so that they are in memory
  first.say(R"({"op":"subscribe","id":"s","after":"start"})");
  first.hear();
  EXPECT_THAT(first.hear(), HasSubstr("\"id\":\"p2\""));
  PostView gone;
  gone.source = "test";
  gone.id = "p2";
  gone.op = PostOp::remove;
  publish(gone, "moka_nera", Label::positive);
  EXPECT_EQ(changes.hear(), R"({"op":"change","id":"c","kind":"mention.withdrawn","mention_id":")" +
                                mention_id("test", "p2", "moka_nera") +
                                R"(","seq":2,"brand":"moka_nera","reason":"source_delete"})");
  LiveClient second(port());
  second.say(R"({"op":"subscribe","id":"s","after":"start"})");
  second.hear();
  const std::string frame = second.hear();
  EXPECT_THAT(frame, HasSubstr("\"id\":\"p1\""));
  EXPECT_THAT(frame, Not(HasSubstr("\"id\":\"p2\"")));
}

}  // namespace
}  // namespace passaparola::feed
