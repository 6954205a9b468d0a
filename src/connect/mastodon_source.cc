// Mastodon's timelines: of hashtags, or all that a server sees, by its REST API (PROTOCOLS 2);
// alone, or to tell what a stream of the same missed.
#include <fmt/format.h>
#include <simdjson.h>

#include "connect/mastodon_stream.h"
#include "connect/poll.h"
#include "connect/settings.h"

namespace passaparola::connect {
namespace {

class MastodonPlan : public PollPlan {
 public:
  MastodonPlan(Url url, const std::vector<std::string>& hashtags, bool is_local)
      : url_(std::move(url)), is_local_(is_local) {
    for (const std::string& hashtag : hashtags) listings_.push_back("tag/" + hashtag);
    if (listings_.empty()) listings_.emplace_back("public");
  }

  ingest::Format format() const override { return ingest::Format::mastodon; }
  std::vector<std::string> listings() const override { return listings_; }

  HttpRequest first_page(const std::string& listing, const Known&,
                         const std::string& token) const override {
    const std::size_t slash = listing.find('/');
    std::string path = "/api/v1/timelines/" + listing.substr(0, slash);
    if (slash != std::string::npos) path += "/" + query_encoded(listing.substr(slash + 1));
    std::vector<std::pair<std::string, std::string>> parameters{{"limit", "40"}};
    if (is_local_) parameters.emplace_back("local", "true");
    HttpRequest request;
    request.url = with_query(url_, path, parameters);
    if (!token.empty()) request.secrets = {{"Authorization", "Bearer " + token}};
    return request;
  }

  // Behind the last one of the page, which is the oldest.
  std::optional<HttpRequest> next_page(const HttpRequest& asked, const HttpResponse& answer,
                                       std::size_t) const override {
    simdjson::dom::parser parser;
    simdjson::dom::array statuses;
    if (parser.parse(answer.body).get(statuses) != simdjson::SUCCESS) return std::nullopt;
    std::string_view last;
    for (const simdjson::dom::element status : statuses) {
      if (status["id"].get(last) != simdjson::SUCCESS) return std::nullopt;
    }
    if (last.empty()) return std::nullopt;
    return with_last_parameter(asked, "max_id", last);
  }

 private:
  const Url url_;
  const bool is_local_;
  std::vector<std::string> listings_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_mastodon(const SourceConfig& config) {
  SourceSettings settings(config);
  const Url url = settings.url("url", "");
  const auto hashtags = settings.list("hashtags", {});
  const bool is_local = settings.flag("local", false);
  const PollPace pace = read_pace(settings, 30);
  // Servers give streams only to somebody they know.
  const std::string stream = settings.text("stream", config.token.empty() ? "none" : "websocket");
  if (stream != "none" && stream != "websocket" && stream != "sse") {
    settings.wrong("stream", "must be websocket, sse or none");
  }
  if (stream == "sse" && hashtags.size() > 1) {
    settings.wrong("hashtags", "of sse is one: a websocket takes several");
  }
  const auto checked = settings.done();
  if (!checked) return checked.error();
  auto timelines = std::make_unique<MastodonPlan>(url, hashtags, is_local);
  if (stream == "none") return make_poll(std::move(timelines), pace);
  return make_pushed(make_mastodon_stream(url, hashtags, is_local, stream == "sse"),
                     std::move(timelines), pace);
}

}  // namespace passaparola::connect
