// Comments of YouTube videos and channels by the Data API, with a key: one unit of the daily quota
// for each page (PROTOCOLS 5).
#include "connect/poll.h"
#include "connect/settings.h"

namespace passaparola::connect {
namespace {

class YoutubePlan : public PollPlan {
 public:
  YoutubePlan(Url url, const std::vector<std::string>& videos,
              const std::vector<std::string>& channels)
      : url_(std::move(url)) {
    for (const std::string& video : videos) listings_.push_back("videoId " + video);
    for (const std::string& channel : channels) {
      listings_.push_back("allThreadsRelatedToChannelId " + channel);
    }
  }

  ingest::Format format() const override { return ingest::Format::youtube; }
  // 10,000 units a day, one a request.
  std::uint64_t requests_per_hour() const override { return 400; }
  std::vector<std::string> listings() const override { return listings_; }

  HttpRequest first_page(const std::string& listing, const Known&,
                         const std::string& token) const override {
    const std::size_t space = listing.find(' ');
    HttpRequest request;
    request.url = with_query(url_, "/youtube/v3/commentThreads",
                             {{"part", "snippet,replies"},
                              {listing.substr(0, space), listing.substr(space + 1)},
                              {"maxResults", "100"},
                              {"order", "time"},
                              {"textFormat", "plainText"}});
    // Not in the query, where proxies and logs would see it.
    request.secrets = {{"X-Goog-Api-Key", token}};
    return request;
  }

  std::optional<HttpRequest> next_page(const HttpRequest& asked, const HttpResponse& answer,
                                       std::size_t) const override {
    return with_token_of(answer, "nextPageToken", asked, "pageToken");
  }

 private:
  const Url url_;
  std::vector<std::string> listings_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_youtube(const SourceConfig& config) {
  SourceSettings settings(config);
  const Url url = settings.url("url", "https://www.googleapis.com");
  const auto videos = settings.list("videos", {});
  const auto channels = settings.list("channels", {});
  if (videos.empty() && channels.empty()) settings.wrong("videos", "and channels are missing");
  if (config.token.empty()) settings.wrong("token_file", "or token_env is missing: the API key");
  const PollPace pace = read_pace(settings, 900);
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return make_poll(std::make_unique<YoutubePlan>(url, videos, channels), pace);
}

}  // namespace passaparola::connect
