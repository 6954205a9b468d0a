// Streams that push and know no cursor: whatever they do, every post is stored once, or a gap tells
// of it.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "connect/x_rules.h"
#include "peers/stream_peer.h"
#include "unit/connect/site.h"

namespace passaparola::connect {
namespace {

using peers::ListingAnswer;
using peers::ListingRequest;
using peers::StreamPeer;

constexpr std::size_t kPage = 40;

std::string text_of(std::size_t i) {
  return fmt::format("Adoro la Moka Nera, ve la consiglio! Numero {}", i);
}

std::string in_json(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string status_of(std::size_t i, Timestamp at) {
  return fmt::format(
      R"({{"id":"{}","uri":"https://m.example/s/{}","url":"https://m.example/s/{}",)"
      R"("created_at":"{}","content":"<p>{}</p>","visibility":"public","language":"it",)"
      R"("account":{{"id":"{}","acct":"a{}","username":"a{}","url":"https://m.example/@a{}"}}}})",
      1000 + i, i, i, format_rfc3339(at), text_of(i), i % 7, i % 7, i % 7, i % 7);
}

// The posts before the `end`-th, newest first.
std::string page_before(const StreamPeer& peer, std::size_t end) {
  std::string body;
  for (std::size_t i = std::min(end, peer.available()), count = 0; i > 0 && count < kPage;
       --i, ++count) {
    body += (body.empty() ? "" : ",") + peer.post(i - 1);
  }
  return body;
}

ListingAnswer answer_of_mastodon(const ListingRequest& request, const StreamPeer& peer) {
  if (request.target == "/api/v2/instance") return {200, R"({"domain":"localhost"})", {}};
  const std::string before = request.parameter("max_id");
  const std::size_t end = before.empty() ? peer.available() : std::stoul(before) - 1000;
  return {200, "[" + page_before(peer, end) + "]", {}};
}

StreamPeer::Options mastodon_by_websocket() {
  StreamPeer::Options options;
  options.is_websocket = true;
  options.path = "/api/v1/streaming";
  options.post = status_of;
  options.record = [](const std::string& post) {
    return fmt::format(R"({{"stream":["hashtag","moka"],"event":"update","payload":{}}})",
                       in_json(post));
  };
  options.error = R"({"error":"Unknown stream type","status":400})";
  options.answer = answer_of_mastodon;
  return options;
}

StreamPeer::Options mastodon_by_events() {
  StreamPeer::Options options = mastodon_by_websocket();
  options.is_websocket = false;
  options.record = [](const std::string& post) {
    return fmt::format("event: update\ndata: {}\n\n", post);
  };
  options.heartbeat = ":thump\n";
  options.error = "event: update\ndata: {\"error\":\"no\"}\n\n";
  return options;
}

std::string tweet_of(std::size_t i, Timestamp at) {
  return fmt::format(R"({{"id":"{}","text":"{}","author_id":"{}","lang":"it","created_at":"{}",)"
                     R"("edit_history_tweet_ids":["{}"]}})",
                     1000 + i, text_of(i), i % 7, format_rfc3339(at), 1000 + i);
}

// One that keeps the rules that it is told.
class RulesOfX {
 public:
  ListingAnswer answer(const ListingRequest& request) {
    const std::lock_guard lock(mutex_);
    if (request.method == "POST" && refusals_ > 0 && refusals_-- > 0) return {429, "{}", {}};
    if (request.method == "POST" && request.body.find("\"add\"") != std::string::npos) {
      const auto added = parse_x_rules(
          fmt::format(R"({{"data":{}}})",
                      request.body.substr(request.body.find('['),
                                          request.body.rfind(']') + 1 - request.body.find('['))));
      for (XRule rule : *added) {
        rule.id = std::to_string(++last_id_);
        rules_.push_back(rule);
      }
      return {201, R"({"meta":{"sent":"now"}})", {}};
    }
    if (request.method == "POST") {
      std::erase_if(rules_, [&](const XRule& rule) {
        return request.body.find('"' + rule.id + '"') != std::string::npos;
      });
      return {200, R"({"meta":{"sent":"now"}})", {}};
    }
    std::string data;
    for (const XRule& rule : rules_) {
      data += fmt::format(R"({}{{"id":"{}","value":{},"tag":"{}"}})", data.empty() ? "" : ",",
                          rule.id, in_json(rule.value), rule.tag);
    }
    if (data.empty()) return {200, R"({"meta":{"sent":"now","result_count":0}})", {}};
    return {200, fmt::format(R"({{"data":[{}],"meta":{{"sent":"now"}}}})", data), {}};
  }

  void refuse(int changes) {
    const std::lock_guard lock(mutex_);
    refusals_ = changes;
  }

  std::vector<std::string> values() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> values;
    for (const XRule& rule : rules_) values.push_back(rule.value);
    return values;
  }

 private:
  mutable std::mutex mutex_;
  // One of somebody else, and one of ours that nobody wants any more.
  std::vector<XRule> rules_{{"cats", "theirs", "1"}, {"\"old\"", "passaparola:old", "2"}};
  int last_id_ = 2;
  int refusals_ = 0;
};

StreamPeer::Options x(RulesOfX& rules, std::size_t posts = 100) {
  StreamPeer::Options options;
  options.posts = posts;
  options.path = "/2/tweets/search/stream?";
  options.post = tweet_of;
  options.record = [](const std::string& post) {
    return fmt::format("{{\"data\":{},\"matching_rules\":[{{\"id\":\"3\",\"tag\":\"\"}}]}}\r\n",
                       post);
  };
  options.heartbeat = "\r\n";
  options.error =
      "{\"errors\":[{\"title\":\"operational-disconnect\",\"disconnect_type\":"
      "\"UpstreamOperationalDisconnect\",\"detail\":\"gone\",\"type\":\"https://x\"}]}\r\n";
  options.answer = [&rules](const ListingRequest& request, const StreamPeer& peer) {
    if (request.target.starts_with("/2/tweets/search/stream/rules")) return rules.answer(request);
    if (!request.target.starts_with("/2/tweets/search/recent")) return ListingAnswer{404, "{}", {}};
    std::string since = request.parameter("start_time");
    for (std::size_t at; (at = since.find("%3A")) != std::string::npos;) since.replace(at, 3, ":");
    const std::string token = request.parameter("next_token");
    std::size_t end = token.empty() ? peer.available() : std::stoul(token);
    std::string data;
    std::size_t count = 0;
    for (; end > 0 && count < kPage && peer.time_of(end - 1) >= *parse_rfc3339(since); ++count) {
      data += (data.empty() ? "" : ",") + peer.post(--end);
    }
    const std::string next =
        count == kPage ? fmt::format(R"(,"next_token":"{}")", end) : std::string();
    if (data.empty()) return ListingAnswer{200, R"({"meta":{"result_count":0}})", {}};
    return ListingAnswer{
        200,
        fmt::format(R"({{"data":[{}],"meta":{{"result_count":{}{}}}}})", data, count, next),
        {}};
  };
  return options;
}

class PushedSourceTest : public SourceTest {
 protected:
  PushedSourceTest() { wanted_ = {{"moka_nera", {"moka nera", "mokanera"}}}; }

  static std::size_t wanted_faults() {
    const char* const wanted = std::getenv("PASSAPAROLA_SOURCE_FAULTS");
    return wanted != nullptr ? std::stoul(wanted) : 24;
  }

  SourceConfig config(const StreamPeer& peer, const std::string& type) const {
    SourceConfig config;
    config.name = "pushed";
    config.type = type;
    config.token = "Geheimnis";
    config.allow_private = true;
    config.settings["url"] = {"http://localhost:" + std::to_string(peer.port())};
    config.settings["overlap_seconds"] = {"1"};
    config.silence_seconds = 100;
    if (type == "mastodon") config.settings["hashtags"] = {"moka"};
    return config;
  }

  struct Account {
    std::size_t missing = 0, untold = 0, doubled = 0;
  };
  // Of the posts that were written: untold are those behind the first one stored that are not, and
  // of which no lost gap tells.
  Account account_of(const StreamPeer& peer) const {
    const auto posts = stored();
    const auto gaps = this->gaps("pushed");
    Account account;
    bool has_begun = false;
    for (std::size_t i = 0; i < peer.available(); ++i) {
      const auto found = posts.find(std::to_string(1000 + i));
      if (found != posts.end()) {
        has_begun = true;
        account.doubled += found->second != 1;
        continue;
      }
      ++account.missing;
      account.untold +=
          has_begun && std::none_of(gaps.begin(), gaps.end(), [&](const SourceGap& gap) {
            return gap.state == GapState::lost && gap.from <= peer.time_of(i) &&
                   peer.time_of(i) <= gap.to;
          });
    }
    return account;
  }

  // Reads until every fault was committed and every post is accounted for, all but `most` of them
  // by being stored, once. How many are missing.
  std::size_t read_all(const StreamPeer& peer, const SourceConfig& config, std::size_t faults,
                       std::size_t posts, std::size_t most) {
    start(config, 0.002);
    Account account;
    const auto is_done = [&] {
      if (peer.faults_committed() < faults || peer.available() < posts) return false;
      account = account_of(peer);
      return account.untold == 0 && account.missing <= most;
    };
    EXPECT_TRUE(wait_until(is_done, std::chrono::seconds(60 + faults)))
        << account.missing << " missing, " << account.untold << " untold, " << peer.available()
        << " written of " << posts << "; " << peer.faults_committed() << " faults; "
        << status().last_error;
    stop();
    EXPECT_EQ(account.doubled, 0U);
    return account.missing;
  }
};

TEST_F(PushedSourceTest, MastodonByWebsocketWhateverItDoes) {
  const std::size_t faults = wanted_faults();
  StreamPeer::Options options = mastodon_by_websocket();
  options.faults = faults;
  options.posts = 40 * faults + 100;
  StreamPeer peer(options);
  EXPECT_EQ(read_all(peer, config(peer, "mastodon"), faults, options.posts, 0), 0U);
  EXPECT_EQ(peer.said().front(), R"({"type":"subscribe","stream":"hashtag","tag":"moka"})");
  std::uint64_t recovered = 0;
  for (const SourceGap& gap : gaps("pushed")) {
    EXPECT_EQ(gap.state, GapState::recovered);
    recovered += gap.recovered;
  }
  EXPECT_GT(recovered, 3 * (faults / 2)) << "posts were written while nobody was connected";
}

TEST_F(PushedSourceTest, MastodonByEventsWhateverItDoes) {
  const std::size_t faults = wanted_faults();
  StreamPeer::Options options = mastodon_by_events();
  options.faults = faults;
  options.posts = 40 * faults + 100;
  StreamPeer peer(options);
  SourceConfig config = this->config(peer, "mastodon");
  config.settings["stream"] = {"sse"};
  EXPECT_EQ(read_all(peer, config, faults, options.posts, 0), 0U);
}

TEST_F(PushedSourceTest, XWhateverItDoesWithWhatIsMissingToldAsLost) {
  const std::size_t faults = wanted_faults();
  RulesOfX rules;
  StreamPeer::Options options = x(rules);
  options.faults = faults;
  options.posts = 40 * faults + 100;
  StreamPeer peer(options);
  const std::size_t missing =
      read_all(peer, config(peer, "x"), faults, options.posts, options.posts * 2 / 3);
  EXPECT_GT(missing, 3 * (faults / 2)) << "posts were written while nobody was connected";
  EXPECT_THAT(rules.values(), testing::ElementsAre("cats", "\"moka nera\" OR \"mokanera\""));
}

TEST_F(PushedSourceTest, XWhateverItDoesWithWhatIsMissingFoundBySearch) {
  const std::size_t faults = wanted_faults();
  RulesOfX rules;
  StreamPeer::Options options = x(rules);
  options.faults = faults;
  options.posts = 40 * faults + 100;
  StreamPeer peer(options);
  SourceConfig config = this->config(peer, "x");
  config.settings["fill"] = {"search"};
  const std::size_t missing = read_all(peer, config, faults, options.posts, 60);
  // What was written before the first post that is stored is not asked for.
  EXPECT_LE(missing, 60U);
  std::uint64_t recovered = 0;
  for (const SourceGap& gap : gaps("pushed")) recovered += gap.recovered;
  EXPECT_GT(recovered, 3 * (faults / 2));
}

TEST_F(PushedSourceTest, SecretsAreInNoTargetAndNoStatus) {
  RulesOfX rules;
  StreamPeer peer(x(rules, 10));
  start(config(peer, "x"));
  ASSERT_TRUE(wait_until([&] { return stored().size() == 10; })) << status().last_error;
  for (const ListingRequest& request : peer.requests()) {
    EXPECT_EQ(request.target.find("Geheimnis"), std::string::npos);
    EXPECT_EQ(request.field("authorization"), "Bearer Geheimnis");
  }
  EXPECT_EQ((status().last_error + status().place + status().cursor).find("Geheimnis"),
            std::string::npos);
}

TEST_F(PushedSourceTest, WithoutAnythingToAskForXSaysSo) {
  RulesOfX rules;
  StreamPeer peer(x(rules));
  wanted_.clear();
  start(config(peer, "x"));
  ASSERT_TRUE(wait_until([&] { return status().last_trouble.has_value(); }));
  EXPECT_EQ(status().last_error, "there is nothing to ask for: no brand has terms or handles");
}

TEST_F(PushedSourceTest, RulesFollowTheBrandsWhileTheStreamIsRead) {
  RulesOfX rules;
  StreamPeer peer(x(rules, 10));
  SourceConfig config = this->config(peer, "x");
  config.silence_seconds = 0;
  start(config, 0.01);
  ASSERT_TRUE(wait_until([&] { return stored().size() == 10; })) << status().last_error;
  set_wanted({{"moka_nera", {"moka nera"}}, {"teiera", {"teiera"}}});
  ASSERT_TRUE(wait_until([&] { return rules.values().size() == 3; }));
  EXPECT_TRUE(wait_until([&] {
    return rules.values() == std::vector<std::string>{"cats", "\"moka nera\"", "\"teiera\""};
  }));
  EXPECT_EQ(status().connections, 1U);
}

TEST_F(PushedSourceTest, AChangeOfRulesThatXRefusesDoesNotEndTheStream) {
  RulesOfX rules;
  StreamPeer peer(x(rules, 10));
  SourceConfig config = this->config(peer, "x");
  config.silence_seconds = 0;
  start(config, 0.01);
  ASSERT_TRUE(wait_until([&] { return stored().size() == 10; })) << status().last_error;
  rules.refuse(2);
  set_wanted({{"teiera", {"teiera"}}});
  ASSERT_TRUE(wait_until([&] { return status().last_trouble == Trouble::rate_limited; }));
  EXPECT_EQ(status().state, SourceState::reading);
  EXPECT_TRUE(wait_until([&] {
    return rules.values() == std::vector<std::string>{"cats", "\"teiera\""};
  }));
  EXPECT_EQ(status().connections, 1U);
}

TEST(XRules, AreOrsOfPhrasesNoLongerThanXTakes) {
  std::vector<std::string> phrases;
  for (int i = 0; i < 200; ++i) phrases.push_back(fmt::format("frase numero {:03}", i));
  phrases.push_back("say \"hi\"");
  phrases.push_back("");
  const auto rules = x_rules_of({{"b", phrases}, {"none", {}}});
  ASSERT_EQ(rules.size(), 5U);
  std::string all;
  for (const XRule& rule : rules) {
    EXPECT_LE(rule.value.size(), 1024U);
    EXPECT_EQ(rule.tag, "passaparola:b");
    all += rule.value + " OR ";
  }
  for (int i = 0; i < 200; ++i) {
    EXPECT_NE(all.find(fmt::format("\"frase numero {:03}\" OR ", i)), std::string::npos);
  }
  EXPECT_NE(all.find("\"say hi\" OR "), std::string::npos);
}

TEST(XRules, OnlyOursAreTakenAway) {
  const std::vector<XRule> there{{"a", "theirs", "1"},
                                 {"b", "passaparola:x", "2"},
                                 {"c", "passaparola:x", "3"},
                                 {"d", "passaparolaccia", "4"}};
  const auto change =
      x_rule_change(there, {{"c", "passaparola:x", ""}, {"e", "passaparola:y", ""}});
  EXPECT_THAT(change.remove, testing::ElementsAre("2"));
  ASSERT_EQ(change.add.size(), 1U);
  EXPECT_EQ(x_add_body(change.add), R"({"add":[{"value":"e","tag":"passaparola:y"}]})");
  EXPECT_EQ(x_remove_body(change.remove), R"({"delete":{"ids":["2"]}})");
}

TEST(XRules, OfAnAnswer) {
  const auto rules = parse_x_rules(R"({"data":[{"id":"7","value":"v","tag":"t"},{"id":"8"}]})");
  ASSERT_TRUE(rules);
  EXPECT_EQ(*rules, (std::vector<XRule>{{"v", "t", "7"}, {"", "", "8"}}));
  EXPECT_EQ(parse_x_rules(R"({"meta":{}})")->size(), 0U);
  EXPECT_FALSE(parse_x_rules("busy"));
}

}  // namespace
}  // namespace passaparola::connect
