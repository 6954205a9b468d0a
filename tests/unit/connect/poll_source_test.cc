// Every platform that is polled: listings that grow and servers that break, read to the last item.
#include "connect/poll.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "unit/connect/platforms.h"
#include "unit/connect/service_key.h"
#include "unit/connect/site.h"

namespace passaparola::connect {
namespace {

class PolledPlatform : public SourceTest, public testing::WithParamInterface<Platform (*)()> {
 protected:
  SourceConfig config(const Platform& platform, const ListingPeer& peer) const {
    SourceConfig config;
    config.name = "polled";
    config.type = platform.type;
    config.token = platform.token;
    config.allow_private = true;
    config.settings = platform.settings;
    const std::string url = "http://localhost:" + std::to_string(peer.port());
    config.settings["url"] = {url};
    if (platform.logs_in) config.settings["login_url"] = {url + "/login"};
    config.settings["interval_seconds"] = {"1"};
    config.settings["first_pages"] = {"100"};
    return config;
  }

  // Every item is stored once, after so many faults.
  void expect_whole(std::size_t faults) {
    const Platform platform = GetParam()();
    ListingPeer peer({.items = kItems,
                      .at_first = platform.more,
                      .more = platform.more,
                      .faults = faults,
                      .is_look = platform.is_look,
                      .answer = platform.answer});
    start(config(platform, peer), 0.002);
    const bool whole =
        wait_until([&] { return peer.faults_committed() == faults && stored().size() == kItems; },
                   std::chrono::seconds(60 + faults));
    EXPECT_TRUE(whole) << "of " << peer.available() << ": " << stored().size() << " stored; "
                       << peer.faults_committed() << " faults; " << status().last_error;
    stop();
    std::vector<std::size_t> wrong;  // lost or doubled
    const auto posts = stored();
    for (std::size_t i = 0; i < kItems; ++i) {
      const auto found = posts.find(platform.post_id(i));
      if (found == posts.end() || found->second != 1) wrong.push_back(i);
    }
    EXPECT_THAT(wrong, testing::IsEmpty());
    EXPECT_TRUE(gaps("polled").empty());
  }
};

TEST_P(PolledPlatform, IsReadToTheLastItemOnceWhileItGrows) { expect_whole(0); }

TEST_P(PolledPlatform, IsReadToTheLastItemOnceWhateverItsServerDoes) {
  const char* const wanted = std::getenv("PASSAPAROLA_SOURCE_FAULTS");
  expect_whole(wanted != nullptr ? std::stoul(wanted) : 7);
}

std::string type_of(const testing::TestParamInfo<Platform (*)()>& info) {
  return info.param().type;
}

INSTANTIATE_TEST_SUITE_P(All, PolledPlatform, testing::ValuesIn(kPlatforms), type_of);

class Polled : public PolledPlatform {};

TEST_F(Polled, WhatRanThroughAFeedBetweenTwoLooksIsAGap) {
  const Platform platform = rss();
  ListingPeer peer({.items = 300,
                    .at_first = 15,
                    .more = 100,  // of which the feed shows 30
                    .is_look = platform.is_look,
                    .answer = platform.answer});
  start(config(platform, peer), 0.01);
  ASSERT_TRUE(wait_until([&] { return gaps("polled").size() == 3; }));
  const SourceGap first = gaps("polled").front();
  EXPECT_EQ(first.state, GapState::lost);
  EXPECT_EQ(first.from.milliseconds, ListingPeer::time_of(14));
  EXPECT_EQ(first.to.milliseconds, ListingPeer::time_of(85));
}

// All that was sent, but for what somebody who logs in posts.
std::string seen_in(const ListingRequest& request) {
  std::string text;
  for (const auto& [name, value] : request.fields) text += name + ": " + value + "\n";
  return request.target == "/login" ? text : text + request.body;
}

TEST_F(Polled, SecretsGoWhereTheyBelongAndAreSeenNowhereElse) {
  const std::string key = service_key().private_pem().substr(400, 32);  // which goes nowhere at all
  for (Platform (*make)() : kPlatforms) {
    const Platform platform = make();
    if (platform.token.empty()) continue;
    ListingPeer peer({.items = platform.more,
                      .at_first = platform.more,
                      .faults = 3,
                      .is_look = platform.is_look,
                      .answer = platform.answer});
    start(config(platform, peer), 0.01);
    ASSERT_TRUE(wait_until([&] { return stored().contains(platform.post_id(platform.more - 1)); }))
        << platform.type << ": " << status().last_error;
    bool was_sent = false;
    for (const ListingRequest& request : peer.requests()) {
      EXPECT_EQ((seen_in(request) + request.body).find(key), std::string::npos) << platform.type;
      EXPECT_EQ(request.target.find(kSecret), std::string::npos) << platform.type;
      was_sent |= seen_in(request).find(kSecret) != std::string::npos;
    }
    EXPECT_TRUE(was_sent) << platform.type;
    const std::string shown = status().last_error + status().place + status().cursor;
    EXPECT_EQ(shown.find(kSecret), std::string::npos) << platform.type;
    EXPECT_EQ(shown.find(key), std::string::npos) << platform.type;
    stop();
  }
}

TEST_F(Polled, AReviewThatComesAgainUnchangedIsOneMention) {
  std::uint64_t expected = 0;
  for (Platform (*make)() : {googleplaces, googlebusiness, googleplay}) {  // each may be an edit
    const Platform platform = make();
    ListingPeer peer(
        {.items = 3, .at_first = 3, .is_look = platform.is_look, .answer = platform.answer});
    start(config(platform, peer), 0.001);
    ASSERT_TRUE(wait_until([&] { return status().duplicates >= 9; })) << status().last_error;
    EXPECT_EQ(status().mentions, 3U) << platform.type;
    stop();
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(stored()[platform.post_id(i)], 1);
    EXPECT_EQ(store_->last_seq(), expected += 3);  // an edit would have one of its own
  }
}

TEST_F(Polled, SecretsAreNotSentOnByARedirectToAnotherServer) {
  for (Platform (*make)() : kPlatforms) {
    const Platform platform = make();
    if (platform.token.empty()) continue;
    ListingPeer there(
        {.items = 5, .at_first = 5, .is_look = platform.is_look, .answer = platform.answer});
    const std::string elsewhere = "http://localhost:" + std::to_string(there.port());
    ListingPeer here(
        {.is_look = platform.is_look, .answer = [&](const ListingRequest& request, std::size_t i) {
           if (request.target == "/login") return platform.answer(request, i);
           return ListingAnswer{302, "", {{"Location", elsewhere + request.target}}};
         }});
    start(config(platform, here), 0.01);
    ASSERT_TRUE(wait_until([&] { return !there.requests().empty(); }))
        << platform.type << ": " << status().last_error;
    for (const ListingRequest& request : there.requests()) {
      EXPECT_EQ(seen_in(request).find(kSecret), std::string::npos) << platform.type;
    }
    stop();
  }
}

TEST_F(Polled, WhatIsDeletedAtRedditIsDeletedHereAndWhatIsEditedIsEdited) {
  Platform platform = reddit();
  const auto thing = [](std::size_t i, const std::string& author, const std::string& text) {
    const std::string kept = text.starts_with('[') ? text : "";
    return fmt::format(
        R"({{"kind":"t3","data":{{"id":"{0}","name":"t3_{0}","author":"{1}","title":"{2}",)"
        R"("selftext":"{3}","created_utc":{4}.0,"permalink":"/r/moka/{0}","edited":{5}}}}})",
        1000 + i, author, text, kept, seconds_of(i), i == 7 ? "1790000001.0" : "false");
  };
  std::atomic<int> sweeps{0};
  std::atomic<bool> is_well{false};
  ListingPeer peer(
      {.items = 20,
       .at_first = 20,
       .is_look = platform.is_look,
       .answer = [&](const ListingRequest& request, std::size_t available) {
         if (!request.target.starts_with("/api/info")) return platform.answer(request, available);
         if (request.parameter("id").find("t3_1000") != std::string::npos) ++sweeps;
         std::string children;
         for (std::size_t i = 0; i < 20; ++i) {
           if (request.parameter("id").find(fmt::format("t3_{}", 1000 + i)) == std::string::npos) {
             continue;
           }
           // A server that is not well leaves things out; one of them is really gone.
           if (i == 9 || (!is_well && i > 15)) continue;
           const std::string text = i == 5   ? "[removed]"
                                    : i == 7 ? "Adoro la Moka Nera! Corretto"
                                             : text_of(i);
           children += (children.empty() ? "" : ",") +
                       thing(i, i == 3 ? "[deleted]" : fmt::format("a{}", i % 7), text);
         }
         return ListingAnswer{
             200, fmt::format(R"({{"kind":"Listing","data":{{"children":[{}]}}}})", children), {}};
       }});
  SourceConfig config = this->config(platform, peer);
  config.settings["recheck_hours"] = {"1"};
  start(config, 0.0002);
  ASSERT_TRUE(wait_until([&] { return sweeps >= 1 && stored().size() <= 18; }))
      << status().last_error;
  is_well = true;
  ASSERT_TRUE(wait_until([&] { return stored().size() == 17; })) << status().last_error;
  const auto posts = stored();
  for (const std::size_t gone : {3U, 5U, 9U}) {
    EXPECT_FALSE(posts.contains(platform.post_id(gone))) << gone;
  }
  store::FeedQuery query;
  query.where = [&](const Mention& mention) { return mention.post.id == platform.post_id(7); };
  const auto page = store_->read_feed(query);
  ASSERT_EQ(page->mentions.size(), 1U);
  EXPECT_EQ(page->mentions.front()->post.text, "Adoro la Moka Nera! Corretto");
  const std::uint64_t seq = store_->last_seq();
  const int before = sweeps;
  ASSERT_TRUE(wait_until([&] { return sweeps >= before + 2; }));
  EXPECT_EQ(store_->last_seq(), seq) << "what has not changed is not stored again";
}

TEST_F(Polled, WhoLogsInDoesSoAgainOnlyWhenTheTokenNoLongerHolds) {
  const Platform platform = reddit();
  std::atomic<int> logins{0}, shown{0};
  ListingPeer peer({.items = 20,
                    .at_first = 20,
                    .is_look = platform.is_look,
                    .answer = [&](const ListingRequest& request, std::size_t available) {
                      if (request.target == "/login") ++logins;
                      // It is taken back once, long before it expires.
                      else if (++shown == 20)
                        return ListingAnswer{401, "", {}};
                      return platform.answer(request, available);
                    }});
  start(config(platform, peer), 0.001);
  ASSERT_TRUE(wait_until([&] { return shown > 40; })) << status().last_error;
  EXPECT_EQ(logins, 2);
  EXPECT_EQ(status().last_trouble, Trouble::unauthorised);
}

TEST(PolledSettings, AreCheckedWithoutRepeatingASecret) {
  const auto error_of = [](const Platform& platform) {
    SourceConfig config;
    config.name = "google";
    config.type = platform.type;
    config.token = platform.token;
    config.settings = platform.settings;
    const auto checked = check_source(config);
    return checked ? std::string() : checked.error().message;
  };
  for (Platform (*make)() : {googleplaces, googlebusiness, googleplay}) {
    Platform platform = make();
    EXPECT_EQ(error_of(platform), "");
    platform.token.clear();
    EXPECT_THAT(error_of(platform), testing::HasSubstr("token_file")) << platform.type;
    platform.settings.clear();
    EXPECT_THAT(error_of(platform), testing::HasSubstr("source 'google': ")) << platform.type;
  }
  for (const std::string type : {"googlebusiness", "googleplay"}) {
    Platform platform = type == "googleplay" ? googleplay() : googlebusiness();
    platform.token = std::string("{\"refresh_token\":\"") + kSecret + "\"}";
    const std::string error = error_of(platform);
    EXPECT_THAT(error, testing::HasSubstr("has no client_id")) << type;
    EXPECT_THAT(error, testing::Not(testing::HasSubstr(kSecret))) << type;
  }
  for (const char* location :
       {"", "2", "accounts/1", "accounts/1/locations/", "accounts/locations/2",
        "accounts//locations/2", "accounts/1/locations/2/reviews", "accounts/1/locations/..",
        "accounts/1/locations/2?x=y"}) {
    Platform platform = googlebusiness();
    platform.settings["locations"] = {"accounts/1/locations/2", location};
    EXPECT_THAT(error_of(platform), testing::HasSubstr("locations must be a list")) << location;
  }
}

TEST_F(Polled, ASweepThatIsRefusedDoesNotKeepFromWhatIsNew) {
  const Platform platform = reddit();
  std::atomic<int> refused{0};
  ListingPeer peer({.items = 60,
                    .at_first = 10,
                    .more = 10,
                    .is_look = platform.is_look,
                    .answer = [&](const ListingRequest& request, std::size_t available) {
                      if (!request.target.starts_with("/api/info")) {
                        return platform.answer(request, available);
                      }
                      ++refused;
                      return ListingAnswer{403, "{}", {}};
                    }});
  start(config(platform, peer), 0.02);
  ASSERT_TRUE(wait_until([&] { return refused > 2 && stored().size() == 60; }))
      << status().last_error;
  EXPECT_GT(status().troubles[static_cast<std::size_t>(Trouble::unauthorised)], 2U);
}

TEST_F(Polled, ACursorIsReadAsItWasWrittenAndNothingElseIs) {
  KnownListings known;
  known["r/moka/new"] = {1'790'000'000'000, "\"tag\"", "Fri, 27 Nov 2026 10:00:00 GMT"};
  known["other \" name"] = {5, "", ""};
  EXPECT_EQ(parse_known(to_cursor(known)), known);
  for (const char* text : {"", "{", "[]", "7", R"({"a":7})", R"({"a":{"newest":"soon"}})"}) {
    for (const auto& [name, one] : parse_known(text)) EXPECT_EQ(one.newest, 0) << text;
  }
}

}  // namespace
}  // namespace passaparola::connect
