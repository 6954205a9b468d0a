#include "unit/connect/platforms.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/time.h"
#include "unit/connect/service_key.h"

namespace passaparola::connect {

std::string text_of(std::size_t i) {
  return fmt::format("Adoro la Moka Nera, ve la consiglio! Numero {}", i);
}
std::int64_t seconds_of(std::size_t i) { return ListingPeer::time_of(i) / 1000; }

namespace {

constexpr std::size_t kPage = 10;

std::string time_text(std::size_t i) { return format_rfc3339({ListingPeer::time_of(i)}); }

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

std::size_t number_in(const ListingRequest& request, const std::string& name,
                      std::size_t otherwise) {
  const std::string text = request.parameter(name);
  return text.empty() ? otherwise : std::stoul(text);
}

// The same, and it shows its listings only to those who have logged in as `is_good` wants.
Platform logging_in(Platform platform, const std::function<bool(const ListingRequest&)>& is_good) {
  platform.logs_in = true;
  platform.is_look = [is_look = platform.is_look](const ListingRequest& r) {
    return r.target != "/login" && is_look(r);
  };
  platform.answer = [answer = platform.answer, is_good](const ListingRequest& r,
                                                        std::size_t available) {
    const std::string token = std::string(kSecret) + "-bearer";
    if (r.target == "/login" && r.method == "POST" && is_good(r)) {
      return ListingAnswer{
          200, fmt::format(R"({{"access_token":"{}","expires_in":3600}})", token), {}};
    }
    if (r.field("authorization") != "Bearer " + token) return ListingAnswer{401, "", {}};
    return answer(r, available);
  };
  return platform;
}

}  // namespace

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
          kSecret,
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
  return logging_in(
      {"reddit",
       {{"subreddits", {"moka"}}, {"user_agent", {"linux:test:1 (by /u/test)"}}},
       std::string("id:") + kSecret,
       [](const ListingRequest& r) {
         return r.target.starts_with("/r/moka/new") && r.parameter("after").empty();
       },
       [](const ListingRequest& r, std::size_t available) {
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
       [](std::size_t i) { return fmt::format("t3_{}", 1000 + i); }},
      [](const ListingRequest& r) {
        return r.field("authorization") == "Basic aWQ6R2VoZWltbmlz" &&
               r.body == "grant_type=client_credentials";
      });
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
          kSecret,
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
          kSecret,
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

// Google shows five, and says nothing of others.
Platform googleplaces() {
  Platform platform{
      "googleplaces",
      {{"places", {"ChIJ_1"}}, {"language", {"it"}}},
      kSecret,
      [](const ListingRequest&) { return true; },
      [](const ListingRequest& r, std::size_t available) {
        const auto one = [](std::size_t i) {
          return fmt::format(
              R"({{"name":"places/ChIJ_1/reviews/r{}","rating":5,"publishTime":"{}",)"
              R"("originalText":{{"text":"{}","languageCode":"it"}},"authorAttribution":)"
              R"({{"displayName":"a{}","uri":"https://maps.example/contrib/{}/reviews"}}}})",
              i, time_text(i), text_of(i), i % 7, i % 7);
        };
        auto items = items_before(available);
        items.resize(std::min<std::size_t>(items.size(), 5));
        const bool is_asked = r.target == "/v1/places/ChIJ_1?languageCode=it" &&
                              r.field("x-goog-fieldmask") == "id,reviews";
        return ListingAnswer{is_asked ? 200U : 400U,
                             fmt::format(R"({{"id":"ChIJ_1","reviews":[{}]}})", joined(items, one)),
                             {}};
      },
      [](std::size_t i) { return fmt::format("places/ChIJ_1/reviews/r{}", i); }};
  platform.more = 5;
  return platform;
}

// The oldest review is edited before every look, so that it stands before new ones.
Platform googlebusiness() {
  const std::string name = "accounts/1/locations/2";
  return logging_in(
      {"googlebusiness",
       {{"locations", {name}}},
       fmt::format(R"({{"type":"authorized_user","client_id":"c","client_secret":"{}",)"
                   R"("refresh_token":"1//{}"}})",
                   kSecret, kSecret),
       [](const ListingRequest& r) { return r.parameter("pageToken").empty(); },
       [name](const ListingRequest& r, std::size_t available) {
         const auto one = [&](std::size_t i) {
           const bool is_edited = i == 0;
           return fmt::format(
               R"({{"name":"{}/reviews/r{}","reviewId":"r{}","reviewer":{{"displayName":"a{}"}},)"
               R"("starRating":"FIVE","comment":"{}","createTime":"{}","updateTime":"{}"}})",
               name, i, i, i % 7, text_of(is_edited ? available : i), time_text(i),
               time_text(is_edited ? available : i));
         };
         const std::string token = r.parameter("pageToken");
         std::vector<std::size_t> items;
         if (token.empty()) items.push_back(0);
         std::size_t at = token.empty() ? available : std::stoul(token.substr(1));
         for (; at > 1 && items.size() < kPage; --at) items.push_back(at - 1);
         const std::string next = at > 1 ? fmt::format(R"("nextPageToken":"p{}",)", at) : "";
         return ListingAnswer{200,
                              fmt::format(R"({{"reviews":[{}],{}"totalReviewCount":{}}})",
                                          joined(items, one), next, available),
                              {}};
       },
       [name](std::size_t i) { return fmt::format("{}/reviews/r{}", name, i); }},
      [](const ListingRequest& r) {
        return r.body == fmt::format(
                             "grant_type=refresh_token&client_id=c&client_secret={}"
                             "&refresh_token=1%2F%2F{}",
                             kSecret, kSecret);
      });
}

Platform googleplay() {
  return logging_in(
      {"googleplay",
       {{"packages", {"com.example.moka"}}},
       service_key().json(),
       [](const ListingRequest& r) { return r.parameter("token").empty(); },
       [](const ListingRequest& r, std::size_t available) {
         const std::string token = r.parameter("token");
         const auto items = items_before(token.empty() ? available : std::stoul(token.substr(1)));
         const auto one = [](std::size_t i) {
           return fmt::format(
               R"({{"reviewId":"gp:{}","authorName":"a{}","comments":[{{"userComment":{{)"
               R"("text":"\t{}","lastModified":{{"seconds":"{}"}},"starRating":5,)"
               R"("reviewerLanguage":"it","thumbsUpCount":0}}}}]}})",
               i, i % 7, text_of(i), seconds_of(i));
         };
         const std::string next =
             items.empty() || items.back() == 0
                 ? ""
                 : fmt::format(R"(,"tokenPagination":{{"nextPageToken":"p{}"}})", items.back());
         return ListingAnswer{
             200, fmt::format(R"({{"reviews":[{}]{}}})", joined(items, one), next), {}};
       },
       [](std::size_t i) { return fmt::format("gp:{}", i); }},
      [](const ListingRequest& r) {
        const std::string before =
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
        return r.body.starts_with(before) && service_key().signed_it(r.body.substr(before.size()));
      });
}

}  // namespace passaparola::connect
