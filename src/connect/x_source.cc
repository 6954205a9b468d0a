// X's filtered stream (PROTOCOLS 3): posts that fit the rules kept at X, one a line of an answer
// without end. It has no cursor: what passed between two connections is a gap, unless the plan
// includes a backfill, or search is paid for and used.
#include <fmt/format.h>
#include <simdjson.h>

#include "connect/http_records.h"
#include "connect/pushed.h"
#include "connect/settings.h"
#include "connect/x_rules.h"
#include "core/limits.h"
#include "core/terminal.h"

namespace passaparola::connect {
namespace {

using boost::asio::awaitable;

// An empty line comes at least so often.
constexpr std::chrono::seconds kHeartbeat{20};
constexpr std::size_t kWordsBytes = 120;

// What a post is told with: without these it is little more than an id and a text.
const std::vector<std::pair<std::string, std::string>> kFields{
    {"tweet.fields",
     "author_id,conversation_id,created_at,edit_history_tweet_ids,entities,in_reply_to_user_id,"
     "lang,note_tweet,public_metrics,referenced_tweets"},
    {"expansions", "author_id,referenced_tweets.id,referenced_tweets.id.author_id"},
    {"user.fields", "created_at,description,name,public_metrics,username"}};

// What is asked for: the rules of the configuration or, without any, what the brands need.
struct Asked {
  std::vector<XRule> configured;

  std::vector<XRule> rules(const Run& run) const {
    return configured.empty() ? x_rules_of(run.wanted()) : configured;
  }
};

HttpRequest request_to(const Url& url, const std::string& path,
                       std::vector<std::pair<std::string, std::string>> parameters,
                       const std::string& token) {
  HttpRequest request;
  request.url = with_query(url, path, parameters);
  request.secrets = {{"Authorization", "Bearer " + token}};
  return request;
}

// The title of the first error of an answer or of a line; empty: there is none.
std::string error_in(simdjson::dom::element answer) {
  simdjson::dom::array errors;
  std::string_view title;
  if (answer["errors"].get(errors) == simdjson::SUCCESS) {
    for (const simdjson::dom::element error : errors) {
      if (error["title"].get(title) == simdjson::SUCCESS)
        return terminal_safe(title.substr(0, kWordsBytes));
    }
    return "an error";
  }
  return {};
}

std::string error_in(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::element answer;
  return parser.parse(body).get(answer) == simdjson::SUCCESS ? error_in(answer) : std::string();
}

class LineStream : public PushStream {
 public:
  LineStream(std::unique_ptr<HttpStream> stream, std::chrono::milliseconds limit)
      : lines_(std::move(stream)), limit_(limit) {}

  awaitable<Reached<Record>> next() override {
    const auto line = co_await lines_.next(limit_);
    if (!line) co_return line.error();
    Record record{*line, std::nullopt};
    simdjson::dom::element parsed;
    if (parser_.parse(line->data(), line->size()).get(parsed) != simdjson::SUCCESS) {
      co_return record;
    }
    simdjson::dom::element data;
    if (parsed["data"].get(data) != simdjson::SUCCESS) {
      const std::string error = error_in(parsed);
      if (!error.empty()) co_return Failure{Trouble::closed, "the stream ends with " + error, {}};
      co_return record;
    }
    std::string_view created_at;
    if (data["created_at"].get(created_at) == simdjson::SUCCESS) {
      record.at = parse_rfc3339(created_at);
    }
    co_return record;
  }

 private:
  HttpLines lines_;
  const std::chrono::milliseconds limit_;
  simdjson::dom::parser parser_;
};

class XStreamPlan : public PushPlan {
 public:
  XStreamPlan(Url url, Asked asked, std::uint64_t backfill_minutes)
      : url_(std::move(url)), asked_(std::move(asked)), backfill_minutes_(backfill_minutes) {}

  ingest::Format format() const override { return ingest::Format::x; }
  // Rules may find nothing for long; the empty lines tell that it lives.
  std::chrono::seconds silence() const override { return std::chrono::seconds(0); }
  std::chrono::seconds backfill() const override { return std::chrono::minutes(backfill_minutes_); }
  Paces paces() const override {
    Paces paces;
    paces.broken = {std::chrono::milliseconds(250), 1, std::chrono::seconds(16)};
    return paces;
  }

  awaitable<Reached<std::unique_ptr<PushStream>>> open(Run& run) override {
    synced_.reset();
    const auto failed = co_await tend(run);
    if (failed) co_return *failed;
    auto parameters = kFields;
    if (backfill_minutes_ > 0) {
      parameters.emplace_back("backfill_minutes", std::to_string(backfill_minutes_));
    }
    auto opened = co_await open_endless(
        request_to(url_, "/2/tweets/search/stream", parameters, run.token()), run.reach());
    if (!opened) co_return opened.error();
    run.reading(url_.to_string());
    co_return std::unique_ptr<PushStream>(
        std::make_unique<LineStream>(*std::move(opened), run.reach().scaled(kHeartbeat)));
  }

  // Makes the rules at X those that are wanted now.
  awaitable<std::optional<Failure>> tend(Run& run) override {
    const std::vector<XRule> wanted = asked_.rules(run);
    if (synced_ == wanted) co_return std::nullopt;
    if (wanted.empty()) {
      co_return Failure{
          Trouble::refused, "there is nothing to ask for: no brand has terms or handles", {}};
    }
    const auto response =
        co_await fetch(request_to(url_, kRules, {}, run.token()), run.reach(), kMaxDocumentBytes);
    if (!response) co_return response.error();
    if (response->status != 200) co_return connect::failure_of(*response, now());
    const auto there = parse_x_rules(response->body);
    if (!there) co_return Failure{Trouble::protocol, "X's rules cannot be read", {}};
    const XRuleChange change = x_rule_change(*there, wanted);
    // First what is new, so that nothing is missed on the way.
    std::optional<Failure> failed;
    if (!change.add.empty()) failed = co_await change_rules(run, x_add_body(change.add));
    if (!failed && !change.remove.empty()) {
      failed = co_await change_rules(run, x_remove_body(change.remove));
    }
    if (!failed) synced_ = wanted;
    co_return failed;
  }

 private:
  static constexpr const char* kRules = "/2/tweets/search/stream/rules";

  awaitable<std::optional<Failure>> change_rules(Run& run, std::string body) const {
    HttpRequest request = request_to(url_, kRules, {}, run.token());
    request.method = "POST";
    request.fields = {{"Content-Type", "application/json"}};
    request.body = std::move(body);
    const auto response = co_await fetch(std::move(request), run.reach(), kMaxDocumentBytes);
    if (!response) co_return response.error();
    const std::string error = error_in(response->body);
    if (!error.empty() && response->status < 429) {
      co_return Failure{Trouble::refused, "X does not take the rules: " + error, {}};
    }
    if (response->status / 100 != 2) co_return connect::failure_of(*response, now());
    co_return std::nullopt;
  }

  const Url url_;
  const Asked asked_;
  const std::uint64_t backfill_minutes_;
  std::optional<std::vector<XRule>> synced_;  // that are at X
};

// Search over the last days, for what a stream missed.
class XSearchPlan : public PollPlan {
 public:
  XSearchPlan(Url url, Asked asked, std::chrono::seconds overlap)
      : url_(std::move(url)), asked_(std::move(asked)), overlap_(overlap) {}

  ingest::Format format() const override { return ingest::Format::x; }
  std::vector<std::string> listings() const override { return listings_; }
  bool may_end_early() const override { return true; }

  void prepare(const Run& run) override {
    listings_.clear();
    for (const XRule& rule : asked_.rules(run)) listings_.push_back(rule.value);
  }

  HttpRequest first_page(const std::string& listing, const Known& known,
                         const std::string& token) const override {
    std::vector<std::pair<std::string, std::string>> parameters = kFields;
    parameters.emplace_back("query", listing);
    parameters.emplace_back("max_results", "100");
    if (known.newest > 0) {
      const Timestamp since{known.newest - std::chrono::milliseconds(overlap_).count()};
      parameters.emplace_back("start_time", format_rfc3339(since));
    }
    return request_to(url_, "/2/tweets/search/recent", parameters, token);
  }

  std::optional<HttpRequest> next_page(const HttpRequest& asked, const HttpResponse& answer,
                                       std::size_t) const override {
    return with_token_of(answer, "meta.next_token", asked, "next_token");
  }

 private:
  const Url url_;
  const Asked asked_;
  const std::chrono::seconds overlap_;
  std::vector<std::string> listings_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_x(const SourceConfig& config) {
  SourceSettings settings(config);
  const Url url = settings.url("url", "https://api.x.com");
  Asked asked;
  for (const std::string& rule : settings.list("rules", {})) {
    asked.configured.push_back({rule, "passaparola:configuration", ""});
  }
  const std::uint64_t backfill_minutes = settings.number("backfill_minutes", 0, 0, 5);
  const std::string fill = settings.text("fill", "none");
  if (fill != "none" && fill != "search") settings.wrong("fill", "must be search or none");
  PollPace pace;
  pace.first_pages = 0;
  pace.overlap = std::chrono::seconds(settings.number("overlap_seconds", 60, 0, 86'400));
  if (config.token.empty()) settings.wrong("token_file", "is missing: X wants a bearer token");
  const auto checked = settings.done();
  if (!checked) return checked.error();
  auto stream = std::make_unique<XStreamPlan>(url, asked, backfill_minutes);
  std::unique_ptr<PollPlan> search;
  if (fill == "search") search = std::make_unique<XSearchPlan>(url, asked, pace.overlap);
  return make_pushed(std::move(stream), std::move(search), pace);
}

}  // namespace passaparola::connect
