// From the feed to alerts: kept as records, told once, at GET /alerts and to live readers.
#include "feed/warnings.h"

#include <gmock/gmock.h>

#include "core/cursor.h"
#include "core/limits.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr std::int64_t kNow = 1'790'000'000'000;

class WarningsTest : public ServerTest {
 protected:
  // Thirty days of a critic every six hours.
  void SetUp() override {
    ServerTest::SetUp();
    for (std::int64_t at = kNow - 30 * kDay; at < kNow - 2 * kHour; at += 6 * kHour) {
      complain(at, "usual" + std::to_string(at));
    }
    clock_ = [this] { return Timestamp{at_}; };
  }

  void complain(std::int64_t at, const std::string& author, const std::string& source = "test",
                Label label = Label::negative) {
    const std::string id = "w" + std::to_string(++complaints_);
    PostView post;
    post.source = source;
    post.id = id;
    post.author.id = author;
    post.text = "pessima";
    post.created_at = {at};
    publish(post, "moka_nera", label);
  }
  void crowd(int count, std::int64_t at, const std::string& source = "test",
             Label label = Label::negative) {
    for (int i = 0; i < count; ++i) complain(at, source + std::to_string(i), source, label);
  }
  void look() {
    const auto done = warnings_->look({at_}, is_stopping_);
    EXPECT_TRUE(done) << done.error().message;
  }
  std::vector<KeptAlert> kept() const {
    std::vector<KeptAlert> all;
    EXPECT_TRUE(visit_alerts(*store_, 0, [&all](KeptAlert&& one) {
      all.push_back(std::move(one));
      return true;
    }));
    return all;
  }

  std::int64_t at_ = kNow;
  int complaints_ = 0;
  std::atomic<bool> is_stopping_{false};
  News news_;
  std::unique_ptr<Warnings> warnings_;
};

TEST_F(WarningsTest, ACrowdIsToldOnceWithItsMentionsAndItsEnd) {
  warnings_ = std::make_unique<Warnings>(*store_, news_, warning::Settings());
  look();
  EXPECT_THAT(kept(), SizeIs(0)) << "weeks of the usual";
  ASSERT_THAT(warnings_->standing(), SizeIs(1));
  EXPECT_EQ(warnings_->standing()[0].level, warning::Level::none);
  crowd(15, at_);
  crowd(15, at_, "test", Label::positive);
  for (int i = 0; i < 3; ++i) {
    at_ += kMinute;
    look();
  }
  ASSERT_THAT(kept(), SizeIs(1));
  const KeptAlert alert = kept()[0];
  EXPECT_EQ(alert.number, 1U);
  EXPECT_EQ(alert.brand, "moka_nera");
  EXPECT_EQ(alert.place, store_->last_seq());
  EXPECT_GT(alert.told_by, alert.place);
  EXPECT_THAT(alert.json,
              AllOf(HasSubstr(R"("before":"none","level":"warn")"), HasSubstr(R"("critics":15)"),
                    HasSubstr(R"("reasons":["15 people)"), HasSubstr(R"("mentions":[")")));
  EXPECT_EQ(member(alert.json, "cursor"), encode_cursor({store_->id(), alert.place}));
  const News::Page told = news_.read(Channel::alerts, 0);
  ASSERT_THAT(told.items, SizeIs(1));
  EXPECT_EQ(told.items[0]->members, "\"alert\":" + alert.json);

  warnings_ = std::make_unique<Warnings>(*store_, news_, warning::Settings());
  look();
  EXPECT_THAT(kept(), SizeIs(1)) << "another start does not tell it again";
  EXPECT_EQ(warnings_->standing()[0].level, warning::Level::warn);
  for (int i = 0; i < 3 * 60; i += 5) {
    at_ += 5 * kMinute;
    look();
  }
  ASSERT_THAT(kept(), SizeIs(2));
  EXPECT_EQ(kept()[1].number, 2U);
  EXPECT_THAT(kept()[1].json, HasSubstr(R"("before":"warn","level":"none")"));
}

TEST_F(WarningsTest, WhatIsCorrectedOrFarInTheFutureDoesNotCount) {
  warnings_ = std::make_unique<Warnings>(*store_, news_, warning::Settings());
  look();
  crowd(15, at_ + kDay);
  crowd(15, at_, "other");
  for (int i = complaints_ - 14; i <= complaints_; ++i) {
    Correction correction;
    correction.label = Label::neutral;
    if (i % 2 == 0) {
      correction.label = Label::negative;
      correction.about_brand = false;
    }
    const std::string id = mention_id("other", "w" + std::to_string(i), "moka_nera");
    ASSERT_TRUE(store_->correct(id, correction));
  }
  at_ += kMinute;
  look();
  EXPECT_THAT(kept(), SizeIs(0));
  EXPECT_EQ(warnings_->standing()[0].picture.critics, 0U);
}

TEST_F(WarningsTest, AlertsAreAPageAndAChannelThatResumesFromAnyCursor) {
  start();
  LiveClient live(port());
  live.say(R"({"op":"subscribe","id":"s","channels":["alerts","stats"]})");
  EXPECT_EQ(member(live.hear(), "op"), "subscribed");
  const std::string stats = live.hear();
  EXPECT_THAT(stats, AllOf(HasSubstr(R"({"op":"stats","id":"s","at":"2026-)"),
                           HasSubstr(R"("brand":"moka_nera","last_hour":{"mentions":)")));
  const std::string before = encode_cursor({store_->id(), store_->last_seq()});
  crowd(15, at_);
  std::string frame;
  while (member(frame, "op") != "alert") frame = live.hear();
  EXPECT_THAT(frame, HasSubstr(R"({"op":"alert","id":"s","alert":{"alert_id":")"));

  const Reply page = client().get("/api/v1/alerts?last=1");
  ASSERT_EQ(page.status, 200U) << page.body;
  EXPECT_THAT(
      page.body,
      AllOf(HasSubstr(R"("standing":[{"brand":"moka_nera","level":"warn","since":)"),
            HasSubstr(R"("alerts":[{"alert_id":)"), HasSubstr(R"("next_after":1,"more":false)")));
  EXPECT_THAT(client().get("/api/v1/alerts?after=1").body, HasSubstr(R"("alerts":[])"));
  EXPECT_THAT(client().get("/api/v1/alerts?brand=altra").body, HasSubstr(R"("alerts":[])"));
  EXPECT_EQ(client().get("/api/v1/alerts?after=x").status, 400U);

  for (const std::string& after : {before, std::string("start")}) {
    LiveClient late(port());
    late.say(R"({"op":"subscribe","id":"t","channels":["alerts"],"after":")" + after + "\"}");
    EXPECT_EQ(member(late.hear(), "op"), "subscribed");
    EXPECT_THAT(late.hear(), HasSubstr(R"("level":"warn")"));
  }
}

TEST_F(WarningsTest, EventsTellAlertsAndResumeWithoutLosingAMention) {
  start();
  const auto ask = [this](const std::string& query, const std::string& last) {
    HttpClient http(port());
    http.write("GET /api/v1/live/sse?channels=" + query + " HTTP/1.1\r\nHost: localhost\r\n" +
               (last.empty() ? "" : "Last-Event-ID: " + last + "\r\n") + "\r\n");
    http.read_until("retry: 2000\n\n");
    return http;
  };
  const std::string before = encode_cursor({store_->id(), store_->last_seq()});
  HttpClient alone = ask("alerts", "");
  HttpClient beside = ask("mentions,alerts", "");
  crowd(15, at_);
  const std::string alert = alone.read_until("\n\n");
  const std::string told_at = alert.substr(std::string("id: ").size(), before.size());
  EXPECT_THAT(alert,
              StartsWith("id: " + told_at + "\nevent: alert\ndata: {\"alert\":{\"alert_id\":"));
  EXPECT_THAT(alert, HasSubstr("\"cursor\":\"" + told_at + "\"")) << "its own place";
  const std::string data = alert.substr(alert.find("event: "));
  std::string event;
  while (event.find("event: alert\n") == std::string::npos) event = beside.read_until("\n\n");
  EXPECT_EQ(event, data) << "no place: mentions before it may be on their way";

  EXPECT_EQ(ask("alerts", told_at).read_until("\n\n"), alert)
      << "the one of that place comes again";
  EXPECT_EQ(ask("alerts&after=now", before).read_until("\n\n"), alert);
  HttpClient resumed = ask("mentions,alerts", before);
  EXPECT_EQ(resumed.read_until("\n\n"), data) << "what was told comes first";
  EXPECT_THAT(resumed.read_until("\n\n"), HasSubstr("event: mention\n"));

  // Mentions may be sent while an alert is on its way: whoever has only those is told it.
  const auto resumes_from_now = [&] {
    return ask("mentions,alerts", encode_cursor({store_->id(), store_->last_seq()}));
  };
  crowd(1, at_, "test", Label::positive);
  EXPECT_EQ(resumes_from_now().read_until("\n\n"), data);
  crowd(30, at_, "test", Label::positive);
  HttpClient later = resumes_from_now();
  crowd(1, at_, "test", Label::positive);
  EXPECT_THAT(later.read_until("\n\n"), HasSubstr("event: mention\n")) << "told long ago";
}

TEST(News, IsToldOnlyIfItHoldsAtThatMoment) {
  News news;
  EXPECT_FALSE(news.post_if([] { return false; }, Channel::alerts, "a", "1"));
  EXPECT_EQ(news.last(), 0U);
  EXPECT_TRUE(news.post_if([] { return true; }, Channel::alerts, "a", "2"));
  ASSERT_THAT(news.read(Channel::alerts, 0).items, SizeIs(1));
  EXPECT_EQ(news.read(Channel::alerts, 0).items[0]->members, "2");
}

TEST(News, OfFiguresOnlyTheNewestIsKeptAndOfTheRestWhatFits) {
  News news;
  news.post(Channel::stats, "a", "1");
  news.post(Channel::stats, "b", "2");
  news.post(Channel::stats, "a", "3");
  const News::Page figures = news.read(Channel::stats, 0);
  ASSERT_THAT(figures.items, SizeIs(2));
  EXPECT_EQ(figures.items[0]->members, "2");
  EXPECT_EQ(figures.items[1]->members, "3");
  EXPECT_FALSE(figures.has_gap);
  EXPECT_EQ(figures.next, 3U);
  for (std::size_t i = 0; i <= kMaxNewsKept; ++i) news.post(Channel::changes, "a", "x");
  EXPECT_TRUE(news.read(Channel::changes, 3).has_gap);
  EXPECT_FALSE(news.read(Channel::changes, 4).has_gap);
  EXPECT_THAT(news.read(Channel::changes, news.last() - 2).items, SizeIs(2));
  news.clear(Channel::stats);
  EXPECT_THAT(news.read(Channel::stats, 0).items, SizeIs(0));
}

}  // namespace
}  // namespace passaparola::feed
