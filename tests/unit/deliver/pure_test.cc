// The parts that know no store and no network: hours, retries, what is kept, Slack's words.
#include <gmock/gmock.h>
#include <simdjson.h>

#include "deliver/progress.h"
#include "deliver/quiet_hours.h"
#include "deliver/retry.h"
#include "deliver/slack.h"

namespace passaparola::deliver {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

Timestamp at(const std::string& text) { return *parse_rfc3339(text); }

TEST(QuietHours, GoOverMidnightAtTheirDistanceFromUtc) {
  const auto quiet = QuietHours::parse("22:00-07:00", "+01:00");
  ASSERT_TRUE(quiet);
  EXPECT_FALSE(quiet->holds(at("2026-11-27T20:59:59Z")));
  EXPECT_TRUE(quiet->holds(at("2026-11-27T21:00:00Z")));
  EXPECT_TRUE(quiet->holds(at("2026-11-28T05:59:59Z")));
  EXPECT_FALSE(quiet->holds(at("2026-11-28T06:00:00Z")));
  EXPECT_EQ(quiet->end(at("2026-11-27T21:00:30.250Z")), at("2026-11-28T06:00:00Z"));
  EXPECT_EQ(quiet->end(at("2026-11-28T05:59:59Z")), at("2026-11-28T06:00:00Z"));
}

TEST(QuietHours, AreOfOneDayAndWestOfGreenwichToo) {
  const auto quiet = QuietHours::parse("12:30-14:00", "-05:30");
  ASSERT_TRUE(quiet);
  EXPECT_TRUE(quiet->holds(at("2026-11-27T18:00:00Z")));
  EXPECT_FALSE(quiet->holds(at("2026-11-27T19:30:00Z")));
  EXPECT_TRUE(QuietHours::parse("00:00-23:59", "")->holds(at("1969-12-31T23:58:00Z")));
}

TEST(QuietHours, AnythingElseIsAnError) {
  for (const char* hours : {"", "22-07", "22:00-22:00", "24:00-07:00", "22:60-07:00", "a2:00-07:00",
                            "22:00 07:00", "22:00-07:000"}) {
    EXPECT_FALSE(QuietHours::parse(hours, "")) << hours;
  }
  for (const char* offset : {"01:00", "+1", "+15:00", "+01:60", "CET"}) {
    EXPECT_FALSE(QuietHours::parse("22:00-07:00", offset)) << offset;
  }
}

TEST(Retry, AnAnswerMeansWhatItSays) {
  for (const unsigned status : {200U, 201U, 202U, 204U}) {
    EXPECT_EQ(verdict_of(status), Verdict::delivered) << status;
  }
  for (const unsigned status : {408U, 409U, 425U, 429U, 500U, 502U, 503U, 304U}) {
    EXPECT_EQ(verdict_of(status), Verdict::again) << status;
  }
  for (const unsigned status : {400U, 401U, 403U, 404U, 413U, 422U}) {
    EXPECT_EQ(verdict_of(status), Verdict::refused) << status;
  }
  EXPECT_EQ(verdict_of(410), Verdict::gone);
}

TEST(Retry, WaitsGrowToAnHourAndNeverBelowWhatIsAsked) {
  EXPECT_EQ(wait_after(1, kFirstWait, 0.5, {}), seconds(5));
  EXPECT_EQ(wait_after(2, kFirstWait, 0.5, {}), seconds(10));
  EXPECT_EQ(wait_after(1, kFirstWait, 0, {}), seconds(4));
  EXPECT_EQ(wait_after(1, kFirstWait, 1, {}), seconds(6));
  EXPECT_EQ(wait_after(400'000'000, kFirstWait, 0.5, {}), hours(1));
  EXPECT_EQ(wait_after(1, kFirstWait, 0.5, milliseconds(7'000)), seconds(7));
  EXPECT_EQ(wait_after(1, kFirstWait, 0.5, hours(2)), hours(2));
}

TEST(Progress, IsReadAsItWasKept) {
  Progress progress;
  progress.after = 1ULL << 60;
  progress.alerts_after = 3;
  progress.crises_after = 5;
  progress.next_number = 9;
  progress.is_off = true;
  progress.redo_after = 2;
  progress.redo_until = 7;
  progress.messages = {{8, "msg_a", {}, 40, 5, true, false, 2, milliseconds(10)},
                       {7, "msg_b", {41, 42}, 44, 0, false, true, 0, {}}};
  EXPECT_EQ(read_progress(to_record(progress)), progress);
  const Undelivered undelivered{progress.messages[1], "it \"refuses\"", {17}};
  const auto again = read_undelivered(to_record(undelivered));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->message, undelivered.message);
  EXPECT_EQ(again->error, undelivered.error);
  EXPECT_EQ(again->at, undelivered.at);
  for (const char* damaged : {"", "{}", "[]", R"({"after":-1})", "\xff"}) {
    EXPECT_FALSE(read_progress(damaged)) << damaged;
    EXPECT_FALSE(read_undelivered(damaged)) << damaged;
  }
}

TEST(Slack, TextCallsNobodyTogetherAndFormatsNothing) {
  EXPECT_EQ(slack_text("a & b <!channel> <@U1|x>", 100),
            "a &amp; b &lt;!channel&gt; &lt;@U1|x&gt;");
  EXPECT_EQ(slack_text("@channel @Here @EVERYONE @all @anna", 100),
            "@\u200Bchannel @\u200BHere @\u200BEVERYONE @\u200Ball @anna");
  EXPECT_THAT(slack_text("a\n*Crisi*\r\tb\u202E", 100), Not(HasSubstr("\n")));
  EXPECT_THAT(slack_text("x\u202Ey", 100), Not(HasSubstr("\u202E")));
  EXPECT_EQ(slack_text("perché no", 6), "perché…");
  EXPECT_EQ(slack_text("&&&", 2), "&amp;&amp;…");
}

TEST(Slack, LinksLeadWhereTheySay) {
  EXPECT_EQ(slack_link("https://a.example/p?x=1&y=2", "anna"),
            "<https://a.example/p?x=1&amp;y=2|anna>");
  EXPECT_EQ(slack_link("https://a.example/|evil>", "anna"), "<https://a.example/%7Cevil%3E|anna>");
  EXPECT_EQ(slack_link("javascript:alert(1)", "anna"), "anna");
  EXPECT_EQ(slack_link("", "anna"), "anna");
}

TEST(Slack, AnAlertHasItsReasons) {
  const std::string body = slack_alert(
      R"({"brand":"moka_nera","level":"crisis","before":"warn","reasons":["a <b"]})", {});
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  ASSERT_FALSE(parser.parse(body).get(root)) << body;
  EXPECT_EQ(std::string_view(root["text"]), "moka_nera: crisis (before: warn)");
  EXPECT_EQ(std::string_view(root["blocks"].at(0)["text"]["text"]),
            "*moka_nera: crisis (before: warn)*\n• a &lt;b");
  EXPECT_THAT(slack_alert("damaged", {}), HasSubstr("blocks"));
}

}  // namespace
}  // namespace passaparola::deliver
