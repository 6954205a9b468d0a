// Reviews of one's own places on Google Maps by the Business Profile API, last edited first
// (PROTOCOLS 6).
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "connect/google_login.h"
#include "connect/poll.h"
#include "connect/settings.h"

namespace passaparola::connect {
namespace {

constexpr const char* kScope = "https://www.googleapis.com/auth/business.manage";

class GoogleBusinessPlan : public PollPlan {
 public:
  GoogleBusinessPlan(Url url, GoogleLogin login, std::vector<std::string> locations)
      : url_(std::move(url)), login_(std::move(login)), locations_(std::move(locations)) {}

  ingest::Format format() const override { return ingest::Format::googleplaces; }
  std::vector<std::string> listings() const override { return locations_; }
  std::optional<HttpRequest> login() const override { return login_.request(now()); }

  HttpRequest first_page(const std::string& location, const Known&,
                         const std::string& token) const override {
    HttpRequest request;
    request.url = with_query(url_, fmt::format("/v4/{}/reviews", location),
                             {{"pageSize", "50"}, {"orderBy", "updateTime desc"}});
    request.secrets = {{"Authorization", "Bearer " + token}};
    return request;
  }

  std::optional<HttpRequest> next_page(const HttpRequest& asked, const HttpResponse& answer,
                                       std::size_t) const override {
    return with_token_of(answer, "nextPageToken", asked, "pageToken");
  }

  // An old review that was edited stands before new ones.
  std::optional<Span> order_of(const HttpResponse& page) const override {
    simdjson::dom::parser parser;
    simdjson::dom::array reviews;
    if (parser.parse(page.body)["reviews"].get(reviews) != simdjson::SUCCESS) return std::nullopt;
    std::optional<Span> span;
    for (const simdjson::dom::element review : reviews) {
      std::string_view text;
      if (review["updateTime"].get(text) != simdjson::SUCCESS) continue;
      const auto at = parse_rfc3339(text);
      if (!at) continue;
      if (!span) span = Span{*at, *at};
      span->oldest = std::min(span->oldest, *at);
      span->newest = std::max(span->newest, *at);
    }
    return span;
  }

 private:
  const Url url_;
  const GoogleLogin login_;
  const std::vector<std::string> locations_;
};

// "accounts/1/locations/2"
bool is_location(std::string_view text) {
  constexpr std::string_view kAccounts = "accounts/", kLocations = "/locations/";
  const auto is_id = [](std::string_view id) {
    return !id.empty() && id == query_encoded(id) && id.front() != '.';
  };
  const std::size_t middle = text.find(kLocations);
  return text.starts_with(kAccounts) && middle != std::string_view::npos &&
         middle > kAccounts.size() &&
         is_id(text.substr(kAccounts.size(), middle - kAccounts.size())) &&
         is_id(text.substr(middle + kLocations.size()));
}

}  // namespace

Result<std::unique_ptr<Source>> make_googlebusiness(const SourceConfig& config) {
  SourceSettings settings(config);
  const Url url = settings.url("url", "https://mybusiness.googleapis.com");
  auto locations = settings.list("locations", {});
  if (locations.empty() || !std::all_of(locations.begin(), locations.end(), is_location)) {
    settings.wrong("locations", "must be a list such as [\"accounts/1/locations/2\"]");
  }
  const auto login = GoogleLogin::read(settings, config.token, kScope);
  const PollPace pace = read_pace(settings, 900);
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return make_poll(std::make_unique<GoogleBusinessPlan>(url, *login, std::move(locations)), pace);
}

}  // namespace passaparola::connect
