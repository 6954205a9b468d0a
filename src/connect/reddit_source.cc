// Reddit's listings of new posts and comments, with OAuth of an app ("ID:SECRET"): there is no
// stream, listings go back about a thousand items, and are not strictly in order (PROTOCOLS 4).
#include <fmt/format.h>
#include <simdjson.h>

#include "connect/access_token.h"
#include "connect/poll.h"
#include "connect/settings.h"
#include "core/base64.h"

namespace passaparola::connect {
namespace {

class RedditPlan : public PollPlan, public RecheckPlan {
 public:
  RedditPlan(Url url, HttpRequest login, std::vector<std::string> subreddits, std::string agent)
      : url_(std::move(url)),
        login_(std::move(login)),
        subreddits_(std::move(subreddits)),
        agent_(std::move(agent)) {}

  ingest::Format format() const override { return ingest::Format::reddit; }

  std::vector<std::string> listings() const override {
    std::vector<std::string> names;
    for (const std::string& subreddit : subreddits_) {
      names.push_back("r/" + subreddit + "/new");
      names.push_back("r/" + subreddit + "/comments");
    }
    return names;
  }

  std::optional<HttpRequest> login() const override { return login_; }

  HttpRequest first_page(const std::string& listing, const Known&,
                         const std::string& token) const override {
    return request_of(with_query(url_, "/" + listing, {{"limit", "100"}, {"raw_json", "1"}}),
                      token);
  }

  std::optional<HttpRequest> next_page(const HttpRequest& asked, const HttpResponse& answer,
                                       std::size_t) const override {
    return with_token_of(answer, "data.after", asked, "after");
  }

  std::string_view source_of_posts() const override { return "reddit"; }

  HttpRequest ask_again(const std::vector<std::string>& ids,
                        const std::string& token) const override {
    return request_of(
        with_query(url_, "/api/info",
                   {{"id", fmt::format("{}", fmt::join(ids, ","))}, {"raw_json", "1"}}),
        token);
  }

  // Of a text that was taken away the decoder knows; of an account that is gone the text stays,
  // with nobody's name.
  std::optional<Answered> answered(const std::string& body) const override {
    simdjson::dom::parser parser;
    simdjson::dom::array children;
    if (parser.parse(body)["data"]["children"].get(children) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    Answered answered;
    for (const simdjson::dom::element child : children) {
      std::string_view name, author;
      if (child["data"]["name"].get(name) != simdjson::SUCCESS) return std::nullopt;
      if (child["data"]["author"].get(author) != simdjson::SUCCESS) author = "[deleted]";
      (author == "[deleted]" ? answered.gone : answered.there).emplace(name);
    }
    return answered;
  }

 private:
  HttpRequest request_of(Url url, const std::string& token) const {
    HttpRequest request;
    request.url = std::move(url);
    request.fields = {{"User-Agent", agent_}};
    request.secrets = {{"Authorization", "Bearer " + token}};
    return request;
  }

  const Url url_;
  const HttpRequest login_;
  const std::vector<std::string> subreddits_;
  const std::string agent_;
};

// For a token of the app.
HttpRequest login_request(Url url, const std::string& app, const std::string& agent) {
  HttpRequest request = token_request(std::move(url), {{"grant_type", "client_credentials"}});
  request.fields.emplace_back("User-Agent", agent);
  request.secrets = {{"Authorization", "Basic " + base64(app)}};
  return request;
}

}  // namespace

Result<std::unique_ptr<Source>> make_reddit(const SourceConfig& config) {
  SourceSettings settings(config);
  const Url url = settings.url("url", "https://oauth.reddit.com");
  const Url login = settings.url("login_url", "https://www.reddit.com/api/v1/access_token");
  auto subreddits = settings.list("subreddits", {});
  if (subreddits.empty()) settings.wrong("subreddits", "is missing");
  const std::string agent = settings.text("user_agent", "");
  if (agent.empty() || agent.find_first_of("\r\n") != std::string::npos) {
    settings.wrong(
        "user_agent",
        "is missing: Reddit wants PLATFORM:APP:VERSION (by /u/NAME), and throttles others");
  }
  if (config.token.find(':') == std::string::npos) {
    settings.wrong("token_file", "or token_env is missing: the app's ID:SECRET");
  }
  const PollPace pace = read_pace(settings, 30);
  const std::chrono::hours recheck(settings.number("recheck_hours", 12, 0, 24 * 365));
  const auto checked = settings.done();
  if (!checked) return checked.error();
  auto plan = std::make_unique<RedditPlan>(url, login_request(login, config.token, agent),
                                           std::move(subreddits), agent);
  const RecheckPlan& again = *plan;
  return make_poll(std::move(plan), pace, std::make_unique<Recheck>(again, recheck));
}

}  // namespace passaparola::connect
