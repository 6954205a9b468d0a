// Every platform that is polled: listings that grow and servers that break, read to the last item.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "connect/poll.h"
#include "peers/listing_peer.h"
#include "unit/connect/site.h"

namespace passaparola::connect {
namespace {

using peers::ListingAnswer;
using peers::ListingPeer;
using peers::ListingRequest;

constexpr std::size_t kPage = 10;
constexpr std::size_t kItems = 90;  // ten pages are all that some platforms show

std::string text_of(std::size_t i) {
  return fmt::format("Adoro la Moka Nera, ve la consiglio! Numero {}", i);
}
std::string time_text(std::size_t i) { return format_rfc3339({ListingPeer::time_of(i)}); }
std::int64_t seconds_of(std::size_t i) { return ListingPeer::time_of(i) / 1000; }

// The items of a page, newest first: those before `end`, at most kPage.
std::vector<std::size_t> items_before(std::size_t end) {
  std::vector<std::size_t> items;
  for (std::size_t i = end; i > 0 && items.size() < kPage; --i) items.push_back(i - 1);
  return items;
}
// The same for the page `number` from 1.
std::vector<std::size_t> items_of_page(std::size_t available, std::size_t number) {
  const std::size_t skipped = std::min(available, kPage * (number - 1));
  return items_before(available - skipped);
}

std::string joined(const std::vector<std::size_t>& items,
                   const std::function<std::string(std::size_t)>& one) {
  std::string text;
  for (const std::size_t i : items) text += (text.empty() ? "" : ",") + one(i);
  return text;
}

// One platform: how it is configured, and what it answers.
struct Platform {
  std::string type;
  std::map<std::string, std::vector<std::string>, std::less<>> settings;
  std::string token;
  std::function<bool(const ListingRequest&)> is_look;
  std::function<ListingAnswer(const ListingRequest&, std::size_t)> answer;
  std::function<std::string(std::size_t)> post_id;
};

std::size_t number_in(const ListingRequest& request, const std::string& name,
                      std::size_t otherwise) {
  const std::string text = request.parameter(name);
  return text.empty() ? otherwise : std::stoul(text);
}

Platform rss() {
  return {"feed",
          {},
          "",
          [](const ListingRequest&) { return true; },
          [](const ListingRequest&, std::size_t available) {
            std::string body =
                "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\">";
            std::size_t count = 0;
            for (std::size_t i = available; i > 0 && count < 3 * kPage; --i, ++count) {
              body += fmt::format(
                  "<entry><id>urn:item:{}</id><author><name>a{}</name></author><title>{}</title>"
                  "<updated>{}</updated></entry>",
                  i - 1, i % 7, text_of(i - 1), time_text(i - 1));
            }
            return ListingAnswer{200, body + "</feed>", {}};
          },
          [](std::size_t i) { return fmt::format("urn:item:{}", i); }};
}

Platform mastodon() {
  return {"mastodon",
          {{"hashtags", {"moka"}}, {"stream", {"none"}}},
          "secret",
          [](const ListingRequest& r) { return r.parameter("max_id").empty(); },
          [](const ListingRequest& r, std::size_t available) {
            const auto one = [](std::size_t i) {
              return fmt::format(
                  R"({{"id":"{}","uri":"https://m.example/s/{}","url":"https://m.example/s/{}",)"
                  R"("created_at":"{}","content":"<p>{}</p>","visibility":"public",)"
                  R"("language":"it","account":{{"id":"{}","acct":"a{}","username":"a{}",)"
                  R"("url":"https://m.example/@a{}"}}}})",
                  1000 + i, i, i, time_text(i), text_of(i), i % 7, i % 7, i % 7, i % 7);
            };
            const std::size_t end = number_in(r, "max_id", 1000 + available) - 1000;
            return ListingAnswer{200, "[" + joined(items_before(end), one) + "]", {}};
          },
          [](std::size_t i) { return std::to_string(1000 + i); }};
}

Platform reddit() {
  return {"reddit",
          {{"subreddits", {"moka"}}, {"user_agent", {"linux:test:1 (by /u/test)"}}},
          "id:secret",
          [](const ListingRequest& r) {
            return r.target.starts_with("/r/moka/new") && r.parameter("after").empty();
          },
          [](const ListingRequest& r, std::size_t available) {
            if (r.target == "/login") {
              return ListingAnswer{200, R"({"access_token":"bearer","expires_in":3600})", {}};
            }
            if (r.target.starts_with("/r/moka/comments")) {
              return ListingAnswer{
                  200, R"({"kind":"Listing","data":{"children":[],"after":null}})", {}};
            }
            const std::string after = r.parameter("after");
            const std::size_t end = after.empty() ? available : std::stoul(after.substr(3)) - 1000;
            const auto items = items_before(end);
            const auto one = [](std::size_t i) {
              return fmt::format(
                  R"({{"kind":"t3","data":{{"id":"{}","name":"t3_{}","author":"a{}","title":"{}",)"
                  R"("selftext":"","created_utc":{}.0,"permalink":"/r/moka/{}","edited":false}}}})",
                  1000 + i, 1000 + i, i % 7, text_of(i), seconds_of(i), i);
            };
            const std::string next =
                items.empty() ? "null" : fmt::format("\"t3_{}\"", 1000 + items.back());
            return ListingAnswer{200,
                                 fmt::format(R"({{"kind":"Listing","data":{{"children":[{}],)"
                                             R"("after":{}}}}})",
                                             joined(items, one), next),
                                 {{"x-ratelimit-remaining", "988.0"}, {"x-ratelimit-reset", "99"}}};
          },
          [](std::size_t i) { return fmt::format("t3_{}", 1000 + i); }};
}

Platform hackernews() {
  return {
      "hackernews",
      {{"query", {"moka nera"}}},
      "",
      [](const ListingRequest& r) { return r.parameter("page") == "0"; },
      [](const ListingRequest& r, std::size_t available) {
        const std::string filter = r.parameter("numericFilters");  // created_at_i%3E…
        const std::int64_t since =
            filter.empty() ? 0 : std::stoll(filter.substr(filter.find("%3E") + 3));
        std::vector<std::size_t> items = items_of_page(available, number_in(r, "page", 0) + 1);
        std::erase_if(items, [&](std::size_t i) { return seconds_of(i) <= since; });
        const auto one = [](std::size_t i) {
          return fmt::format(
              R"({{"objectID":"{}","author":"a{}","comment_text":"{}","story_id":5,)"
              R"("parent_id":5,"created_at_i":{},"_tags":["comment","author_a","story_5"]}})",
              1000 + i, i % 7, text_of(i), seconds_of(i));
        };
        return ListingAnswer{
            200, fmt::format(R"({{"hits":[{}],"nbHits":99,"page":0}})", joined(items, one)), {}};
      },
      [](std::size_t i) { return std::to_string(1000 + i); }};
}

Platform youtube() {
  return {"youtube",
          {{"videos", {"abc"}}},
          "key",
          [](const ListingRequest& r) { return r.parameter("pageToken").empty(); },
          [](const ListingRequest& r, std::size_t available) {
            const std::string token = r.parameter("pageToken");
            const auto items =
                items_before(token.empty() ? available : std::stoul(token.substr(1)));
            const auto one = [](std::size_t i) {
              return fmt::format(
                  R"({{"kind":"youtube#commentThread","id":"t{}","snippet":{{"videoId":"abc",)"
                  R"("topLevelComment":{{"kind":"youtube#comment","id":"c{}","snippet":{{)"
                  R"("videoId":"abc","textDisplay":"{}","textOriginal":"{}",)"
                  R"("authorDisplayName":"a{}","authorChannelId":{{"value":"UC{}"}},)"
                  R"("publishedAt":"{}","updatedAt":"{}"}}}},"totalReplyCount":0}}}})",
                  i, i, text_of(i), text_of(i), i % 7, i % 7, time_text(i), time_text(i));
            };
            const std::string next = items.empty() || items.back() == 0
                                         ? ""
                                         : fmt::format(R"("nextPageToken":"p{}",)", items.back());
            return ListingAnswer{
                200,
                fmt::format(R"({{"kind":"youtube#commentThreadListResponse",{}"items":[{}]}})",
                            next, joined(items, one)),
                {}};
          },
          [](std::size_t i) { return fmt::format("c{}", i); }};
}

Platform lemmy() {
  return {"lemmy",
          {},
          "",
          [](const ListingRequest& r) {
            return r.target.starts_with("/api/v3/comment") && r.parameter("page") == "1";
          },
          [](const ListingRequest& r, std::size_t available) {
            if (r.target.starts_with("/api/v3/post"))
              return ListingAnswer{200, R"({"posts":[]})", {}};
            const auto one = [](std::size_t i) {
              return fmt::format(
                  R"({{"comment":{{"id":{},"content":"{}","ap_id":"https://l.example/c/{}",)"
                  R"("published":"{}","deleted":false,"removed":false,"path":"0.{}"}},)"
                  R"("creator":{{"id":{},"name":"a{}","actor_id":"https://l.example/u/a{}"}},)"
                  R"("post":{{"id":1,"ap_id":"https://l.example/p/1","name":"t"}},"counts":{{}}}})",
                  i, text_of(i), i, time_text(i), i, i % 7, i % 7, i % 7);
            };
            const auto items = items_of_page(available, number_in(r, "page", 1));
            return ListingAnswer{200, R"({"comments":[)" + joined(items, one) + "]}", {}};
          },
          [](std::size_t i) { return fmt::format("https://l.example/c/{}", i); }};
}

Platform appstore() {
  const auto page_in = [](const ListingRequest& r) {
    return std::stoul(r.target.substr(r.target.find("page=") + 5));
  };
  return {"appstore",
          {{"apps", {"42"}}, {"countries", {"it"}}},
          "",
          [page_in](const ListingRequest& r) { return page_in(r) == 1; },
          [page_in](const ListingRequest& r, std::size_t available) {
            std::string body =
                "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\" "
                "xmlns:im=\"http://itunes.apple.com/rss\">";
            for (const std::size_t i : items_of_page(available, page_in(r))) {
              body += fmt::format(
                  "<entry><id>{}</id><title>Bella</title><content type=\"text\">{}</content>"
                  "<updated>{}</updated><im:rating>5</im:rating><im:version>1</im:version>"
                  "<author><name>a{}</name><uri>https://itunes.apple.com/it/reviews/id{}</uri>"
                  "</author></entry>",
                  1000 + i, text_of(i), time_text(i), i % 7, i % 7);
            }
            return ListingAnswer{200, body + "</feed>", {}};
          },
          [](std::size_t i) { return std::to_string(1000 + i); }};
}

Platform trustpilot() {
  return {"trustpilot",
          {{"businesses", {"b1"}}},
          "key",
          [](const ListingRequest& r) { return r.parameter("page") == "1"; },
          [](const ListingRequest& r, std::size_t available) {
            const auto one = [](std::size_t i) {
              return fmt::format(
                  R"({{"id":"r{}","stars":5,"title":"Bella","text":"{}","language":"it",)"
                  R"("createdAt":"{}","consumer":{{"id":"u{}","displayName":"a{}"}}}})",
                  i, text_of(i), time_text(i), i % 7, i % 7);
            };
            const auto items = items_of_page(available, number_in(r, "page", 1));
            return ListingAnswer{200, R"({"links":[],"reviews":[)" + joined(items, one) + "]}", {}};
          },
          [](std::size_t i) { return fmt::format("r{}", i); }};
}

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
    if (platform.type == "reddit") config.settings["login_url"] = {url + "/login"};
    config.settings["interval_seconds"] = {"1"};
    config.settings["first_pages"] = {"100"};
    return config;
  }
};

TEST_P(PolledPlatform, IsReadToTheLastItemOnceWhateverItsServerDoes) {
  const Platform platform = GetParam()();
  const char* const wanted = std::getenv("PASSAPAROLA_SOURCE_FAULTS");
  const std::size_t faults = wanted != nullptr ? std::stoul(wanted) : 7;
  ListingPeer peer({.items = kItems,
                    .at_first = 15,
                    .more = 15,
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

std::string type_of(const testing::TestParamInfo<Platform (*)()>& info) {
  return info.param().type;
}

INSTANTIATE_TEST_SUITE_P(All, PolledPlatform,
                         testing::Values(rss, mastodon, reddit, hackernews, youtube, lemmy,
                                         appstore, trustpilot),
                         type_of);

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

TEST_F(Polled, SecretsGoWhereTheyBelongAndAreSeenNowhereElse) {
  for (Platform (*make)() : {mastodon, reddit, youtube, trustpilot}) {
    Platform platform = make();
    platform.token = "id:Geheimnis";
    ListingPeer peer({.items = 20,
                      .at_first = 20,
                      .faults = 3,
                      .is_look = platform.is_look,
                      .answer = platform.answer});
    start(config(platform, peer), 0.01);
    ASSERT_TRUE(wait_until([&] { return stored().contains(platform.post_id(19)); }))
        << platform.type << ": " << status().last_error;
    bool was_sent = false;
    for (const ListingRequest& request : peer.requests()) {
      EXPECT_EQ(request.target.find("Geheimnis"), std::string::npos) << platform.type;
      for (const auto& [name, value] : request.fields) {
        was_sent |=
            value.find("Geheimnis") != std::string::npos || value == "Basic aWQ6R2VoZWltbmlz";
      }
    }
    EXPECT_TRUE(was_sent) << platform.type;
    EXPECT_EQ((status().last_error + status().place + status().cursor).find("Geheimnis"),
              std::string::npos);
    stop();
  }
}

TEST_F(Polled, SecretsAreNotSentOnByARedirectToAnotherServer) {
  for (Platform (*make)() : {mastodon, youtube, trustpilot}) {
    Platform platform = make();
    platform.token = "Geheimnis";
    ListingPeer there(
        {.items = 5, .at_first = 5, .is_look = platform.is_look, .answer = platform.answer});
    const std::string elsewhere = "http://localhost:" + std::to_string(there.port());
    ListingPeer here(
        {.is_look = platform.is_look, .answer = [&](const ListingRequest& request, std::size_t) {
           return ListingAnswer{302, "", {{"Location", elsewhere + request.target}}};
         }});
    start(config(platform, here), 0.01);
    ASSERT_TRUE(wait_until([&] { return stored().contains(platform.post_id(4)); }))
        << platform.type << ": " << status().last_error;
    for (const ListingRequest& request : there.requests()) {
      for (const auto& [name, value] : request.fields) {
        EXPECT_EQ(value.find("Geheimnis"), std::string::npos) << platform.type << " " << name;
      }
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
