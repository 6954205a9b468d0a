// Customer reviews of the App Store by its public feeds: 50 a page, 10 pages, for each country. As
// XML, since the JSON form had no date for years (PROTOCOLS 6).
#include <fmt/format.h>

#include "connect/poll.h"
#include "connect/settings.h"

namespace passaparola::connect {
namespace {

constexpr std::size_t kMostPages = 10;

class AppStorePlan : public PollPlan {
 public:
  AppStorePlan(Url url, const std::vector<std::string>& apps,
               const std::vector<std::string>& countries)
      : url_(std::move(url)) {
    for (const std::string& country : countries) {
      for (const std::string& app : apps) listings_.push_back(country + " " + app);
    }
  }

  ingest::Format format() const override { return ingest::Format::rss; }
  std::vector<std::string> listings() const override { return listings_; }

  HttpRequest first_page(const std::string& listing, const Known&,
                         const std::string&) const override {
    return page(listing, 1);
  }

  std::optional<HttpRequest> next_page(const HttpRequest& asked, const HttpResponse& answer,
                                       std::size_t number) const override {
    if (number >= kMostPages || answer.body.find("<im:rating") == std::string::npos) {
      return std::nullopt;
    }
    HttpRequest next = asked;
    const std::string before = fmt::format("/page={}/", number);
    const std::size_t at = next.url.target.find(before);
    next.url.target.replace(at, before.size(), fmt::format("/page={}/", number + 1));
    return next;
  }

 private:
  HttpRequest page(const std::string& listing, std::size_t number) const {
    const std::size_t space = listing.find(' ');
    HttpRequest request;
    request.url =
        with_query(url_,
                   fmt::format("/{}/rss/customerreviews/page={}/id={}/sortBy=mostRecent/xml",
                               query_encoded(listing.substr(0, space)), number,
                               query_encoded(listing.substr(space + 1))),
                   {});
    return request;
  }

  const Url url_;
  std::vector<std::string> listings_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_appstore(const SourceConfig& config) {
  SourceSettings settings(config);
  const Url url = settings.url("url", "https://itunes.apple.com");
  const auto apps = settings.list("apps", {});
  if (apps.empty()) settings.wrong("apps", "is missing: the numbers of apps");
  const auto countries = settings.list("countries", {"it", "us"});
  const PollPace pace = read_pace(settings, 3600);
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return make_poll(std::make_unique<AppStorePlan>(url, apps, countries), pace);
}

}  // namespace passaparola::connect
