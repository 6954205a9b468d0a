// RSS, Atom and JSON Feed: whole documents, each time they have changed. What a document repeats
// the store has.
#include <algorithm>

#include "connect/poll.h"
#include "connect/settings.h"

namespace passaparola::connect {
namespace {

class FeedPlan : public PollPlan {
 public:
  explicit FeedPlan(std::vector<Url> urls) : urls_(std::move(urls)) {}

  ingest::Format format() const override { return ingest::Format::autodetect; }

  std::vector<std::string> listings() const override {
    std::vector<std::string> names;
    for (const Url& url : urls_) names.push_back(url.to_string());
    return names;
  }

  HttpRequest first_page(const std::string& listing, const Known& known,
                         const std::string& token) const override {
    HttpRequest request;
    request.url = *std::find_if(urls_.begin(), urls_.end(),
                                [&](const Url& url) { return url.to_string() == listing; });
    request.fields = {{"Accept",
                       "application/atom+xml, application/rss+xml, application/feed+json, "
                       "application/xml;q=0.9, application/json;q=0.9, */*;q=0.1"}};
    if (!known.etag.empty()) request.fields.emplace_back("If-None-Match", known.etag);
    if (!known.modified.empty()) request.fields.emplace_back("If-Modified-Since", known.modified);
    if (!token.empty()) request.secrets = {{"Authorization", "Bearer " + token}};
    return request;
  }

 private:
  const std::vector<Url> urls_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_feed(const SourceConfig& config) {
  SourceSettings settings(config);
  auto urls = settings.urls("url", {});
  for (std::size_t i = 0; i < urls.size(); ++i) {
    if (urls[i].is_websocket) settings.wrong("url", "must begin with https:// or http://");
    for (std::size_t j = 0; j < i; ++j) {
      if (urls[i].to_string() == urls[j].to_string()) {
        settings.wrong("url", "has two that differ in their query at most: make two sources");
      }
    }
  }
  const PollPace pace = read_pace(settings, 300);
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return make_poll(std::make_unique<FeedPlan>(std::move(urls)), pace);
}

}  // namespace passaparola::connect
